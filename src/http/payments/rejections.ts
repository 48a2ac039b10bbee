import type { PaymentStatus } from '../../domain/payment/index.ts';
import type { Code, Entries } from '../server/rejection-entry.ts';

export type PaymentCode = Extract<Code, `${'payment' | 'refund'}.${string}`>;

type ActionContext = { readonly current_status: PaymentStatus };

const said = (status: string): string => status.replaceAll('_', ' ');

const already = (status: PaymentStatus) => ({
  status: 409 as const,
  title: `Already ${said(status)}`,
  sentence: () => `The payment is ${said(status)} already.`,
});

/** Rejections of payments and refunds. */
export const paymentRejections: Entries<PaymentCode> = {
  'payment.not_found': {
    status: 404,
    title: 'Not found',
    sentence: () => 'There is no payment here that you may see. Check the id or number.',
  },
  'payment.invalid_amount': {
    status: 422,
    title: 'Invalid amount',
    sentence: () => 'The amount must be above 0.',
    field: () => ({ field: 'amount', message: 'must be an amount above 0' }),
  },
  'payment.wrong_currency': {
    status: 422,
    title: 'Wrong currency',
    sentence: ({ currency }) => `The order is in ${currency}, and so are its payments. Leave currency out.`,
    field: ({ currency }) => ({ field: 'currency', message: `must be ${currency}, as the order's` }),
  },
  'payment.exceeds_total': {
    status: 422,
    title: 'More than the order costs',
    sentence: () => 'The amount is above the total of the order.',
    field: () => ({ field: 'amount', message: 'must be at most the total of the order' }),
  },
  'payment.exceeds_amount_due': {
    status: 409,
    title: 'More than is due',
    sentence: () => 'With what is paid or on its way already, this would be more than the order costs.',
  },
  'payment.invalid_transition': {
    status: 409,
    title: 'Not possible in this status',
    sentence: ({ current_status }: ActionContext) =>
      `That is not possible while the payment is ${said(current_status)}.`,
  },
  'payment.action_not_permitted': {
    status: 403,
    title: 'Not for your role',
    sentence: () => 'Money that no gateway moves is received by an admin. Your role may not say that it came.',
  },
  'payment.not_refundable': {
    status: 409,
    title: 'Not refundable in this status',
    sentence: ({ current_status }) => `Only a completed payment can be refunded. This one is ${said(current_status)}.`,
  },
  'payment.outcome_known': {
    status: 409,
    title: 'Settled already',
    sentence: () => 'The outcome is known already, so there is nothing to settle.',
  },
  'payment.settles_itself': {
    status: 409,
    title: 'Settles by itself',
    sentence: () =>
      'Store credit is a balance of the shop: its outcome is never unknown. The payment settles as soon as its job has run.',
  },
  'payment.already_pending': already('pending'),
  'payment.already_processing': already('processing'),
  'payment.already_completed': already('completed'),
  'payment.already_partially_refunded': already('partially_refunded'),
  'payment.already_refunded': already('refunded'),
  'payment.already_failed': already('failed'),
  'payment.already_cancelled': already('cancelled'),
  'refund.nothing_refundable': {
    status: 409,
    title: 'Nothing to refund',
    sentence: () => 'No captured money is left to go back.',
  },
  'refund.not_found': {
    status: 404,
    title: 'Not found',
    sentence: () => 'This payment has no such refund. Its refunds are listed with it.',
    field: () => ({ field: 'refund_id', message: 'must be the id of a refund of this payment' }),
  },
  'refund.exceeds_refundable': {
    status: 422,
    title: 'More than can be refunded',
    sentence: () => 'The amount is above what is left of the captured money.',
    field: () => ({ field: 'amount', message: 'must be at most what is left to refund' }),
  },
  'refund.invalid_amount': {
    status: 422,
    title: 'Invalid amount',
    sentence: () => 'An amount must be above 0.',
    field: () => ({ field: 'amount', message: 'must be an amount above 0' }),
  },
  'refund.exceeds_creditable': {
    status: 422,
    title: 'More than can be credited',
    sentence: () => 'The amount is above what is left to credit: credits never exceed what was agreed.',
    field: () => ({ field: 'amount', message: 'must be at most what is left to credit' }),
  },
  'refund.nothing_to_credit': {
    status: 409,
    title: 'Nothing to credit',
    sentence: () => 'Nothing of this order is left to credit.',
  },
  'refund.unknown_item': {
    status: 422,
    title: 'Unknown item',
    sentence: ({ order_item_id }) => `The order has no item ${order_item_id}.`,
    field: () => ({ field: 'items', message: 'must name items of this order' }),
  },
  'refund.duplicate_item': {
    status: 422,
    title: 'The same item twice',
    sentence: ({ order_item_id }) => `${order_item_id} is named more than once. Name each item once.`,
    field: () => ({ field: 'items', message: 'must name each item once' }),
  },
  'refund.invalid_quantity': {
    status: 422,
    title: 'Quantity out of range',
    sentence: ({ order_item_id, creditable }) =>
      `quantity of ${order_item_id} must be an integer from 1 to ${creditable}, the units that were not credited yet.`,
    field: ({ creditable }) => ({ field: 'items', message: `quantity must be an integer from 1 to ${creditable}` }),
  },
  'refund.in_progress': {
    status: 409,
    title: 'Refund in progress',
    sentence: () => 'The payment service has not answered yet. Wait for its outcome, or settle it if it never comes.',
  },
  'refund.not_failed': {
    status: 409,
    title: 'Not failed',
    sentence: () => 'Only a refund that failed can be tried again. This one waits to be paid out.',
  },
  'refund.not_owed': {
    status: 409,
    title: 'Nothing to pay back',
    sentence: () => 'Nothing is overpaid any more. Withdraw this refund instead.',
  },
  'refund.payment_required': {
    status: 422,
    title: 'Name the other payment',
    sentence: () => 'payment_id must name the payment from which the money goes back.',
    field: () => ({ field: 'payment_id', message: 'is required with other_payment' }),
  },
  'refund.already_ended': {
    status: 409,
    title: 'Ended already',
    sentence: ({ refund_status }) => `This refund is ${refund_status}. There is nothing to resolve.`,
  },
  'refund.still_overpaid': {
    status: 409,
    title: 'Still overpaid',
    sentence: () => 'The money would stay here without a reason. Pay it back another way.',
  },
};
