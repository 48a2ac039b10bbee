import {
  handleOrThrow,
  processContext,
  readPaymentOf,
  saidBy,
  wasRejected,
  type Handle,
  type PaymentProcess,
  type ReadStream,
} from '../commands/index.ts';
import { isPaidByPeople, isPlaced, type OrderCommand, type OrderDecider } from '../domain/order/index.ts';
import { isPayment, paymentDecider, type Payment, type PaymentCommand, type Refund } from '../domain/payment/index.ts';
import type { EventContext } from '../event-store/codec.ts';
import { orderStream, streamId } from '../event-store/stream-names.ts';
import type { KnownOutcome } from '../gateways/payment/index.ts';
import { ManualInterventionRequired } from '../jobs/manual-intervention-required.ts';
import type { DropJob, GatewayDeps } from './charging.ts';
import { defineProcess, perEvent, perStream } from './engine/process.ts';

type DecidingDeps = { readonly handle: Handle; readonly decider: OrderDecider };

/** Refunds the overpaid amount after anything that can change it. */
const refundOverpaid = defineProcess({
  name: 'refund-excess',
  on: {
    order: [
      'OrderCancelled',
      'OrderItemsModified',
      'ItemsCancelled',
      'PaymentCaptured',
      'OrderCredited',
      'ReturnSettled',
      'RefundAllocated',
      'RefundWithdrawn',
    ],
  },
  key: perStream,
  // An allocation leaves something overpaid only where it goes instead of another, for less.
  when: ({ fact }) => fact.type !== 'RefundAllocated' || fact.data.replaces.length > 0,
  run: (cause, { handle, decider }: DecidingDeps, { at }) => {
    const context = processContext('refund-excess', cause, at);
    const command = { type: 'RefundOverpaid', data: {}, ...saidBy(context) } as const;
    return handleOrThrow(handle, decider, { stream: cause.stream, command, context });
  },
});

/** A person said what became of a refund on the order: its payment follows. */
const endRefund = defineProcess({
  name: 'end-refund',
  on: { order: ['RefundResolved', 'RefundWithdrawn'] },
  key: perEvent,
  run: (cause, { paymentProcess }: { readonly paymentProcess: Pick<PaymentProcess, 'endRefund'> }) =>
    paymentProcess.endRefund(cause),
});

/** A refund was allocated: each part is reserved on its payment. */
const requestRefunds = defineProcess({
  name: 'request-refunds',
  on: { order: ['RefundAllocated'] },
  key: perEvent,
  run: (cause, { paymentProcess }: { readonly paymentProcess: Pick<PaymentProcess, 'requestRefunds'> }) =>
    paymentProcess.requestRefunds(cause),
});

const requestOf = (payment: Payment, refund: Refund) => {
  const { order_id, customer_id, currency, transaction_id } = payment;
  const { refund_id, amount, reason } = refund;
  return {
    refund_id,
    order_id,
    customer_id,
    transaction_id,
    amount,
    currency,
    reason: typeof reason === 'string' ? reason : null,
  };
};

const failureOf = (outcome: KnownOutcome): string | null => (outcome.outcome === 'declined' ? outcome.reason : null);

/** Gives it to the customer's balance, once; null: it is there. */
const credit = async (
  storeCredit: GatewayDeps['storeCredit'],
  { payment, refund, context }: { readonly payment: Payment; readonly refund: Refund; readonly context: EventContext },
): Promise<string | null> => {
  const outcome = await storeCredit.give(refund, payment, context);
  return wasRejected(outcome) ? outcome.rejection.rejected : null;
};

/** The refund in the order now: since it was reserved, another may have replaced it. */
const statusOnOrder = async (
  { readStream, decider }: Pick<GatewayDeps, 'readStream'> & Pick<DecidingDeps, 'decider'>,
  { order_id }: Payment,
  refund_id: string,
) => {
  const order = (await readStream(decider, orderStream(order_id)))?.state;
  if (order === undefined || !isPlaced(order)) throw new Error(`${orderStream(order_id)} does not fold to an order`);
  return order.refunds.find((refund) => refund.refund_id === refund_id)?.status;
};

