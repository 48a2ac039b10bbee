import type { PaymentStatus } from '../../domain/payment/index.ts';
import type { Code, Entries } from '../server/rejection-entry.ts';

type ActionContext = { readonly current_status: PaymentStatus };

const said = (status: string): string => status.replaceAll('_', ' ');

const already = (status: PaymentStatus) => ({
  status: 409 as const,
  title: `Already ${said(status)}`,
  sentence: () => `The payment is already ${said(status)}.`,
});

/** Rejections of payments and refunds. */
export const paymentRejections: Entries<Extract<Code, `${'payment' | 'refund'}.${string}`>> = {
  'payment.not_found': {
    status: 404,
    title: 'Not found',
    sentence: () => 'No such payment exists, or you may not see it. Check the id or number.',
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
    sentence: ({ currency }) => `Payments must have the currency of the order, ${currency}. Leave currency out.`,
    field: ({ currency }) => ({ field: 'currency', message: `must be ${currency}, as the order's` }),
  },
  'payment.exceeds_total': {
    status: 422,
    title: 'Above the total of the order',
    sentence: () => 'The amount is above the total of the order.',
    field: () => ({ field: 'amount', message: 'must be at most the total of the order' }),
  },
  'payment.too_many_changes': {
    status: 409,
    title: 'Changed too often',
    sentence: ({ changes }) =>
      `Notes and details of this payment were changed ${changes} times, which is the maximum. They cannot change any more.`,
  },
  'payment.exceeds_amount_due': {
    status: 409,
    title: 'Above the amount due',
    sentence: () =>
      'Together with the payments that are captured or in progress, this amount would exceed the total of the order.',
  },
  'payment.invalid_transition': {
    status: 409,
    title: 'Not possible in this status',
    sentence: ({ current_status }: ActionContext) =>
      `This is not possible while the payment is ${said(current_status)}.`,
  },
  'payment.action_not_permitted': {
    status: 403,
    title: 'Not for your role',
    sentence: () => 'For a method without a gateway, only an admin can confirm that the money was received.',
  },
  'payment.not_refundable': {
    status: 409,
    title: 'Not refundable in this status',
    sentence: ({ current_status }) => `Only a completed payment can be refunded. This one is ${said(current_status)}.`,
  },
  'payment.outcome_known': {
    status: 409,
    title: 'Already settled',
    sentence: () => 'The outcome is already known, so there is nothing to settle.',
  },
  'payment.settles_itself': {
    status: 409,
    title: 'Settles by itself',
    sentence: () =>
      'The shop itself keeps the balances of store credit, so the outcome is never unknown. The payment settles when its job has run.',
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
    sentence: () => 'No captured money is left to refund.',
  },
  'refund.not_found': {
    status: 404,
    title: 'Not found',
    sentence: () => 'This payment has no such refund. Get the payment to see its refunds.',
    field: () => ({ field: 'refund_id', message: 'must be the id of a refund of this payment' }),
  },
  'refund.exceeds_refundable': {
    status: 422,
    title: 'More than can be refunded',
    sentence: () => 'The amount is above the captured money that is left.',
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
    sentence: () => 'The amount is above what is left to credit: credits cannot exceed the total.',
    field: () => ({ field: 'amount', message: 'must be at most what is left to credit' }),
  },
  'refund.nothing_to_credit': {
    status: 409,
    title: 'Nothing to credit',
    sentence: () => 'Everything in this order is already credited.',
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
      creditable > 0
        ? `quantity of ${order_item_id} must be an integer from 1 to ${creditable}, the number of units not yet credited.`
        : `All units of ${order_item_id} are refunded or cancelled already.`,
    field: ({ creditable }) => ({
      field: 'items',
      message:
        creditable > 0
          ? `quantity must be an integer from 1 to ${creditable}`
          : 'must name items of which units are not refunded yet',
    }),
  },
  'refund.restock_not_possible': {
    status: 409,
    title: 'Nothing to restock',
    sentence: ({ order_item_id, restockable }) =>
      `Only units that have left and are not back yet can be restocked: ${restockable} of ${order_item_id}. Cancel units that have not left with cancel-items.`,
    field: ({ restockable }) => ({ field: 'items', message: `with restock, quantity must be at most ${restockable}` }),
  },
  'refund.in_progress': {
    status: 409,
    title: 'Refund in progress',
    sentence: () =>
      'The payment service has not reported the outcome yet. Wait for it, or settle the refund if it never comes.',
  },
  'refund.store_credit_only': {
    status: 422,
    title: 'Refunded as store credit only',
    field: () => ({ field: 'method', message: 'must be store_credit' }),
    sentence: () => 'A payment by store credit is refunded as store credit. Send store_credit, or leave method out.',
  },
  'refund.not_failed': {
    status: 409,
    title: 'The refund has not failed',
    sentence: () => 'Only a failed refund can be retried. This one waits to be paid out.',
  },
  'refund.not_owed': {
    status: 409,
    title: 'Nothing to refund',
    sentence: () => 'The order is no longer overpaid. Withdraw this refund instead.',
  },
  'refund.payment_required': {
    status: 422,
    title: 'The other payment is missing',
    sentence: () => 'payment_id must name the payment to refund.',
    field: () => ({ field: 'payment_id', message: 'is required with other_payment' }),
  },
  'refund.already_ended': {
    status: 409,
    title: 'Already ended',
    sentence: ({ refund_status }) => `This refund is ${refund_status}. There is nothing to resolve.`,
  },
  'refund.still_overpaid': {
    status: 409,
    title: 'Still overpaid',
    sentence: () => 'The order is still overpaid, so this money must be refunded. Resolve the refund in another way.',
  },
};
