import { wasRejected } from '../../commands/handle.ts';
import type { PaymentCommandOutcome } from '../../commands/payments.ts';
import { isPayment } from '../../domain/payment/index.ts';
import { paymentStream, streamId } from '../../event-store/stream-names.ts';
import type { Caller } from '../server/caller.ts';
import { notFound } from '../server/problem.ts';
import { rejectionProblem } from '../server/rejections/refusal.ts';
import type { Replay, Reply } from '../server/route.ts';
import { readPayment, type FoundPayment } from './find-payment.ts';
import { paymentBody } from './payment-body.ts';
import type { PaymentDeps } from './payment-deps.ts';

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
