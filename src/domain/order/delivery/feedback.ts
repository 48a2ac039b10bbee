import { accept, type Decision } from '../../shared/decider.ts';
import { rejectAction } from '../actions/allowed-actions.ts';
import type { GiveFeedback } from '../vocabulary/commands.ts';
import type { FeedbackGiven } from '../vocabulary/events.ts';
import type { OrderSettings } from '../settings.ts';
import type { OrderRejection } from '../vocabulary/rejections.ts';
import type { Order } from '../vocabulary/state.ts';

/** The customer's feedback on a delivered order; given once. */
export const giveFeedback = (
  { data: { rating, comment }, by }: GiveFeedback,
  order: Order,
  settings: OrderSettings,
): Decision<FeedbackGiven, OrderRejection> => {
  if (order.feedback !== null) return { rejected: 'feedback.already_given' };
  if (order.delivered_at === null) return rejectAction('feedback.order_not_delivered', order, by.role, settings);
  if (!Number.isInteger(rating) || rating < 1 || rating > 5) return { rejected: 'feedback.invalid_rating', rating };
  const personal = comment === undefined ? {} : { personal: { comment } };
  return accept({ type: 'FeedbackGiven', data: { rating, ...personal } });
};
