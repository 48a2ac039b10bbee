import { findEvent, isOf, type PaymentCommandOutcome, type RecordedOf, wasRejected } from '../../commands/index.ts';
import { orderFold } from '../../domain/order/index.ts';
import { isPayment, type Payment } from '../../domain/payment/index.ts';
import { toMajor } from '../../domain/shared/amount-notation.ts';
import type { Minor } from '../../domain/shared/money.ts';
import { eventId } from '../../event-store/codec.ts';
import type { Recorded } from '../../event-store/recorded.ts';
import { orderStream, paymentStream, streamId } from '../../event-store/stream-names.ts';
import type { Caller } from '../server/caller.ts';
import { notFound } from '../server/problem.ts';
import { CommandRejected } from '../server/command-rejected.ts';
import type { Replay, Reply } from '../server/route.ts';
import { type FoundPayment, readPayment } from './find-payment.ts';
import { paymentBody, type PaymentBody } from './body.ts';
import type { PaymentDeps } from './deps.ts';
import { setTimeout as pause } from 'node:timers/promises';

const plain = () => ({});

/** What an answer says besides, from the newest event of the payment that it shows. */
export type MoreOfPayment = (last: Recorded | undefined) => object;

/** A read of one payment. */
export const paymentReply = (found: FoundPayment, caller: Caller, more: MoreOfPayment = plain): Reply => ({
  status: 200,
  body: { ...paymentBody(found, caller), ...more(found.last) },
  at: { stream: found.stream, revision: found.revision },
});

/** The new state of the payment a command changed, or the problem that says why not. */
export const paymentOutcomeReply = (
  outcome: PaymentCommandOutcome,
  {
    caller,
    status = 200,
    more = plain,
  }: { readonly caller: Caller; readonly status?: number; readonly more?: MoreOfPayment },
): Reply => {
  if (wasRejected(outcome)) throw new CommandRejected(outcome.rejection);
  const { id, state: payment, revision, position, repeated: isRepeated } = outcome;
  if (!isPayment(payment)) throw new Error(`payment ${id} accepted a command before it began`);
  return {
    status,
    body: { ...paymentBody({ id, payment }, caller), ...more(outcome.events.at(-1)) },
    at: { stream: paymentStream(id), revision },
    position,
    isRepeated,
    ...(status === 201 && { headers: { Location: `/api/v1/payments/${id}` } }),
  };
};

/** Answers a repeated write again: the payment as of the revision that the first answer showed. */
export const replayPayment =
  (deps: Pick<PaymentDeps, 'readStream'>, more?: MoreOfPayment): Replay =>
  async ({ caller }, place, status) => {
    if (place === undefined) throw new Error('a write on a payment always has a place');
    const found = await readPayment(deps, streamId(place.stream), { revision: place.revision });
    if (found === undefined) throw notFound('payment');
    return { ...paymentReply(found, caller, more), status };
  };

const OUTCOME_TIMEOUT_MS = 5_000;
const FIRST_PAUSE = 20;
const LONGEST_PAUSE = 200;

export type IsDone = (payment: Payment) => boolean;

export const hasOutcome: IsDone = ({ status }) => status !== 'processing' && status !== 'pending';

type Allocated = RecordedOf<'RefundAllocated'>;

/** What was credited in the same decision as this allocation. */
const creditedWith = (events: readonly Recorded[], { revision, fact }: Allocated): Minor => {
  const credited = findEvent(events, 'OrderCredited', (one) => one.revision === revision - 1n);
  return credited !== undefined && credited.fact.data.credit_id === fact.data.credit_id ? credited.fact.data.amount : 0;
};

/** What was credited in the decision that allocated this refund. */
const creditedWithRefund = async (
  { readStream }: Pick<PaymentDeps, 'readStream'>,
  order_id: string,
  refund_id: string | undefined,
): Promise<Minor> => {
  const order = await readStream(orderFold, orderStream(order_id));
  const events = order === undefined ? [] : await order.events();
  const allocated = findEvent(events, 'RefundAllocated', ({ fact }) =>
    fact.data.refunds.some((refund) => refund.refund_id === refund_id),
  );
  return allocated === undefined ? 0 : creditedWith(events, allocated);
};

/** The events that a command wrote on an order. */
const eventsOfCommand = (events: readonly Recorded[], command_id: string, stream: string): readonly Recorded[] => {
  const own: Recorded[] = [];
  for (;;) {
    const next = events.find(({ id }) => id === eventId(command_id, stream, own.length));
    if (next === undefined) return own;
    own.push(next);
  }
};

/** What a command decided on the order: when its refunds have an outcome on the payment, and how much it credited. */
export const refundOfCommand = async (
  { readStream }: Pick<PaymentDeps, 'readStream'>,
  order_id: string,
  command_id: string,
): Promise<{ readonly isDone: IsDone; readonly credited: Minor }> => {
  const stream = orderStream(order_id);
  const order = await readStream(orderFold, stream);
  const own = eventsOfCommand(order === undefined ? [] : await order.events(), command_id, stream);
  const parts = own.filter(isOf('RefundAllocated')).flatMap(({ fact }) => fact.data.refunds);
  const isDone: IsDone = ({ refunds }) =>
    parts.every(({ refund_id }) => refunds.some((one) => one.refund_id === refund_id && one.status !== 'pending'));
  return { isDone, credited: findEvent(own, 'OrderCredited')?.fact.data.amount ?? 0 };
};

/** A payment's answer with what its refund credited. */
export const withCredited = (reply: Reply, credited: Minor, { currency }: Payment): Reply => ({
  ...reply,
  body: { ...(reply.body as PaymentBody), credited: toMajor(credited, currency) },
});

/** The same for a repeated refund: its refund is the newest at the revision that the first answer showed. */
export const replayRefund = (deps: Pick<PaymentDeps, 'readStream'>): Replay => {
  const replay = replayPayment(deps);
  return async (request, place, status, body) => {
    const reply = await replay(request, place, status, body);
    if (place === undefined) return reply;
    const found = await readPayment(deps, streamId(place.stream), { revision: place.revision });
    if (found === undefined) throw notFound('payment');
    const newest = found.payment.refunds.at(-1)?.refund_id;
    const credited = await creditedWithRefund(deps, found.payment.order_id, newest);
    return withCredited(reply, credited, found.payment);
  };
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
  if (wasRejected(outcome)) throw new CommandRejected(outcome.rejection);
  const deadline = Date.now() + (deps.outcomeTimeoutMs ?? OUTCOME_TIMEOUT_MS);
  for (let wait = FIRST_PAUSE; ; wait = Math.min(wait * 2, LONGEST_PAUSE)) {
    const found = await readPayment(deps, outcome.id);
    if (found === undefined) throw new Error(`payment ${outcome.id} vanished`);
    const done = isDone(found.payment);
    if (done || Date.now() >= deadline) {
      const { stream, revision, position } = found;
      return {
        status: done ? 200 : 202,
        body: paymentBody(found, caller),
        at: { stream, revision },
        position,
        isRepeated: outcome.repeated,
      };
    }
    await pause(wait);
  }
};
