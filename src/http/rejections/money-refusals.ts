import { instead, type Code, type Entries } from './entry.ts';

/** Refusals where money or goods would go back, and of feedback. */
export type MoneyCode =
  Extract<Code, `${'payment' | 'refund' | 'return' | 'feedback'}.${string}`> | 'order.captured_money_left';

const itemField = (message: string) => () => ({ field: 'items', message });

export const moneyRefusals: Entries<MoneyCode> = {
  'order.captured_money_left': {
    status: 409,
    title: 'Money is left',
    sentence: (rejection) => `Captured money is left on this order. Refund it first. ${instead(rejection)}`,
  },
  'payment.exceeds_amount_due': {
    status: 409,
    title: 'More than is due',
    sentence: () => 'With what is paid or on its way already, this would be more than the order costs.',
  },
  'refund.nothing_refundable': {
    status: 409,
    title: 'Nothing to refund',
    sentence: () => 'No captured money is left to go back.',
  },
  'refund.exceeds_refundable': {
    status: 422,
    title: 'More than can be refunded',
    sentence: () => 'The amount is above what is left of the captured money.',
    field: () => ({ field: 'amount', message: 'must be at most what is left to refund' }),
  },
  'return.not_found': {
    status: 404,
    title: 'Not found',
    sentence: () => 'There is no such return of this order.',
  },
  'return.nothing_left': {
    status: 409,
    title: 'Nothing left to return',
    sentence: () => 'Every unit of this order is returned or under a return already.',
  },
  'return.not_settled': {
    status: 409,
    title: 'Not settled yet',
    sentence: () => 'The return must be processed before its money can go back.',
  },
  'return.order_not_returnable': {
    status: 409,
    title: 'Not returnable in this status',
    sentence: (rejection) =>
      `Nothing can be returned while the order is ${rejection.current_status}. ${instead(rejection)}`,
  },
  'return.window_closed': {
    status: 409,
    title: 'The return window is closed',
    sentence: ({ window_days }) => `Returns are taken for ${window_days} days after delivery.`,
  },
  'return.unknown_item': {
    status: 422,
    title: 'Unknown item',
    sentence: ({ order_item_id }) => `${order_item_id} is no item of this order.`,
    field: itemField('must name items of this order'),
  },
  'return.duplicate_item': {
    status: 422,
    title: 'Item named twice',
    sentence: ({ order_item_id }) => `${order_item_id} is named twice. Name each item once.`,
    field: itemField('must name each item once'),
  },
  'return.invalid_quantity': {
    status: 422,
    title: 'Invalid quantity',
    sentence: ({ order_item_id }) => `The quantity of ${order_item_id} must be a whole number of 1 or more.`,
    field: itemField('must have whole quantities of 1 or more'),
  },
  'return.quantity_exceeds_returnable': {
    status: 409,
    title: 'More than can be returned',
    sentence: ({ order_item_id, returnable }) => `Of ${order_item_id} only ${returnable} can still be returned.`,
  },
  'return.accepted_exceeds_requested': {
    status: 422,
    title: 'More accepted than returned',
    sentence: ({ order_item_id, requested }) => `Of ${order_item_id} only ${requested} were returned.`,
    field: itemField('must not accept more than was returned'),
  },
  'return.refund_in_progress': {
    status: 409,
    title: 'A refund is on its way',
    sentence: () => 'The refund of this return is still on its way.',
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
