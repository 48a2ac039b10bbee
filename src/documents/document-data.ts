import type { Instant } from '../domain/shared/decider.ts';
import type { Currency, Minor } from '../domain/shared/money.ts';
import type { Address } from '../domain/order/index.ts';

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
  readonly quantity: number;
  readonly unit_price: Minor;
  /** For the whole line, as are tax and total. */
  readonly discount: Minor;
  readonly tax: Minor;
  /** As printed in the last column: unit_price × quantity − discount + tax. */
  readonly total: Minor;
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
  /** Of an invoice: to be paid. Of a credit memo: to be refunded. */
  readonly total: Minor;
};

export type InvoiceData = DocumentData & {
  readonly shipped_at: Instant | null;
  readonly payment_method: string | null;
};

export type CreditMemoData = DocumentData & {
  readonly return_number: string;
  /** The invoice this memo corrects; null when there was none. */
  readonly invoice_number: string | null;
  readonly returned_at: Instant | null;
  readonly processed_at: Instant;
  readonly return_reason: string;
  readonly refund_method: string | null;
  readonly restocking_fee: Minor;
  /** What a review added to or, below 0, took from the sum. */
  readonly adjustment: Minor;
};
