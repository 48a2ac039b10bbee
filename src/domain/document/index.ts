export { needsCreditMemo } from './credit-memo.ts';
export * from './document.ts';
export type * from './events.ts';
export * from './series.ts';
