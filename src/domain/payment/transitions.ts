import type { PaymentEvent } from './events.ts';

/** Every status that a payment can have, from first to last. */
export const PAYMENT_STATUSES = [
  'pending',
  'processing',
  'completed',
  'partially_refunded',
  'refunded',
  'failed',
  'cancelled',
] as const;

export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

type Row = {
  readonly action: string;
  readonly from: readonly (PaymentStatus | 'none')[];
  /** More than one: the facts decide which. */
  readonly to: readonly PaymentStatus[];
  readonly event: PaymentEvent['type'];
};

/** The one table of what can happen to a payment's status. */
export const PAYMENT_TRANSITIONS = [
  { action: 'initiate', from: ['none'], to: ['pending'], event: 'PaymentInitiated' },
  { action: 'process', from: ['pending'], to: ['processing'], event: 'PaymentProcessingStarted' },
  { action: 'complete', from: ['processing'], to: ['completed'], event: 'PaymentCompleted' },
  { action: 'decline', from: ['processing'], to: ['failed'], event: 'PaymentDeclined' },
  { action: 'cancel', from: ['pending'], to: ['cancelled'], event: 'PaymentCancelled' },
  {
    action: 'refund',
    from: ['completed', 'partially_refunded'],
    to: ['partially_refunded', 'refunded'],
    event: 'RefundCompleted',
  },
] as const satisfies readonly Row[];

type AnyRow = (typeof PAYMENT_TRANSITIONS)[number];
export type PaymentAction = AnyRow['action'];

export const leadsPaymentFrom = (action: PaymentAction, status: PaymentStatus): boolean => {
  const rows: readonly (Row & { readonly action: PaymentAction })[] = PAYMENT_TRANSITIONS;
  return rows.some((row) => row.action === action && row.from.includes(status));
};

/** Whether its outcome is still to come: it waits to be processed, or is in progress. */
export const isPaymentOpen = (status: PaymentStatus): boolean =>
  leadsPaymentFrom('process', status) || leadsPaymentFrom('complete', status);
