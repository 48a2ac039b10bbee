import type { OrderCommand, RefundOrder, ResolveRefund } from '../domain/order/index.ts';
import type { Revision } from '../event-store/port.ts';
import { orderStream } from '../event-store/stream-names.ts';
import { isOf } from './find-event.ts';
import type { HandleOrder } from './handle-order.ts';
import { wasRejected } from './handle.ts';
import type { Caller, OrderOutcome } from './orders.ts';
import type { PaymentProcess } from './payment-process.ts';
import { saidBy } from './process-context.ts';
import type { ReturnProcess } from './return-process.ts';
import { tryEagerly } from './try-eagerly.ts';

type OnOrder = Caller & { readonly id: string; readonly expected?: Revision | undefined };

/** Decisions of staff on an order's money. The order decides and reserves; payments follow, at once if possible. */
export type OrderMoneyCommands = {
  /** A credit with its reason; the part that is then overpaid is refunded. */
  readonly refund: (target: OnOrder, data: RefundOrder['data']) => Promise<OrderOutcome>;
  /** Resolves a refund that failed or that waits to be paid out. */
  readonly resolveRefund: (target: OnOrder, data: ResolveRefund['data']) => Promise<OrderOutcome>;
};

export const createOrderMoneyCommands = ({
  handleOrder,
  payments,
  returns,
}: {
  readonly handleOrder: HandleOrder;
  readonly payments: Pick<PaymentProcess, 'requestRefunds' | 'endRefund'>;
  readonly returns: Pick<ReturnProcess, 'finish'>;
}): OrderMoneyCommands => {
  const decided = async ({ id, context, expected }: OnOrder, command: OrderCommand): Promise<OrderOutcome> => {
    const outcome = await handleOrder({ stream: orderStream(id), command, context, expected });
    if (wasRejected(outcome)) return { ...outcome, id };
    const { events } = outcome;
    await tryEagerly([
      ...events.filter(isOf('RefundAllocated')).map(payments.requestRefunds),
      ...events.filter(isOf('RefundResolved', 'RefundWithdrawn')).map(payments.endRefund),
      ...events.filter(isOf('ReturnClosed')).map((closed) => returns.finish(closed, context.at)),
    ]);
    return { ...outcome, id };
  };

  return {
    refund: (target, data) => decided(target, { type: 'RefundOrder', data, ...saidBy(target.context) }),
    resolveRefund: (target, data) => decided(target, { type: 'ResolveRefund', data, ...saidBy(target.context) }),
  };
};
