import type { Knex } from 'knex';

/** What the sandbox did with one idempotency key. */
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
