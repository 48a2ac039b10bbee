import type { OrderCommand, OrderDecider, OrderRejection, OrderState } from '../domain/order/index.ts';
import type { Handle, Outcome, Request } from './handle.ts';
import type { PaymentProcess } from './payment-process.ts';
import type { WaitForTurn } from './wait-for-turn.ts';

/**
 * Sends what a request asks of an order: when it is its turn, and after the order has heard of payments that have ended,
 * so that nothing is decided on money that is missing.
 */
export type HandleOrder = (request: Request<OrderCommand, OrderState>) => Promise<Outcome<OrderState, OrderRejection>>;

export const createHandleOrder =
  ({
    handle,
    decider,
    paymentProcess,
    waitForTurn,
  }: {
    readonly handle: Handle;
    readonly decider: OrderDecider;
    readonly paymentProcess: Pick<PaymentProcess, 'recordEnded'>;
    readonly waitForTurn: WaitForTurn;
  }): HandleOrder =>
  (request) =>
    waitForTurn(request.stream, () =>
      handle(decider, { ...request, prepare: (order) => paymentProcess.recordEnded(order, request.context.at) }),
    );
