export type * from './commands.ts';
export { paymentDecider } from './decide.ts';
export type * from './events.ts';
export { EXPLAINED_OF_PAYMENT, explainPayment } from './explain.ts';
export { paymentFold } from './evolve.ts';
export * from './failure-reasons.ts';
export {
  isReceipt,
  orderPaymentMethod,
  PAYMENT_METHODS,
  paymentMethodOf,
  reachesGateway,
  type PaymentMethod,
} from '../order/index.ts';
export type { PaymentDecision, PaymentRejection } from './rejections.ts';
export * from './state.ts';
export * from './transitions.ts';
