import { findEvent, wasRejected, type PaymentCommandOutcome } from '../../commands/index.ts';
import { orderFold } from '../../domain/order/index.ts';
import { isPayment, type Payment } from '../../domain/payment/index.ts';
import { eventId } from '../../event-store/codec.ts';
import { orderStream, paymentStream, streamId } from '../../event-store/stream-names.ts';
import type { Caller } from '../server/caller.ts';
import { notFound } from '../server/problem.ts';
import { rejectionProblem } from '../server/rejections.ts';
import type { Replay, Reply } from '../server/route.ts';
import { type FoundPayment, readPayment } from './find-payment.ts';
import { paymentBody } from './body.ts';
import type { PaymentDeps } from './deps.ts';
import { setTimeout as pause } from 'node:timers/promises';

/** A read of one payment. */
export const paymentReply = (found: FoundPayment, caller: Caller): Reply => ({
  status: 200,
  body: paymentBody(found, caller),
  at: { stream: found.stream, revision: found.revision },
});

/** The new state of the payment a command changed, or the problem that says why not. */
export const paymentOutcomeReply = (
  outcome: PaymentCommandOutcome,
  { caller, status = 200 }: { readonly caller: Caller; readonly status?: number },
): Reply => {
  if (wasRejected(outcome)) throw rejectionProblem(outcome.rejection);
  const { id, state: payment, revision, position } = outcome;
  if (!isPayment(payment)) throw new Error(`payment ${id} accepted a command before it began`);
  return {
    status,
    body: paymentBody({ id, payment }, caller),
    at: { stream: paymentStream(id), revision },
    position,
    ...(status === 201 && { headers: { Location: `/api/v1/payments/${id}` } }),
  };
};

/** Answers a repeated write again: the payment as of the revision that the first answer showed. */
export const replayPayment =
  (deps: Pick<PaymentDeps, 'readStream'>): Replay =>
  async ({ caller }, place, status) => {
    if (place === undefined) throw new Error('a write on a payment always has a place');
    const found = await readPayment(deps, streamId(place.stream), { revision: place.revision });
    if (found === undefined) throw notFound('payment');
    return { ...paymentReply(found, caller), status };
  };

const OUTCOME_TIMEOUT_MS = 5_000;
const FIRST_PAUSE = 20;
const LONGEST_PAUSE = 200;

export type IsDone = (payment: Payment) => boolean;

export const hasOutcome: IsDone = ({ status }) => status !== 'processing' && status !== 'pending';

/** Whether what this command allocated on the order has come to its end on the payment. */
export const refundsDone = async (
  { readStream }: Pick<PaymentDeps, 'readStream'>,
  order_id: string,
  command_id: string,
): Promise<IsDone> => {
  const stream = orderStream(order_id);
  const order = await readStream(orderFold, stream);
  const own = eventId(command_id, stream, 0);
  const allocated = findEvent(order?.events ?? [], 'RefundAllocated', ({ id }) => id === own);
  const parts = allocated?.fact.data.refunds ?? [];
  return ({ refunds }) =>
    parts.every(({ refund_id }) => refunds.some((one) => one.refund_id === refund_id && one.status !== 'pending'));
};

/**
 * Money moves in jobs. The answer waits a short time for the outcome: 200 with the final state, else 202 with how it
 * stands.
 */
export const answerWhenDone = async (
  deps: Pick<PaymentDeps, 'readStream' | 'outcomeTimeoutMs'>,
  outcome: PaymentCommandOutcome,
  { caller, isDone }: { readonly caller: Caller; readonly isDone: IsDone },
): Promise<Reply> => {
  if (wasRejected(outcome)) throw rejectionProblem(outcome.rejection);
  const deadline = Date.now() + (deps.outcomeTimeoutMs ?? OUTCOME_TIMEOUT_MS);
  for (let wait = FIRST_PAUSE; ; wait = Math.min(wait * 2, LONGEST_PAUSE)) {
    const found = await readPayment(deps, outcome.id);
    if (found === undefined) throw new Error(`payment ${outcome.id} vanished`);
    const done = isDone(found.payment);
    if (done || Date.now() >= deadline) {
      const { stream, revision, position } = found;
      return { status: done ? 200 : 202, body: paymentBody(found, caller), at: { stream, revision }, position };
    }
    await pause(wait);
  }
};
