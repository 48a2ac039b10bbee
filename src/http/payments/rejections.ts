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
};
