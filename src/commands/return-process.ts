import {
  isPlaced,
  refundedAmount,
  type CloseReturn,
  type Order,
  type OrderCommand,
  type OrderDecider,
  type OrderState,
  type ReturnClosed,
  type ReturnOpened,
} from '../domain/order/index.ts';
import {
  initiationOf,
  isInitiated,
  returnDecider,
  reviewTermsOf,
  type Return,
  type ReturnCancelled,
  type ReturnNotSent,
  type ReturnProcessed,
  type ReturnRejected,
  type ReturnState,
} from '../domain/return/index.ts';
import type { Instant } from '../domain/shared/decider.ts';
import type { EventContext } from '../event-store/codec.ts';
import type { Recorded } from '../event-store/recorded.ts';
import { orderStream, returnStream, streamId } from '../event-store/stream-names.ts';
import type { Done, Handle } from './handle.ts';
import { handleOrThrow } from './handle-or-throw.ts';
import type { PaymentProcess } from './payment-process.ts';
import { continuedContext, processContext, saidBy } from './process-context.ts';
import type { ReadStream } from './read.ts';

type EndedWithoutGoods = ReturnRejected | ReturnCancelled | ReturnNotSent;

const OUTCOMES = {
  ReturnRejected: 'rejected',
  ReturnCancelled: 'cancelled',
  ReturnNotSent: 'not_sent',
} as const satisfies { readonly [T in EndedWithoutGoods['type']]: CloseReturn['data']['outcome'] };

/**
 * What follows from an event of an order or a return in the other of the two. Each may run any number of times, also at
 * once: the second run finds it done.
 */
export type ReturnProcess = {
  /** The order put units under a return: the return begins. */
  readonly initiate: (cause: Recorded<ReturnOpened>) => Promise<Done<ReturnState>>;
  /** The return was processed: the order decides what it is worth and who gets it. */
  readonly settle: (cause: Recorded<ReturnProcessed>, at: Instant) => Promise<Done<OrderState>>;
  /** The return was rejected or withdrawn, or was never sent: its units are free again. */
  readonly close: (cause: Recorded<EndedWithoutGoods>, at: Instant) => Promise<void>;
  /** The order says that the money is back, or that there was none to go: the return is refunded. */
  readonly finish: (cause: Recorded<ReturnClosed>, at: Instant) => Promise<void>;
};

export const createReturnProcess = ({
  handle,
  readStream,
  decider,
  paymentProcess,
}: {
  readonly handle: Handle;
  readonly readStream: ReadStream;
  readonly decider: OrderDecider;
  readonly paymentProcess: Pick<PaymentProcess, 'recordEnded'>;
}): ReturnProcess => {
  const sendToOrder = (order_id: string, command: OrderCommand, context: EventContext) =>
    handleOrThrow(handle, decider, {
      stream: orderStream(order_id),
      command,
      context,
      prepare: (order) => paymentProcess.recordEnded(order, context.at),
    });

  const orderAt = async ({ stream, revision }: Recorded): Promise<Order> => {
    const found = await readStream(decider, stream, { revision });
    if (found === undefined || !isPlaced(found.state)) throw new Error(`${stream} does not fold to an order`);
    return found.state;
  };
  const returnAt = async ({ stream, revision }: Recorded): Promise<Return> => {
    const found = await readStream(returnDecider, stream, { revision });
    if (found === undefined || !isInitiated(found.state)) throw new Error(`${stream} does not fold to a return`);
    return found.state;
  };

  return {
    initiate: async (cause) => {
      const opened = cause.fact.data;
      const data = initiationOf(opened, await orderAt(cause), streamId(cause.stream));
      const context = continuedContext('initiate-return', cause);
      const command = { type: 'InitiateReturn', data, ...saidBy(context) } as const;
      return handleOrThrow(handle, returnDecider, { stream: returnStream(opened.return_id), command, context });
    },
    settle: async (cause, at) => {
      const { items, restocking_fee, refund_method } = cause.fact.data;
      const one = await returnAt(cause);
      const context = processContext('settle-return', cause, at);
      const data = {
        return_id: streamId(cause.stream),
        items: items.map(({ disposition: _, ...item }) => item),
        ...reviewTermsOf(one),
        restocking_fee,
        refund_method,
        // The new order waits for it.
        refunds_at_once: one.exchange !== null,
      };
      return sendToOrder(one.order_id, { type: 'SettleReturn', data, ...saidBy(context) }, context);
    },
    close: async (cause, at) => {
      const { order_id } = await returnAt(cause);
      const context = processContext('close-return', cause, at);
      const data = { return_id: streamId(cause.stream), outcome: OUTCOMES[cause.fact.type] };
      await sendToOrder(order_id, { type: 'CloseReturn', data, ...saidBy(context) }, context);
    },
    finish: async (cause, at) => {
      const { return_id, outcome } = cause.fact.data;
      if (outcome !== 'refunded') return;
      const refunded_amount = refundedAmount(await orderAt(cause), return_id);
      const context = processContext('finish-return', cause, at);
      const command = { type: 'RecordReturnRefunded', data: { refunded_amount }, ...saidBy(context) } as const;
      await handleOrThrow(handle, returnDecider, { stream: returnStream(return_id), command, context });
    },
  };
};
