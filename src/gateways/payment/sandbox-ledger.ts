import type { Knex } from 'knex';

/** The effect of one idempotency key in the sandbox. */
export type LedgerEntry = {
  readonly idempotency_key: string;
  readonly kind: 'charge' | 'refund';
  readonly payment_id: string;
  readonly refund_id: string | null;
  readonly order_id: string;
  /** Minor units, as a decimal string. */
  readonly amount: string;
  readonly currency: string;
  /** Null: asked, but nothing done yet. */
  readonly outcome: 'succeeded' | 'declined' | null;
  readonly transaction_id: string | null;
  readonly reason: string | null;
  /** How often it was asked. */
  readonly asked: number;
};

export type LedgerPage = {
  readonly limit: number;
  /** Default 0. */
  readonly offset?: number;
  /** Default: of every order. */
  readonly order_id?: string;
};

/** The money that the sandbox moved on a day of a time zone, or for one of these payments. */
export const readLedgerOfDay = async (
  db: Knex,
  {
    day,
    timeZone,
    payment_ids,
  }: { readonly day: string; readonly timeZone: string; readonly payment_ids: readonly string[] },
): Promise<readonly (LedgerEntry & { readonly is_of_day: boolean })[]> => {
  const { rows } = await db.raw<{ rows: readonly (LedgerEntry & { readonly is_of_day: boolean })[] }>(
    `select idempotency_key, kind, payment_id, refund_id, order_id, amount, currency, outcome, transaction_id, reason,
       asked, (asked_at at time zone ?)::date = ?::date as is_of_day
     from sandbox_ledger where outcome = 'succeeded'
       and ((asked_at between ?::date - 1 and ?::date + 2 and (asked_at at time zone ?)::date = ?::date)
         or payment_id = any(?::uuid[]))
     order by asked_at, idempotency_key`,
    [timeZone, day, day, day, timeZone, day, [...payment_ids]],
  );
  return rows;
};

/** The sandbox's books, oldest first. */
export const readLedger = (db: Knex, { limit, offset = 0, order_id }: LedgerPage): Promise<readonly LedgerEntry[]> =>
  db<LedgerEntry>('sandbox_ledger')
    .where(order_id === undefined ? {} : { order_id })
    .select(
      'idempotency_key',
      'kind',
      'payment_id',
      'refund_id',
      'order_id',
      'amount',
      'currency',
      'outcome',
      'transaction_id',
      'reason',
      'asked',
    )
    .orderBy([{ column: 'asked_at' }, { column: 'idempotency_key' }])
    .limit(limit)
    .offset(offset);
