import { type Code, type Entries, instead, type ActionContext } from '../server/rejection-entry.ts';
import type { CatalogueCode } from '../checkout/rejections.ts';
import type { PaymentCode } from '../payments/rejections.ts';
import type { ReturnCode } from '../returns/rejections.ts';
import type { StoreCreditCode } from '../store-credit/rejections.ts';

/** Rejections of feedback, and of orders that still hold money. */
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

const already = (status: string) => ({
  status: 409 as const,
  title: `Already ${status.replaceAll('_', ' ')}`,
  sentence: (rejection: ActionContext) => `The order is ${status} already. ${instead(rejection)}`,
});

const locked = (title: string, what: string) => ({
  status: 409 as const,
  title,
  sentence: (rejection: ActionContext) =>
    `${what} cannot be changed any more: the order is ${rejection.current_status}. ${instead(rejection)}`,
});

const lineField = (line: number, field: string): string => `items[${line}].${field}`;

/** Rejections of placing and changing orders. */
export const orderRejections: Entries<
  Exclude<Code, CatalogueCode | ClosingCode | PaymentCode | ReturnCode | StoreCreditCode>
> = {
  'order.not_found': {
    status: 404,
    title: 'Not found',
    sentence: () => 'There is no order here that you may see. Check the id or number.',
  },
  'order.already_placed': {
    status: 409,
    title: 'Already placed',
    sentence: () => 'This order has been placed before. Use a new Idempotency-Key for a new order.',
  },
  'order.scheduled_in_the_past': {
    status: 422,
    title: 'Scheduled in the past',
    sentence: () => 'scheduled_for must lie in the future.',
    field: ({ scheduled_for }) => ({
      field: 'scheduled_for',
      message: 'must lie in the future',
      received: scheduled_for,
    }),
  },
  'order.unknown_action': {
    status: 422,
    title: 'Unknown action',
    sentence: ({ known_actions }) => `That is no action or status we know. Known are ${known_actions.join(', ')}.`,
  },
  'order.cancel_reason_required': {
    status: 422,
    title: 'A reason is required',
    sentence: () => 'Cancelling needs a reason of 10 to 500 characters.',
    field: () => ({ field: 'reason', message: 'is required: a string of 10 to 500 characters' }),
  },
  'order.cancel_reason_length': {
    status: 422,
    title: 'The reason is too short or too long',
    sentence: ({ expected }) => `The reason must have ${expected}.`,
    field: ({ expected, length }) => ({
      field: 'reason',
      message: `must have ${expected}`,
      received: `${length} characters`,
    }),
  },
  'order.payment_required': {
    status: 409,
    title: 'Payment required first',
    sentence: (rejection) => `Something is still to be paid before this order is processed. ${instead(rejection)}`,
  },
  'order.invalid_transition': {
    status: 409,
    title: 'Not possible in this status',
    sentence: (rejection) =>
      `That is not possible while the order is ${rejection.current_status}. ${instead(rejection)}`,
  },
  'order.action_not_permitted': {
    status: 403,
    title: 'Not for your role',
    sentence: (rejection) => `Your role may not ask for that. ${instead(rejection)}`,
  },
  'order.items_locked': locked('Items are fixed', 'The items'),
  'order.items_priced_by_staff': {
    status: 409,
    title: 'The prices are agreed',
    sentence: (rejection) =>
      `The shop agreed the prices of this order, so its items are not yours to change. Ask the shop. ${instead(rejection)}`,
  },
  'order.items_paid': {
    status: 409,
    title: 'Something is paid already',
    sentence: (rejection) =>
      `The items cannot be changed by a customer once something is paid. Ask the shop. ${instead(rejection)}`,
  },
  'order.address_locked': locked('The address is fixed', 'The shipping address'),
  'order.too_many_changes': {
    status: 409,
    title: 'Changed too often',
    sentence: ({ changes }) =>
      `Notes, meta data and address of this order were changed ${changes} times, which is the most. They stay as they are.`,
  },
  'order.assignment_locked': locked('The courier is fixed', 'The delivery partner'),
  'order.not_under_way': {
    status: 409,
    title: 'Not in delivery',
    sentence: (rejection) =>
      `Positions are taken while an order is shipped or out for delivery. It is ${rejection.current_status}. ${instead(rejection)}`,
  },
  'order.already_scheduled': already('scheduled'),
  'order.already_pending': already('pending'),
  'order.already_confirmed': already('confirmed'),
  'order.already_processing': already('processing'),
  'order.already_shipped': already('shipped'),
  'order.already_out_for_delivery': already('out_for_delivery'),
  'order.already_delivered': already('delivered'),
  'order.already_return_requested': already('return_requested'),
  'order.already_partially_returned': already('partially_returned'),
  'order.already_returned': already('returned'),
  'order.already_cancelled': already('cancelled'),
  'order.invalid_line': {
    status: 422,
    title: 'Invalid item',
    sentence: ({ line, field, expected }) => `${lineField(line, field)} must be ${expected}.`,
    field: ({ line, field, expected }) => ({ field: lineField(line, field), message: `must be ${expected}` }),
  },
  'order.discount_exceeds_line': {
    status: 422,
    title: 'Discount above the item',
    sentence: ({ line }) => `${lineField(line, 'discount')} must be at most unit_price × quantity.`,
    field: ({ line }) => ({ field: lineField(line, 'discount'), message: 'must be at most unit_price × quantity' }),
  },
  'order.invalid_line_count': {
    status: 422,
    title: 'Too few or too many items',
    sentence: ({ expected }) => `An order has ${expected}.`,
    field: ({ expected, lines }) => ({ field: 'items', message: `must be ${expected}`, received: lines }),
  },
  'order.amount_too_large': {
    status: 422,
    title: 'Amount too large',
    sentence: ({ amount }) => `The ${amount.replaceAll('_', ' ')} would be above 1000000000000, the most there may be.`,
    field: ({ line, amount }) => ({
      field: line === null ? 'items' : lineField(line, 'quantity'),
      message: `would make the ${amount.replaceAll('_', ' ')} larger than 1000000000000`,
    }),
  },
};
