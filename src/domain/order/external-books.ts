import type { OrderEvent, OrderPlaced } from './events.ts';

/**
 * Books of another Waybill. The invoices and credit memos of an imported order were issued there, so its events cause
 * none here: what they caused is kept beside them, and is put back when the order is exported.
 */

/** An event of another Waybill's order as it is imported: it causes no document. */
export const withBooksElsewhere = (event: OrderEvent): OrderEvent => {
  switch (event.type) {
    case 'OrderShipped':
      return { ...event, data: elsewhere(event.data) };
    case 'OrderOutForDelivery':
      return { ...event, data: elsewhere(event.data) };
    case 'OrderCredited':
      return { ...event, data: memoElsewhere(event.data) };
    case 'ReturnSettled':
      return { ...event, data: memoElsewhere(event.data) };
    default:
      return event;
  }
};

/** The reverse: the event as it was where it happened. The documents that were issued there are left out. */
export const withBooksRestored = (event: OrderEvent): OrderEvent => {
  switch (event.type) {
    case 'OrderPlaced':
      return { ...event, data: withoutDocuments(event.data) };
    case 'OrderShipped':
      return { ...event, data: restored(event.data) };
    case 'OrderOutForDelivery':
      return { ...event, data: restored(event.data) };
    case 'OrderCredited':
      return { ...event, data: memoRestored(event.data) };
    case 'ReturnSettled':
      return { ...event, data: memoRestored(event.data) };
    default:
      return event;
  }
};

type CausesInvoice = { readonly invoice: { readonly amount: number } | null };
type Elsewhere = { readonly external_invoice?: { readonly amount: number } };

const elsewhere = <D extends CausesInvoice & Elsewhere>(data: D): D =>
  data.invoice === null ? data : { ...data, invoice: null, external_invoice: data.invoice };

const restored = <D extends CausesInvoice & Elsewhere>({ external_invoice, ...data }: D) =>
  external_invoice === undefined ? data : { ...data, invoice: external_invoice };

type CreditsInvoiced = { readonly invoiced: boolean; readonly external_memo?: true };

const memoElsewhere = <D extends CreditsInvoiced>(data: D): D =>
  data.invoiced ? { ...data, invoiced: false, external_memo: true } : data;

const memoRestored = <D extends CreditsInvoiced>({ external_memo, ...data }: D) =>
  external_memo === undefined ? data : { ...data, invoiced: true };

const withoutDocuments = ({ external_documents: _, ...data }: OrderPlaced['data']) => data;
