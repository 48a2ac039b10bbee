import type { DomainEvent } from './events.ts';
import { quantityOf, type ItemsShipped } from './order/index.ts';
import { toDecimal } from './shared/amount-notation.ts';
import type { Currency, Minor } from './shared/money.ts';

type Sentences = {
  readonly [T in DomainEvent['type']]: (
    data: Extract<DomainEvent, { readonly type: T }>['data'],
    money: (amount: Minor) => string,
  ) => string;
};

const words = (name: string): string => name.replaceAll('_', ' ');
const from = (source: string | undefined): string => (source === undefined ? '' : ` in ${source}`);
const counted = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? '' : 's'}`;
const units = (count: number): string => counted(count, 'unit');
const sumOf = (amounts: readonly { readonly amount: Minor }[]): Minor =>
  amounts.reduce((total, { amount }) => total + amount, 0);
const countOf = (items: readonly { readonly quantity: number }[]): number =>
  items.reduce((total, { quantity }) => total + quantity, 0);
const invoiceOf = (invoice: { readonly amount: Minor } | null, money: (amount: Minor) => string): string =>
  invoice === null ? '' : ` The invoice is over ${money(invoice.amount)}.`;

const trackedBy = ({ carrier, tracking_number }: Pick<ItemsShipped['data'], 'carrier' | 'tracking_number'>): string =>
  `${carrier === null ? '' : ` with ${carrier}`}${tracking_number === null ? '' : `, tracking number ${tracking_number}`}`;
const unitsIn = (items: ItemsShipped['data']['items']): number =>
  items.reduce((total, item) => total + quantityOf(item), 0);
const resolvedBy = (resolution: 'refund' | 'resend' | null): string =>
  resolution === null ? '' : `, and is to be ${resolution === 'refund' ? 'refunded' : 'sent again'}`;

/** What each event says to a reader: the compiler demands a sentence for every type. No personal data is in them. */
const SENTENCES: Sentences = {
  OrderPlaced: ({ order_number, lines, scheduled_for, external }) =>
    `Order ${order_number} was placed${from(external?.source)} with ${units(countOf(lines))}${
      scheduled_for === null ? '' : `, for ${scheduled_for}`
    }.`,
  OrderReleased: () => 'The scheduled order was released.',
  OrderConfirmed: () => 'The order was confirmed.',
  OrderProcessingStarted: ({ forced }) =>
    forced === true ? 'Processing was started without payment.' : 'Processing was started.',
  OrderShipped: ({ invoice, ...tracking }, money) =>
    `The order was shipped${trackedBy(tracking)}.${invoiceOf(invoice, money)}`,
  OrderOutForDelivery: ({ invoice }, money) => `The order is out for delivery.${invoiceOf(invoice, money)}`,
  OrderDelivered: () => 'The order was delivered.',
  ItemsShipped: ({ items, invoice, ...tracking }, money) =>
    `${units(unitsIn(items))} ${unitsIn(items) === 1 ? 'was' : 'were'} shipped${trackedBy(tracking)}.${invoiceOf(invoice, money)}`,
  ShipmentOutForDelivery: () => 'A shipment is out for delivery.',
  ShipmentDelivered: () => 'A shipment was delivered.',
  ShipmentFailed: () => 'An attempt to deliver a shipment failed.',
  ShipmentReturnedToSender: ({ resolution }) => `A shipment came back to the sender${resolvedBy(resolution)}.`,
  ShipmentLost: ({ resolution }) => `A shipment was lost${resolvedBy(resolution)}.`,
  ShipmentResolved: ({ resolution }) =>
    `A shipment that did not arrive is to be ${resolution === 'refund' ? 'refunded' : 'sent again'}.`,
  ShipmentDetailsChanged: (tracking) => `The tracking of a shipment was corrected${trackedBy(tracking)}.`,
  OrderCancelled: () => 'The order was cancelled.',
  OrderReturned: () => 'The books of the order were closed by hand.',
  OrderItemsModified: ({ lines, credits }) =>
    `The items were changed: ${units(countOf(lines))} in ${counted(lines.length, 'line')}.${
      credits.length === 0 ? '' : ` Credits lowered: ${credits.length}.`
    }`,
  OrderDetailsChanged: () => 'Notes, meta data, addresses, name or e-mail address of the order were changed.',
  DeliveryPartnerAssigned: ({ delivery_partner_id }) => `The order was assigned to ${delivery_partner_id}.`,
  ItemsCancelled: ({ items, reason_category }) =>
    `${units(unitsIn(items))} were cancelled (${words(reason_category)}).`,
  OrderHeld: ({ reason_category }) => `The order was held (${words(reason_category)}).`,
  HoldReleased: () => 'The hold of the order was released.',
  FeedbackGiven: ({ rating }) => `The customer rated the order with ${rating} of 5.`,
  PaymentStarted: ({ amount, method }, money) => `A payment of ${money(amount)} by ${words(method)} was started.`,
  PaymentCaptured: ({ amount, method }, money) => `${money(amount)} by ${words(method)} arrived on the order.`,
  PaymentFailed: () => 'A payment of the order failed; its amount is no longer reserved.',
  OrderCredited: ({ kind, amount, pays }, money) =>
    `${money(amount)} were credited (${words(kind)}), of which ${money(pays)} are refunded.`,
  RefundAllocated: ({ kind, refunds }, money) =>
    `${money(sumOf(refunds))} are to be refunded (${words(kind)}), in ${counted(refunds.length, 'refund')}.`,
  PaymentRefunded: ({ amount, method }, money) => `${money(amount)} were refunded: ${words(method)}.`,
  PaymentRefundFailed: ({ amount }, money) => `A refund of ${money(amount)} failed; staff must resolve it.`,
  RefundResolved: ({ amount, method }, money) => `Staff paid out a refund of ${money(amount)}: ${words(method)}.`,
  RefundWithdrawn: ({ amount }, money) => `A refund of ${money(amount)} was withdrawn.`,
  ReturnOpened: ({ return_number, items, reason, forced }) =>
    `Return ${return_number} of ${units(countOf(items))} was opened (${words(reason)})${
      forced ? ', after the return window' : ''
    }.`,
  ReturnSettled: ({ amount, pays, restocking_fee }, money) =>
    `The return was settled at ${money(amount)}${
      restocking_fee === 0 ? '' : `, after a fee of ${money(restocking_fee)}`
    }; ${money(pays)} are refunded.`,
  ReturnClosed: ({ outcome }) => `The return ended: ${words(outcome)}.`,
  ReturnInitiated: ({ return_number, estimate }, money) =>
    `Return ${return_number} was initiated, worth at most ${money(estimate)}.`,
  ReturnApproved: ({ reviewed_amount }, money) =>
    reviewed_amount === null
      ? 'The return was approved.'
      : `The return was approved, with at most ${money(reviewed_amount)}.`,
  ReturnRejected: () => 'The return was rejected.',
  ReturnCancelled: () => 'The return was cancelled.',
  ReturnNotSent: () => 'The goods of the return never arrived; it was closed.',
  ReturnPickupScheduled: () => 'The pickup of the return was scheduled.',
  ReturnInTransit: () => 'The return is in transit.',
  ReturnReceived: ({ items }) =>
    `The return was received: ${units(items.reduce((total, { received_quantity }) => total + received_quantity, 0))}.`,
  ReturnExchanged: ({ order_number }) =>
    `The return was exchanged: its value is store credit for order ${order_number}.`,
  ReturnProcessed: ({ items }) =>
    `The return was processed: ${units(items.reduce((total, { accepted_quantity }) => total + accepted_quantity, 0))} accepted.`,
  ReturnRefunded: ({ refunded_amount }, money) => `The return is complete; ${money(refunded_amount)} were refunded.`,
  ReturnDetailsChanged: () => 'Notes, tracking number or meta data of the return were changed.',
  PaymentInitiated: ({ payment_number, amount, method }, money) =>
    `Payment ${payment_number} of ${money(amount)} by ${words(method)} was created.`,
  PaymentProcessingStarted: () => 'The payment is in progress.',
  PaymentCompleted: () => 'The payment was completed.',
  PaymentDeclined: () => 'The payment was declined.',
  PaymentCancelled: () => 'The payment was cancelled.',
  RefundRequested: ({ amount, method }, money) =>
    `A refund of ${money(amount)} of the payment was requested: ${words(method)}.`,
  RefundCompleted: () => 'The refund of the payment was completed.',
  RefundDeclined: () => 'The refund of the payment was declined.',
  RefundPaidOut: ({ amount, method }, money) => `Staff paid out ${money(amount)} of the payment: ${words(method)}.`,
  RefundReleased: () => 'The refund of the payment is not carried out; its amount is no longer reserved.',
  PaymentDetailsChanged: () => 'Notes, transaction id or meta data of the payment were changed.',
  NoteAdded: ({ visible_to_customer }) =>
    visible_to_customer ? 'Staff added a note that the customer sees.' : 'Staff added a note.',
  StoreCreditGiven: ({ amount, kind }, money) => `${money(amount)} of store credit were given (${words(kind)}).`,
  StoreCreditSpent: ({ amount, kind }, money) => `${money(amount)} of store credit were spent (${words(kind)}).`,
  DocumentRequested: ({ document_type, amount }, money) =>
    `The ${words(document_type)} over ${money(amount)} was requested.`,
  DocumentNumbered: ({ number }) => `Number ${number} was given to a document.`,
  DocumentRendered: ({ number, file_name }) => `Document ${number} was made: ${file_name}.`,
  DocumentRedacted: () => 'Personal data in the document was blacked out.',
  LogKeyChanged: () => 'Other keys sign the log from now on.',
  LogRestored: ({ agrees_until, signed_until }) =>
    `An older copy of the log was restored: it agrees with earlier heads up to ${agrees_until} of ${counted(signed_until, 'event')}.`,
  SubjectErased: ({ kept }) =>
    `Personal data was erased${
      kept.length === 0
        ? ''
        : `; documents are kept until ${
            kept
              .map(({ until }) => until)
              .toSorted()
              .at(-1) ?? ''
          }`
    }.`,
  BooksEnded: ({ year }) => `The documents of ${year} need to be kept no longer and were destroyed.`,
  KeptDocumentRead: () => 'A document that is kept of an erased customer was read.',
  SubjectExported: ({ customer_id }) =>
    `A copy of everything that is stored of customer ${customer_id} was handed out.`,
  DayBegan: ({ day }) => `The business day ${day} began.`,
  DayClosed: ({ day, counts }) => `The business day ${day} was closed after ${counted(counts.events, 'event')}.`,
};

/** What an event says, in a sentence, with amounts in the currency of its order. */
export const sentenceOf = ({ type, data }: Pick<DomainEvent, 'type' | 'data'>, currency: Currency): string => {
  // The table guarantees that the entry of a type accepts data of that type; a lookup by a union loses this.
  const sentence = SENTENCES[type] as (data: DomainEvent['data'], money: (amount: Minor) => string) => string;
  return sentence(data, (amount) => `${toDecimal(amount, currency)} ${currency}`);
};
