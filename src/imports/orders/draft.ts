import type { OrderStatus } from '../../domain/order/index.ts';
import type { Cell, Findings } from '../findings.ts';

/** The cells of one line, not interpreted yet. */
export type DraftLine = {
  /** Where the file should have what the line lacks. */
  readonly place: { readonly line: number; readonly quantity: string; readonly amount: string };
  readonly product_id: Cell | undefined;
  readonly product_name: Cell | undefined;
  readonly product_sku: Cell | undefined;
  readonly quantity: Cell | undefined;
  /** Amount of a unit or of the line, before its discount: the reading decides which. */
  readonly amount: Cell | undefined;
  /** Amount of the line after its discount, if the file has it too. */
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
  /** Undefined: the whole paid amount. */
  readonly amount: Cell | undefined;
  readonly at: Cell | undefined;
  /** The cell that contains it, for findings. */
  readonly from: Cell;
};

/** Final statuses of imported orders. */
export type DraftStatus = Extract<
  OrderStatus,
  'pending' | 'confirmed' | 'processing' | 'shipped' | 'out_for_delivery' | 'delivered' | 'cancelled'
>;

/** The cells of one order. */
export type Draft = {
  /** The file's own columns of what every order needs. */
  readonly columns: { readonly currency: string; readonly created_at: string };
  readonly number: Cell;
  readonly currency: Cell | string | undefined;
  readonly created_at: Cell | undefined;
  readonly paid_at?: Cell | undefined;
  readonly shipped_at?: Cell | undefined;
  readonly delivered_at?: Cell | undefined;
  readonly cancelled_at?: Cell | undefined;
  readonly customer: {
    /** The file's own word. */
    readonly id?: string | undefined;
    /** Without the marks of spreadsheets. */
    readonly email?: Cell | undefined;
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
  /** For the whole order, if the lines have none of their own. */
  readonly tax?: Cell | undefined;
  readonly discount?: Cell | undefined;
  /** Charges that become lines: gift wrap, duties. Negative charges are discounts. */
  readonly charges?: readonly { readonly name: string; readonly amount: Cell | undefined }[];
  readonly subtotal?: Cell | undefined;
  readonly total?: Cell | undefined;
  readonly status: DraftStatus;
  readonly paid: Paid;
  readonly refunds: readonly DraftRefund[];
};

/** Undefined: the order is left out; a finding gives the reason. */
export type ReadDraft = (found: Findings) => Draft | undefined;
