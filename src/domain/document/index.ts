export { EXPLAINED_OF_DOCUMENT, explainDocument } from './explain.ts';
export * from './document.ts';
export * from './events.ts';
export * from './series.ts';
