export type * from './commands.ts';
export { paymentDecider } from './decide.ts';
export type * from './events.ts';
export { paymentFold } from './evolve.ts';
export * from './methods.ts';
export type { PaymentDecision, PaymentRejection } from './rejections.ts';
export * from './state.ts';
export * from './transitions.ts';
