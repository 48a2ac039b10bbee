import {
  isPaidByPeople,
  isPlaced,
  type OrderCommand,
  type OrderDecider,
  type OrderState,
  type PaymentStarted,
  type RefundAllocated,
  type RefundResolved,
  type RefundWithdrawn,
} from '../domain/order/index.ts';
import {
  paymentDecider,
  type PaymentCancelled,
  type PaymentCommand,
  type PaymentCompleted,
  type PaymentDeclined,
  type PaymentRejection,
  type PaymentState,
} from '../domain/payment/index.ts';
import { isErased, type Instant } from '../domain/shared/decider.ts';
import type { EventContext } from '../event-store/codec.ts';
import type { Recorded } from '../event-store/recorded.ts';
import { orderStream, paymentStream, streamId } from '../event-store/stream-names.ts';
import { isOf } from './find-event.ts';
import { wasRejected, type Handle, type Outcome } from './handle.ts';
import { handleOrThrow } from './handle-or-throw.ts';
import type { PaymentTokens } from './payment-tokens.ts';
import { continuedContext, processContext, saidBy } from './process-context.ts';
import { readPaymentOf } from './read-payment.ts';
import type { ReadStream } from './read.ts';

export type PaymentOutcome = PaymentCompleted | PaymentDeclined | PaymentCancelled;

/**
 * What follows from an event of an order or a payment in the other of the two, as far as requests do it too, so that
 * their answers show it. Each may run any number of times, also at once: the second run finds it done.
 */
export type PaymentProcess = {
  /** The order made room: the payment is in progress. One that was cancelled meanwhile gives its room back. */
  readonly startProcessing: (cause: Recorded<PaymentStarted>) => Promise<Outcome<PaymentState, PaymentRejection>>;
  /** The payment has its outcome: the order follows, and the token has done its duty. */
  readonly recordOutcome: (cause: Recorded<PaymentOutcome>, at: Instant) => Promise<void>;
  /** Payments of an order that have ended and of which it has not heard yet; answers whether there were any. */
  readonly recordEnded: (order: OrderState, at: Instant) => Promise<boolean>;
  /** People paid a refund out, or it was given up: its payment follows. */
  readonly endRefund: (cause: Recorded<RefundResolved | RefundWithdrawn>) => Promise<void>;
  /** A refund was allocated: each part is reserved on its payment, and what people paid out by hand is recorded there. */
  readonly requestRefunds: (cause: Recorded<RefundAllocated>) => Promise<void>;
};

