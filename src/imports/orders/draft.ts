import type { OrderStatus } from '../../domain/order/index.ts';
import type { Cell, Findings } from '../findings.ts';

/** What a file says of one line, unread. */
export type DraftLine = {
  readonly product_id: Cell | undefined;
  readonly product_name: Cell | undefined;
  readonly product_sku: Cell | undefined;
  readonly quantity: Cell | undefined;
  /** Of a unit or of the line, before its discount: the reading says which. */
  readonly amount: Cell | undefined;
  /** Of the line, where the file gives it after its discount, too. */
  readonly amount_after_discount?: Cell | undefined;
  readonly discount?: Cell | undefined;
  readonly tax?: Cell | undefined;
};

export type DraftAddress = Readonly<Record<string, string>>;

/** How much of an order was paid. */
export type Paid =
  | { readonly paid: 'nothing' }
  | { readonly paid: 'everything' }
  | { readonly paid: 'amount'; readonly amount: Cell }
  | { readonly paid: 'all but'; readonly outstanding: Cell };

export type DraftRefund = {
  /** Undefined: all that was paid. */
  readonly amount: Cell | undefined;
  readonly at: Cell | undefined;
  /** Where it is told, for findings. */
  readonly from: Cell;
};

/** Statuses that imported orders come to. */
export type DraftStatus = Exclude<OrderStatus, 'scheduled' | 'return_requested' | 'partially_returned' | 'returned'>;

/** What a file says of one order, cell by cell. */
export type Draft = {
  readonly number: Cell;
  readonly currency: Cell | string | undefined;
  readonly created_at: Cell | undefined;
  readonly paid_at?: Cell | undefined;
  readonly shipped_at?: Cell | undefined;
  readonly delivered_at?: Cell | undefined;
  readonly cancelled_at?: Cell | undefined;
  readonly customer: {
    /** Of the file's own. */
    readonly id?: string | undefined;
    readonly email?: string | undefined;
    readonly name?: string | undefined;
  };
  readonly shipping_address: DraftAddress | null;
  readonly billing_address: DraftAddress | null;
  readonly notes: string | null;
  readonly meta_data: Readonly<Record<string, string>> | null;
  readonly payment_method: string | null;
  readonly carrier?: string | undefined;
  readonly tracking_number?: string | undefined;
  readonly lines: readonly DraftLine[];
  /** Added up. */
  readonly shipping: readonly (Cell | undefined)[];
  readonly shipping_tax?: Cell | undefined;
  readonly shipping_discounts?: readonly (Cell | undefined)[];
  /** Of the whole order, where the lines do not say their own. */
  readonly tax?: Cell | undefined;
  readonly discount?: Cell | undefined;
  /** Charges beside the lines, which become lines: gift wrap, duties. Negative ones are discounts. */
  readonly charges?: readonly { readonly name: string; readonly amount: Cell | undefined }[];
  readonly subtotal?: Cell | undefined;
  readonly total?: Cell | undefined;
  readonly status: DraftStatus;
  readonly paid: Paid;
  readonly refunds: readonly DraftRefund[];
};

/** Undefined: the order is left out, for a reason that was found. */
export type ReadDraft = (found: Findings) => Draft | undefined;
