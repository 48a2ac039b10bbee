/** The kinds of messages to customers; those of `STAFF_KINDS` go to staff. */
export const MAIL_KINDS = [
  'order_confirmation',
  'order_status',
  'order_shipped',
  'order_delivered',
  'shipment_status',
  'order_cancelled',
  'order_items_cancelled',
  'order_credited',
  'order_refunded',
  'return_requested',
  'return_approved',
  'return_rejected',
  'return_status',
  'return_not_sent',
  'return_refunded',
  'return_exchanged',
  'refund_failed',
  'payout_due',
] as const;
export type MailKind = (typeof MAIL_KINDS)[number];

export const STAFF_KINDS: ReadonlySet<MailKind> = new Set(['refund_failed', 'payout_due']);

/** `notification`: the status of an order, for the notification service and the customer's devices. */
export const MESSAGE_KINDS = [...MAIL_KINDS, 'notification'] as const;
export type MessageKind = (typeof MESSAGE_KINDS)[number];

/** `written`: kept on this machine, since no service is configured to send it. */
export const MESSAGE_STATUSES = ['waiting', 'sent', 'written', 'failed'] as const;
export type MessageStatus = (typeof MESSAGE_STATUSES)[number];
