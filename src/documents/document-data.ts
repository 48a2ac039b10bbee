import type { Instant } from '../domain/shared/decider.ts';
import type { Currency, Minor } from '../domain/shared/money.ts';
import type { Address, CreditKind, ReasonCategory, RefundMethod } from '../domain/order/index.ts';

/** The seller; from configuration. */
export type Seller = {
  readonly name: string;
  /** Line breaks are kept. */
  readonly address: string | null;
  readonly tax_id: string | null;
};

/** The party that is billed or supplied. Null fields (never given, or erased) are left out. */
export type Party = {
  readonly name: string | null;
  readonly email: string | null;
  readonly address: Address | null;
};

export type DocumentLine = {
  readonly product_id: string;
  readonly product_name: string | null;
  readonly product_sku: string | null;
  /** Null: an amount of the line, not a number of units; the unit price is then null too. */
  readonly quantity: number | null;
  readonly unit_price: Minor | null;
  /** For the whole line; so are tax and total. */
  readonly discount: Minor;
  readonly tax: Minor;
  /** Printed in the last column: unit_price × quantity − discount + tax. */
  readonly total: Minor;
  /** The reduction of the price before the invoice; discount and tax include it. */
  readonly reduction: Minor;
};

/** The data that both documents print. Sums are printed as given, never computed here. */
export type DocumentData = {
  readonly number: string;
  readonly order_number: string;
  /** When the document was requested. The dates inside the file are the same, so the same data gives the same bytes. */
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
  /** For an invoice: the owed amount. For a credit memo: the credited amount. */
  readonly total: Minor;
};

export type InvoiceData = DocumentData & {
  readonly shipped_at: Instant | null;
  readonly payment_method: string | null;
  /** Credits that belong to no line, booked before the invoice. */
  readonly shipping_reduction: Minor;
  readonly goodwill: Minor;
  /** Credits that the invoice of a part deducts. */
  readonly credited_before: Minor;
};

export type MemoReturn = {
  readonly number: string;
  readonly received_at: Instant | null;
  readonly processed_at: Instant;
  /** Of its accepted items. */
  readonly reasons: readonly string[];
};

export type PaidOut = { readonly method: RefundMethod; readonly amount: Minor };

export type CreditMemoData = DocumentData & {
  readonly kind: CreditKind;
  readonly credited_at: Instant;
  /** The invoice this memo corrects; null when there was none. */
  readonly invoice_number: string | null;
  /** The return that it settles; null for a credit without a return. */
  readonly settled_return: MemoReturn | null;
  readonly reason_category: ReasonCategory | null;
  readonly goodwill: Minor;
  readonly restocking_fee: Minor;
  /** The reduction by a review; below 0. */
  readonly adjustment: Minor;
  /** The amount that other credits had already credited; below 0. */
  readonly credited_before: Minor;
  /** The part that the next invoices deduct; below 0. */
  readonly deducted_later: Minor;
  /** The part of the total that only lowers the amount due. */
  readonly set_off: Minor;
  /** The part that is refunded, and how. */
  readonly paid_out: readonly PaidOut[];
};
