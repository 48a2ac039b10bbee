import { instead, type Code, type Entries } from '../server/rejections/entry.ts';

/** Refusals of feedback, and of closing the books. */
export type ClosingCode = Extract<Code, `feedback.${string}`> | 'order.captured_money_left';

export const closingRejections: Entries<ClosingCode> = {
  'order.captured_money_left': {
    status: 409,
    title: 'Money is left',
    sentence: (rejection) => `Captured money is left on this order. Refund it first. ${instead(rejection)}`,
  },
  'feedback.already_given': {
    status: 409,
    title: 'Feedback was given',
    sentence: () => 'Feedback on this order has been given before.',
  },
  'feedback.invalid_rating': {
    status: 422,
    title: 'Invalid rating',
    sentence: () => 'The rating must be an integer from 1 to 5.',
    field: ({ rating }) => ({ field: 'rating', message: 'must be an integer from 1 to 5', received: rating }),
  },
  'feedback.order_not_delivered': {
    status: 409,
    title: 'Not delivered yet',
    sentence: (rejection) => `Feedback can be given once the order was delivered. It is ${rejection.current_status}.`,
  },
};
