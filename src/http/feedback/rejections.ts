import type { Code, Entries } from '../server/rejection-entry.ts';

export const feedbackRejections: Entries<Extract<Code, `feedback.${string}`>> = {
  'feedback.already_given': {
    status: 409,
    title: 'Feedback already given',
    sentence: () => 'This order already has feedback.',
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
    sentence: (rejection) => `Feedback is possible after delivery. The order is ${rejection.current_status}.`,
  },
};
