export {
  type DocumentCommands,
  type DocumentRequest,
  type IssuedDocument,
  createDocumentCommands,
  documentIdOf,
  documentsCausedBy,
  streamsOfOrder,
  type CausedDocument,
} from './documents.ts';
export { type RecordedOf, findEvent, isOf } from './find-event.ts';
export { createPrepareExchange, exchangeOrderIdOf, type ExchangeInput } from './exchange.ts';
export { type ExchangeProcess, createExchangeProcess } from './exchange-process.ts';
export { createHandleOrder } from './handle-order.ts';
export { handleOrThrow } from './handle-or-throw.ts';
export {
  type Done,
  type Handle,
  type Rejected,
  OtherRequest,
  TooMuchContention,
  createHandle,
  demandSameRequest,
  wasRejected,
} from './handle.ts';
export { type OrderMoneyCommands, createOrderMoneyCommands } from './order-money.ts';
export {
  orderIds,
  type Caller,
  type DrawNumber,
  type NewLine,
  type OrderCommands,
  type OnOrder,
  type OrderOutcome,
  type PlaceOrderInput,
  createOrderCommands,
  newOrderId,
  orderIdOf,
} from './orders.ts';
export { type PaymentProcess, createPaymentProcess } from './payment-process.ts';
export type { PaymentTokens } from './payment-tokens.ts';
export { type Finding, type PaymentCommandOutcome, type PaymentCommands, createPaymentCommands } from './payments.ts';
export { PROCESS_STEPS, processContext, saidBy, stepBetween, SYSTEM } from './process-context.ts';
export { readPaymentOf } from './read-payment.ts';
export { type LoadPast, type Past, createLoadPast, fold, NO_PAST } from './past.ts';
export { type AsOf, type ReadStream, createReadStream } from './read.ts';
export { type ReturnProcess, createReturnProcess } from './return-process.ts';
export {
  type OnReturn,
  type OpenReturnInput,
  type ReturnCommands,
  type ReturnOutcome,
  createReturnCommands,
} from './returns.ts';
export {
  type StoreCreditCommands,
  type StoreCreditInput,
  type StoreCreditOutcome,
  createStoreCreditCommands,
  storeCreditIdOf,
} from './store-credit.ts';
export { type SchedulingCommands, type Tick, createSchedulingCommands } from './scheduling.ts';
export { type WaitForTurn, createWaitForTurn } from './wait-for-turn.ts';