/**
 * Gives back what was reserved, under the key of the event that reserved it, and records what the gateway says. A
 * refund that has its outcome is left alone, and so is one that people pay out. One that its order gave up before it
 * was reserved gives the reservation back.
 */
const refundPayment = defineProcess({
  name: 'refund-payment',
  on: { payment: ['RefundRequested'] },
  key: ({ fact }) => fact.data.refund_id,
  run: async (
    cause,
    { handle, readStream, decider, askGateway, storeCredit }: GatewayDeps & Pick<DecidingDeps, 'decider'>,
    { now },
  ) => {
    const { stream, id: idempotency_key, fact } = cause;
    const { refund_id } = fact.data;
    const payment = await readPaymentOf(readStream, stream);
    const refund = payment.refunds.find((one) => one.refund_id === refund_id);
    if (refund?.status !== 'pending') return;
    const onOrder = await statusOnOrder({ readStream, decider }, payment, refund_id);
    if (onOrder === 'withdrawn' || onOrder === 'failed') {
      const context = processContext('release-refund', cause, now());
      const command = { type: 'ReleaseRefund', data: { refund_id }, ...saidBy(context) } as const;
      await handleOrThrow(handle, paymentDecider, { stream, command, context });
      return;
    }
    if (isPaidByPeople(refund.method)) return;

    const request = { ...requestOf(payment, refund), idempotency_key, payment_id: streamId(stream) };
    const giveBack = (): Promise<KnownOutcome> =>
      askGateway.call(idempotency_key, (gateway) => gateway.refund(request));
    const failure =
      refund.method === 'store_credit'
        ? await credit(storeCredit, { payment, refund, context: processContext('give-store-credit', cause, now()) })
        : await giveBack().then(failureOf);
    const context = processContext('refund-payment', cause, now());
    const command: PaymentCommand =
      failure === null
        ? { type: 'CompleteRefund', data: { refund_id }, ...saidBy(context) }
        : { type: 'DeclineRefund', data: { refund_id, failure_reason: failure }, ...saidBy(context) };
    const { state } = await handleOrThrow(handle, paymentDecider, { stream, command, context });
    const settled = isPayment(state) ? state.refunds.find((one) => one.refund_id === refund_id)?.status : undefined;
    if (settled !== (failure === null ? 'completed' : 'failed'))
      throw new ManualInterventionRequired(
        `the gateway says ${command.type}, but the refund was settled by hand otherwise`,
      );
  },
});

/** The refund has its outcome: the order hears of it. */
const recordRefundOutcome = defineProcess({
  name: 'record-refund-outcome',
  on: { payment: ['RefundCompleted', 'RefundDeclined'] },
  key: perEvent,
  run: async (
    cause,
    {
      handle,
      decider,
      readStream,
      dropJob,
    }: DecidingDeps & { readonly readStream: ReadStream; readonly dropJob: DropJob },
    { at },
  ) => {
    const { type, data } = cause.fact;
    const payment = await readPaymentOf(readStream, cause.stream);
    const refund = payment.refunds.find(({ refund_id }) => refund_id === data.refund_id);
    if (refund === undefined) throw new Error(`${cause.stream} has no refund ${data.refund_id}`);
    const { refund_id, amount, method, kind, return_id } = refund;
    const context = processContext('record-refund-outcome', cause, at);
    const command: OrderCommand = {
      type: type === 'RefundCompleted' ? 'RecordRefund' : 'RecordRefundFailure',
      data: { refund_id, payment_id: streamId(cause.stream), amount, method, kind, return_id },
      ...saidBy(context),
    };
    await handleOrThrow(handle, decider, { stream: orderStream(payment.order_id), command, context });
    await dropJob(refundPayment.jobKey(refund_id));
  },
});

/** An allocated refund is reserved on each payment, paid back by the gateway, and recorded on the order. */
export const refunding = [refundOverpaid, requestRefunds, endRefund, refundPayment, recordRefundOutcome] as const;
