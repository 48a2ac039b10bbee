import { match } from 'ts-pattern';
import type { OrderEvent, OrderPlaced } from './vocabulary/events.ts';

/**
 * Books of another Waybill. The invoices and credit memos of an imported order were issued there, so its events cause
 * none here: what they caused is kept beside them, and is put back when the order is exported.
 */

/** An event of another Waybill's order as it is imported: it causes no document. */
export const withBooksElsewhere = (event: OrderEvent): OrderEvent =>
  match(event)
    .returnType<OrderEvent>()
    .with({ type: 'OrderShipped' }, ({ type, data }) => ({ type, data: elsewhere(data) }))
    .with({ type: 'ItemsShipped' }, ({ type, data }) => ({ type, data: elsewhere(data) }))
    .with({ type: 'OrderOutForDelivery' }, ({ type, data }) => ({ type, data: elsewhere(data) }))
    .with({ type: 'OrderCredited' }, ({ type, data }) => ({ type, data: memoElsewhere(data) }))
    .with({ type: 'ReturnSettled' }, ({ type, data }) => ({ type, data: memoElsewhere(data) }))
    .otherwise((other) => other);

/** The reverse: the event as it was where it happened. The documents that were issued there are left out. */
export const withBooksRestored = (event: OrderEvent): OrderEvent =>
  match(event)
    .returnType<OrderEvent>()
    .with({ type: 'OrderPlaced' }, ({ type, data }) => ({ type, data: withoutDocuments(data) }))
    .with({ type: 'OrderShipped' }, ({ type, data }) => ({ type, data: restored(data) }))
    .with({ type: 'ItemsShipped' }, ({ type, data }) => ({ type, data: restored(data) }))
    .with({ type: 'OrderOutForDelivery' }, ({ type, data }) => ({ type, data: restored(data) }))
    .with({ type: 'OrderCredited' }, ({ type, data }) => ({ type, data: memoRestored(data) }))
    .with({ type: 'ReturnSettled' }, ({ type, data }) => ({ type, data: memoRestored(data) }))
    .otherwise((other) => other);

type CausesInvoice = { readonly invoice: { readonly amount: number } | null };
type Elsewhere = { readonly external_invoice?: { readonly amount: number } };

const elsewhere = <D extends CausesInvoice & Elsewhere>(data: D): D =>
  data.invoice === null ? data : { ...data, invoice: null, external_invoice: { amount: data.invoice.amount } };

const restored = <D extends CausesInvoice & Elsewhere>({ external_invoice, ...data }: D) =>
  external_invoice === undefined ? data : { ...data, invoice: external_invoice };

type CreditsInvoiced = { readonly invoiced: boolean; readonly external_memo?: true };

const memoElsewhere = <D extends CreditsInvoiced>(data: D): D =>
  data.invoiced ? { ...data, invoiced: false, external_memo: true } : data;

const memoRestored = <D extends CreditsInvoiced>({ external_memo, ...data }: D) =>
  external_memo === undefined ? data : { ...data, invoiced: true };

const withoutDocuments = ({ external_documents: _, ...data }: OrderPlaced['data']) => data;