export const createPaymentProcess = ({
  handle,
  readStream,
  decider,
  tokens,
}: {
  readonly handle: Handle;
  readonly readStream: ReadStream;
  readonly decider: OrderDecider;
  readonly tokens: Pick<PaymentTokens, 'forget'>;
}): PaymentProcess => {
  const sendToOrder = (order_id: string, command: OrderCommand, context: EventContext) =>
    handleOrThrow(handle, decider, { stream: orderStream(order_id), command, context });

  const onPayment = (payment_id: string, command: PaymentCommand, context: EventContext) =>
    handleOrThrow(handle, paymentDecider, { stream: paymentStream(payment_id), command, context });

  /** Refunds in whose stead others go give their reservation back. */
  const releaseReplaced = async (cause: Recorded<RefundAllocated>): Promise<void> => {
    const { replaces } = cause.fact.data;
    if (replaces.length === 0) return;
    const found = await readStream(decider, cause.stream, { revision: cause.revision });
    const refunds = found !== undefined && isPlaced(found.state) ? found.state.refunds : [];
    for (const { refund_id, payment_id } of refunds.filter((refund) => replaces.includes(refund.refund_id))) {
      const context = continuedContext(`release-refund/${refund_id}`, cause);
      await onPayment(payment_id, { type: 'ReleaseRefund', data: { refund_id }, ...saidBy(context) }, context);
    }
  };

  const requestRefund = async (
    cause: Recorded<RefundAllocated>,
    { payment_id, ...part }: RefundAllocated['data']['refunds'][number],
  ): Promise<void> => {
    const { kind, return_id, paid_out, personal } = cause.fact.data;
    const { refund_id, method } = part;
    const context = continuedContext(`request-refund/${refund_id}`, cause);
    const said = personal === undefined || isErased(personal) ? {} : { personal };
    const outcome = await handle(paymentDecider, {
      stream: paymentStream(payment_id),
      command: { type: 'RequestRefund', data: { ...part, kind, return_id, ...said }, ...saidBy(context) },
      context,
    });
    if (!wasRejected(outcome)) {
      if (!paid_out || !isPaidByPeople(method)) return;
      const paidOut = continuedContext(`pay-out-refund/${refund_id}`, cause);
      const command = {
        type: 'PayOutRefund',
        data: { refund_id, amount: part.amount, method },
        ...saidBy(paidOut),
      } as const;
      await onPayment(payment_id, command, paidOut);
      return;
    }
    const rejected = processContext(`reject-refund/${part.refund_id}`, cause, cause.fact.at);
    const data = { ...part, payment_id, kind, return_id };
    await sendToOrder(streamId(cause.stream), { type: 'RecordRefundFailure', data, ...saidBy(rejected) }, rejected);
  };

  const recordOutcome = async (cause: Recorded<PaymentOutcome>, at: Instant): Promise<void> => {
    const payment_id = streamId(cause.stream);
    const { order_id, amount, method } = await readPaymentOf(readStream, cause.stream);
    const context = processContext('record-payment-outcome', cause, at);
    await sendToOrder(
      order_id,
      cause.fact.type === 'PaymentCompleted'
        ? { type: 'RecordCapture', data: { payment_id, amount, method }, ...saidBy(context) }
        : { type: 'RecordPaymentFailure', data: { payment_id }, ...saidBy(context) },
      context,
    );
    await tokens.forget(payment_id);
  };

  const findOutcome = async (payment_id: string): Promise<Recorded<PaymentOutcome> | undefined> => {
    const payment = await readStream(paymentDecider, paymentStream(payment_id));
    return (await payment?.events())?.find(isOf('PaymentCompleted', 'PaymentDeclined', 'PaymentCancelled'));
  };

  return {
    startProcessing: async (cause) => {
      const { payment_id } = cause.fact.data;
      const context = continuedContext('start-processing', cause);
      const command = { type: 'StartProcessing', data: {}, ...saidBy(context) } as const;
      const outcome = await handle(paymentDecider, { stream: paymentStream(payment_id), command, context });
      if (wasRejected(outcome) && outcome.state.status === 'cancelled') {
        const freed = processContext('free-cancelled-payment', cause, cause.fact.at);
        const data = { payment_id };
        await sendToOrder(streamId(cause.stream), { type: 'RecordPaymentFailure', data, ...saidBy(freed) }, freed);
      }
      return outcome;
    },
    recordOutcome,
    recordEnded: async (order, at) => {
      if (!isPlaced(order)) return false;
      const inFlight = order.payments.filter(({ status }) => status === 'in_flight');
      const outcomes = await Promise.all(inFlight.map(({ payment_id }) => findOutcome(payment_id)));
      const ended = outcomes.filter((outcome) => outcome !== undefined);
      for (const outcome of ended) await recordOutcome(outcome, at);
      return ended.length > 0;
    },
    endRefund: async (cause) => {
      const { refund_id, payment_id, amount, method, kind, return_id } = cause.fact.data;
      const requested = continuedContext(`request-refund/${refund_id}`, cause);
      const request = { refund_id, amount, method, kind, return_id };
      // It may have failed before its payment heard of it, or its job may be behind. Where there is no room for it any
      // more, there is nothing to give up either.
      await handle(paymentDecider, {
        stream: paymentStream(payment_id),
        command: { type: 'RequestRefund', data: request, ...saidBy(requested) },
        context: requested,
      });
      const context = continuedContext(`end-refund/${refund_id}`, cause);
      await onPayment(
        payment_id,
        cause.fact.type === 'RefundResolved'
          ? { type: 'PayOutRefund', data: { refund_id, amount, method }, ...saidBy(context) }
          : { type: 'ReleaseRefund', data: { refund_id }, ...saidBy(context) },
        context,
      );
    },
    requestRefunds: async (cause) => {
      await releaseReplaced(cause);
      for (const part of cause.fact.data.refunds) await requestRefund(cause, part);
    },
  };
};
