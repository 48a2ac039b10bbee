import type { Instant } from '../../domain/shared/decider.ts';
import type { Currency, Minor } from '../../domain/shared/money.ts';
import type { DraftAddress, DraftStatus } from './draft.ts';
import type { PricedLine } from './readings.ts';

export type ImportedLine = PricedLine & {
  readonly product_id: string;
  readonly product_name: string | null;
  readonly product_sku: string | null;
};

export type ImportedRefund = { readonly amount: Minor; readonly at: Instant };

/** A valid order of a file: amounts in minor units, times in UTC. */
export type ImportedOrder = {
  readonly number: string;
  /** From the file, if it has one. */
  readonly customer_id: string | null;
  readonly customer_email: string | null;
  readonly customer_name: string | null;
  readonly currency: Currency;
  readonly lines: readonly ImportedLine[];
  readonly shipping_cost: Minor;
  readonly total: Minor;
  readonly shipping_address: DraftAddress | null;
  readonly billing_address: DraftAddress | null;
  readonly notes: string | null;
  readonly meta_data: Readonly<Record<string, string>> | null;
  readonly payment_method: string | null;
  readonly carrier: string | null;
  readonly tracking_number: string | null;
  readonly status: DraftStatus;
  readonly created_at: Instant;
  readonly shipped_at: Instant;
  readonly delivered_at: Instant;
  readonly cancelled_at: Instant;
  readonly captured: Minor;
  readonly paid_at: Instant;
  readonly refunds: readonly ImportedRefund[];
};
