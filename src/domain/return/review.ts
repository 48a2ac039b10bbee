import { NO_REVIEW, type ReviewTerms } from '../order/index.ts';
import { accept, type Decision } from '../shared/decider.ts';
import type { ReviewReturn } from './commands.ts';
import type { ReturnEvent } from './events.ts';
import type { ReturnRejection } from './rejections.ts';
import type { Return } from './state.ts';
import { rejectHere, whyNot } from './take-action.ts';

/** A reviewer approves, perhaps with a lower refund, or rejects. The refund is never above the estimate. */
export const reviewReturn = (command: ReviewReturn, one: Return): Decision<ReturnEvent, ReturnRejection> => {
  const { decision, notes, refund_amount } = command.data;
  const code = whyNot(decision, decision === 'approved' ? 'approve' : 'reject', {
    command: { by: command.by, data: {} },
    one,
  });
  if (code !== undefined) return rejectHere(code, { command: { by: command.by, data: {} }, one });
  if (decision === 'rejected') {
    return accept({ type: 'ReturnRejected', data: { reviewed: true, personal: { reason: notes } } });
  }
  const { estimate = one.estimate, adds_shipping = false } = command.data;
  if (refund_amount !== undefined && !isAllowed(refund_amount, estimate)) {
    return { rejected: 'return.review_amount_out_of_range', estimate };
  }
  const added = adds_shipping ? ({ adds_shipping } as const) : {};
  const data = { reviewed: true, reviewed_amount: refund_amount ?? null, ...added, personal: { notes } };
  return accept({ type: 'ReturnApproved', data });
};

/** What a review decided on the value of a return. */
export const reviewTermsOf = ({ review }: Pick<Return, 'review'>): ReviewTerms =>
  review === null ? NO_REVIEW : { reviewed_amount: review.refund_amount, adds_shipping: review.adds_shipping };

const isAllowed = (amount: number, estimate: number): boolean =>
  Number.isSafeInteger(amount) && amount > 0 && amount <= estimate;
