import type { Instant } from '../domain/shared/decider.ts';
import type { Currency, Minor } from '../domain/shared/money.ts';
import type { Address, CreditKind, ReasonCategory, RefundMethod } from '../domain/order/index.ts';

/** Who sends the document; from configuration. */
export type Seller = {
  readonly name: string;
  /** Line breaks are kept. */
  readonly address: string | null;
  readonly tax_id: string | null;
};

/** Who is billed or supplied. What is null (never given, or erased) is left out. */
export type Party = {
  readonly name: string | null;
  readonly email: string | null;
  readonly address: Address | null;
};

export type DocumentLine = {
  readonly product_id: string;
  readonly product_name: string | null;
  readonly product_sku: string | null;
  /** Null: an amount of the line rather than so many of its units, as is the unit price then. */
  readonly quantity: number | null;
  readonly unit_price: Minor | null;
  /** For the whole line, as are tax and total. */
  readonly discount: Minor;
  readonly tax: Minor;
  /** As printed in the last column: unit_price × quantity − discount + tax. */
  readonly total: Minor;
  /** What the price was reduced by before the invoice; it is in the discount and the tax. */
  readonly reduction: Minor;
};

/** What both documents say. Sums are printed as given, never computed here. */
export type DocumentData = {
  readonly number: string;
  readonly order_number: string;
  /** When the document was asked for. Also the dates inside the file, so the same data gives the same bytes. */
  readonly issued_at: Instant;
  readonly ordered_at: Instant;
  /** IANA name; decides on which day an instant falls. */
  readonly time_zone: string;
  readonly currency: Currency;
  readonly seller: Seller;
  readonly bill_to: Party;
  readonly ship_to: Party;
  readonly lines: readonly DocumentLine[];
  readonly subtotal: Minor;
  readonly discount_total: Minor;
  readonly tax: Minor;
  readonly shipping_cost: Minor;
  /** Of an invoice: what is owed. Of a credit memo: what is credited. */
  readonly total: Minor;
};

export type InvoiceData = DocumentData & {
  readonly shipped_at: Instant | null;
  readonly payment_method: string | null;
  /** Credits of no line, booked before the invoice. */
  readonly shipping_reduction: Minor;
  readonly goodwill: Minor;
};

export type MemoReturn = {
  readonly number: string;
  readonly received_at: Instant | null;
  readonly processed_at: Instant;
  readonly reason: string;
};

export type PaidOut = { readonly method: RefundMethod; readonly amount: Minor };

export type CreditMemoData = DocumentData & {
  readonly kind: CreditKind;
  readonly credited_at: Instant;
  /** The invoice this memo corrects; null when there was none. */
  readonly invoice_number: string | null;
  /** The return it settles; null where something was given up without one. */
  readonly settled_return: MemoReturn | null;
  readonly reason_category: ReasonCategory | null;
  readonly goodwill: Minor;
  readonly restocking_fee: Minor;
  /** What a review, below 0, took from the sum. */
  readonly adjustment: Minor;
  /** What other credits had given up already, below 0. */
  readonly credited_before: Minor;
  /** What of the total only lowers what was due. */
  readonly set_off: Minor;
  /** What of it goes back, and how. */
  readonly paid_out: readonly PaidOut[];
};
