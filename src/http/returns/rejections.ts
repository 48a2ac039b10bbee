import type { ReturnStatus } from '../../domain/return/index.ts';
import { type Code, type Entries, instead, type ActionContext } from '../server/rejection-entry.ts';

const itemField = (message: string) => () => ({ field: 'items', message });

const said = (status: string): string => status.replaceAll('_', ' ');

const already = (status: ReturnStatus) => ({
  status: 409 as const,
  title: `Already ${said(status)}`,
  sentence: (rejection: ActionContext) => `The return is already ${said(status)}. ${instead(rejection)}`,
});

/** Rejections of opening, moving and refunding returns. */
export const returnRejections: Entries<Extract<Code, `return.${string}`>> = {
  'return.not_found': {
    status: 404,
    title: 'Not found',
    sentence: () => 'This order has no such return.',
  },
  'return.nothing_left': {
    status: 409,
    title: 'Nothing left to return',
    sentence: () => 'Every unit of this order is already returned or in an open return.',
  },
  'return.not_settled': {
    status: 409,
    title: 'Not settled yet',
    sentence: () => 'The return must be processed before it can be refunded.',
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
    sentence: ({ product_name, returnable_until, window_days }) =>
      `${product_name} could be returned until ${returnable_until}, ${window_days} days after delivery. An admin can accept it with force.`,
    field: itemField('must still be returnable'),
  },
  'return.item_not_returnable': {
    status: 409,
    title: 'The item is not returnable',
    sentence: ({ product_name }) => `${product_name} cannot be returned. An admin can accept it with force.`,
    field: itemField('must be returnable'),
  },
  'return.unknown_item': {
    status: 422,
    title: 'Unknown item',
    sentence: ({ order_item_id }) => `${order_item_id} is not an item of this order.`,
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
    sentence: ({ order_item_id, returnable }) => `Only ${returnable} of ${order_item_id} can still be returned.`,
  },
  'return.accepted_exceeds_requested': {
    status: 422,
    title: 'More accepted than returned',
    sentence: ({ order_item_id, requested }) => `Only ${requested} of ${order_item_id} were returned.`,
    field: itemField('must not accept more than was returned'),
  },
  'return.refund_in_progress': {
    status: 409,
    title: 'Refund in progress',
    sentence: () => 'The refund of this return is still in progress.',
  },
  'return.unknown_action': {
    status: 422,
    title: 'Unknown action',
    sentence: ({ known_actions }) => `This is not a known action or status. Known: ${known_actions.join(', ')}.`,
  },
  'return.invalid_transition': {
    status: 409,
    title: 'Not possible in this status',
    sentence: (rejection) =>
      `This is not possible while the return is ${said(rejection.current_status)}. ${instead(rejection)}`,
  },
  'return.action_not_permitted': {
    status: 403,
    title: 'Not for your role',
    sentence: (rejection) => `Your role may not do this. ${instead(rejection)}`,
  },
  'return.tracking_locked': {
    status: 409,
    title: 'Not possible in this status',
    sentence: ({ current_status }) =>
      `You can give the tracking number from the approval of the return until we receive it. It is ${said(current_status)}.`,
  },
  'return.reason_required': {
    status: 422,
    title: 'A reason is required',
    sentence: () => 'Rejecting a return needs a reason.',
    field: () => ({ field: 'reason', message: 'is required: a string of at most 500 characters' }),
  },
  'return.too_many_changes': {
    status: 409,
    title: 'Changed too often',
    sentence: ({ changes }) =>
      `Notes and details of this return were changed ${changes} times, which is the maximum. They cannot change any more.`,
  },
  'return.quantity_out_of_range': {
    status: 422,
    title: 'Quantity out of range',
    sentence: ({ order_item_id, field, most }) => `${field} of ${order_item_id} must be an integer from 0 to ${most}.`,
    field: ({ field, most }) => ({ field: 'items', message: `${field} must be an integer from 0 to ${most}` }),
  },
  'return.invalid_restocking_fee': {
    status: 422,
    title: 'Invalid restocking fee',
    sentence: () => 'restocking_fee must be an amount of 0 or more.',
    field: () => ({ field: 'restocking_fee', message: 'must be an amount of 0 or more' }),
  },
  'return.fee_exceeds_value': {
    status: 422,
    title: 'Fee above the value',
    sentence: () => 'restocking_fee is above the value of the accepted items.',
    field: () => ({ field: 'restocking_fee', message: 'must be at most the value of the accepted items' }),
  },
  'return.review_amount_out_of_range': {
    status: 422,
    title: 'Refund out of range',
    sentence: () => 'A review may lower the refund, but not raise it above the estimate.',
    field: () => ({ field: 'refund_amount', message: 'must be above 0 and at most the refund_amount of the return' }),
  },
  'return.already_initiated': already('initiated'),
  'return.already_approved': already('approved'),
  'return.already_pickup_scheduled': already('pickup_scheduled'),
  'return.already_in_transit': already('in_transit'),
  'return.already_received': already('received'),
  'return.already_processed': already('processed'),
  'return.already_refunded': already('refunded'),
  'return.already_rejected': already('rejected'),
  'return.already_cancelled': already('cancelled'),
  'return.already_not_sent': already('not_sent'),
};
