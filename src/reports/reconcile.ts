import { toMajor } from '../domain/shared/amount-notation.ts';
import type { LedgerEntry } from '../gateways/payment/index.ts';
import type { Movement } from '../projections/figures/index.ts';
import type { ReportRow } from './report-row.ts';

/** A movement in the gateway's ledger. `is_of_day`: on the requested day. */
export type GatewayEntry = Pick<
  LedgerEntry,
  'kind' | 'payment_id' | 'refund_id' | 'order_id' | 'amount' | 'currency'
> & {
  readonly is_of_day: boolean;
};

export const DIFFERENCES = ['missing_at_gateway', 'missing_here', 'amount'] as const;

export const RECONCILIATION_COLUMNS = [
  'difference',
  'kind',
  'payment_id',
  'refund_id',
  'order_id',
  'currency',
  'ours',
  'gateway',
] as const;

type Named = Pick<Movement, 'kind' | 'payment_id' | 'refund_id' | 'order_id' | 'currency'>;

const nameOf = ({ payment_id, refund_id }: Pick<Named, 'payment_id' | 'refund_id'>): string => refund_id ?? payment_id;

const row = (
  difference: (typeof DIFFERENCES)[number],
  { kind, payment_id, refund_id, order_id, currency }: Named,
  { ours, gateway }: { readonly ours: number | null; readonly gateway: number | null },
): ReportRow => {
  const major = (amount: number | null): number | null => (amount === null ? null : toMajor(amount, currency));
  const named = { difference, kind, payment_id, refund_id, order_id, currency };
  return { ...named, ours: major(ours), gateway: major(gateway) };
};

/**
 * What our books of a day and the gateway's do not agree on. What one side has on that day the other may have on
 * another: only what it has on no day is missing.
 */
export const differencesOf = (
  ours: readonly Movement[],
  theirs: readonly GatewayEntry[],
  { movedByUs }: { readonly movedByUs: ReadonlySet<string> },
): readonly ReportRow[] => {
  const known = new Map(theirs.map((entry) => [nameOf(entry), entry]));
  const booked = new Set(ours.map(nameOf));
  const here = ours.flatMap((one): ReportRow[] => {
    const entry = known.get(nameOf(one));
    if (entry === undefined) return [row('missing_at_gateway', one, { ours: one.amount, gateway: null })];
    const gateway = Number(entry.amount);
    const isSame = gateway === one.amount && entry.currency === one.currency;
    return isSame ? [] : [row('amount', one, { ours: one.amount, gateway })];
  });
  const there = theirs
    .filter((entry) => entry.is_of_day && !booked.has(nameOf(entry)) && !movedByUs.has(nameOf(entry)))
    .map((entry) => row('missing_here', entry, { ours: null, gateway: Number(entry.amount) }));
  return [...here, ...there];
};
