import { type Code, type Entries, instead, type ActionContext } from '../server/rejection-entry.ts';

const already = (status: string) => ({
  status: 409 as const,
  title: `Already ${status.replaceAll('_', ' ')}`,
  sentence: (rejection: ActionContext) => `The order is already ${status}. ${instead(rejection)}`,
});

const locked = (title: string, what: string) => ({
  status: 409 as const,
  title,
  sentence: (rejection: ActionContext) =>
    `${what} can no longer be changed: the order is ${rejection.current_status}. ${instead(rejection)}`,
});

const lineField = (line: number, field: string): string => `items[${line}].${field}`;

/** Rejections of placing and changing orders. */
export const orderRejections: Entries<Extract<Code, `order.${string}`>> = {
  'order.not_found': {
    status: 404,
    title: 'Not found',
    sentence: () => 'No such order exists, or you may not see it. Check the id or number.',
  },
  'order.already_placed': {
    status: 409,
    title: 'Already placed',
    sentence: () => 'This order was already placed. Use a new Idempotency-Key for a new order.',
  },
  'order.scheduled_in_the_past': {
    status: 422,
    title: 'Scheduled in the past',
    sentence: () => 'scheduled_for must be in the future.',
    field: ({ scheduled_for }) => ({
      field: 'scheduled_for',
      message: 'must be in the future',
      received: scheduled_for,
    }),
  },
  'order.unknown_action': {
    status: 422,
    title: 'Unknown action',
    sentence: ({ known_actions }) => `This is not a known action or status. Known: ${known_actions.join(', ')}.`,
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
    sentence: (rejection) => `This order must be paid before it is processed. ${instead(rejection)}`,
  },
  'order.invalid_transition': {
    status: 409,
    title: 'Not possible in this status',
    sentence: (rejection) =>
      `This is not possible while the order is ${rejection.current_status}. ${instead(rejection)}`,
  },
  'order.action_not_permitted': {
    status: 403,
    title: 'Not for your role',
    sentence: (rejection) => `Your role may not do this. ${instead(rejection)}`,
  },
  'order.items_locked': locked('Items cannot change any more', 'The items'),
  'order.items_priced_by_staff': {
    status: 409,
    title: 'Prices set by the shop',
    sentence: (rejection) =>
      `The shop set the prices of this order, so you cannot change its items. Ask the shop. ${instead(rejection)}`,
  },
  'order.items_paid': {
    status: 409,
    title: 'Already paid in part or in full',
    sentence: (rejection) => `A customer cannot change the items after a payment. Ask the shop. ${instead(rejection)}`,
  },
  'order.address_locked': locked('The address cannot change any more', 'The shipping address'),
  'order.billing_locked': {
    status: 409,
    title: 'Already invoiced',
    sentence: (rejection) =>
      `The order is invoiced: billing address, e-mail address and name can no longer be changed. ${instead(rejection)}`,
  },
  'order.too_many_changes': {
    status: 409,
    title: 'Changed too often',
    sentence: ({ changes }) =>
      `Notes, meta data, address and items of this order were changed ${changes} times, which is the maximum. They cannot change any more.`,
  },
  'order.held': {
    status: 409,
    title: 'Held',
    sentence: (rejection) => `This order is held. Release it first. ${instead(rejection)}`,
  },
  'order.already_held': {
    status: 409,
    title: 'Already held',
    sentence: (rejection) => `This order is already held. ${instead(rejection)}`,
  },
  'order.not_held': {
    status: 409,
    title: 'Not held',
    sentence: (rejection) => `This order is not held. ${instead(rejection)}`,
  },
  'order.assignment_locked': locked('The courier cannot change any more', 'The delivery partner'),
  'order.not_under_way': {
    status: 409,
    title: 'Not in delivery',
    sentence: (rejection) =>
      `Positions are accepted while an order is shipped or out for delivery. It is ${rejection.current_status}. ${instead(rejection)}`,
  },
  'order.captured_money_left': {
    status: 409,
    title: 'Captured money remains',
    sentence: (rejection) => `This order still has captured money. Refund it first. ${instead(rejection)}`,
  },
  'order.already_scheduled': already('scheduled'),
  'order.already_pending': already('pending'),
  'order.already_confirmed': already('confirmed'),
  'order.already_processing': already('processing'),
  'order.already_shipped': already('shipped'),
  'order.already_out_for_delivery': already('out_for_delivery'),
  'order.already_partially_shipped': already('partially_shipped'),
  'order.already_partially_delivered': already('partially_delivered'),
  'order.already_delivered': already('delivered'),
  'order.already_undelivered': already('undelivered'),
  'order.cancel_items_required': {
    status: 409,
    title: 'A part was shipped already',
    sentence: (rejection) =>
      `A part of this order was shipped, so it cannot be cancelled as a whole. Cancel the units that are left: POST /orders/{id}/cancel-items. ${instead(rejection)}`,
  },
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
    sentence: ({ expected }) => `An order must have ${expected}.`,
    field: ({ expected, lines }) => ({ field: 'items', message: `must be ${expected}`, received: lines }),
  },
  'order.amount_too_large': {
    status: 422,
    title: 'Amount too large',
    sentence: ({ amount }) => `The ${amount.replaceAll('_', ' ')} would be above the maximum of 1000000000000.`,
    field: ({ line, amount }) => ({
      field: line === null ? 'items' : lineField(line, 'quantity'),
      message: `would make the ${amount.replaceAll('_', ' ')} larger than 1000000000000`,
    }),
  },
};
