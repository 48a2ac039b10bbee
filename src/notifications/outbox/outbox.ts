import type { Knex } from 'knex';
import { coalesce } from '../../platform/coalesce.ts';
import type { DataKeys } from '../../platform/data-keys.ts';
import { sealEnvelope, type Envelope } from './envelopes.ts';
import type { MessageKind } from '../kinds.ts';

/** The outcome of a try: it was sent, it will be tried again, or it has failed permanently. */
export type DeliveryAttempt =
  | { readonly status: 'sent' | 'written' }
  | { readonly status: 'failed'; readonly reason: string }
  /** `delay_ms`: from now. */
  | { readonly status: 'waiting'; readonly reason: string | null; readonly delay_ms: number };

/** The event that a message is about. */
export type Cause = { readonly stream: string; readonly revision: bigint };

export type NewMessage = Cause &
  Envelope & {
    readonly id: string;
    readonly kind: MessageKind;
    readonly order_id: string;
    readonly customer_id: string;
    readonly position: bigint;
    /** ISO 8601: when the event was recorded. */
    readonly at: string;
    readonly outcome: DeliveryAttempt;
  };

export type DueMessage = Cause & {
  readonly id: string;
  readonly kind: MessageKind;
  readonly order_id: string;
  /** How often it has been tried before. */
  readonly attempts: number;
};

type Tried = { readonly id: string; readonly outcome: DeliveryAttempt };
type Move = { readonly from: bigint; readonly to: bigint };

/** Messages on their way: noted with the place in the log up to which they were, claimed, and marked when tried. */
export type Outbox = {
  /** Up to where in the log there are messages. */
  readonly position: () => Promise<bigint>;
  /** Notes messages and moves on, both or none. False: another process has moved on from there. */
  readonly note: (move: Move, messages: readonly NewMessage[]) => Promise<boolean>;
  /**
   * Messages that are due, in the order of their events. No other worker gets them for `leaseMs`; after that, the
   * worker that claimed them counts as dead.
   */
  readonly claim: (how: {
    readonly limit: number;
    readonly leaseMs: number;
    readonly except: readonly MessageKind[];
  }) => Promise<readonly DueMessage[]>;
  readonly mark: (tried: Tried) => Promise<void>;
  /** Milliseconds until the next one is due, below 0 when it is; undefined: none waits. */
  readonly nextDueInMs: () => Promise<number | undefined>;
};

const columnsOf = (outcome: DeliveryAttempt) => ({
  status: outcome.status,
  reason: 'reason' in outcome ? outcome.reason : null,
  delay_ms: outcome.status === 'waiting' ? outcome.delay_ms : null,
});

/** Interval arithmetic in the database: its clock alone says what is due. */
const DUE = `case when m.status = 'waiting' then now() + m.delay_ms * interval '1 ms' end`;

const NOTE = `
  with moved as (
    update message_checkpoint set position = ? where position = ? returning position
  ), noted as (
    insert into messages (id, kind, order_id, stream, revision, position, at, status, attempts, reason, next_try_at, key_id, sealed)
    select m.id, m.kind, m.order_id, m.stream, m.revision, m.position, m.at, m.status, m.attempts, m.reason, ${DUE},
      m.key_id, decode(m.sealed, 'base64')
    from moved, json_to_recordset(?::json) as m (id uuid, kind text, order_id uuid, stream text, revision bigint,
      position bigint, at timestamptz, status text, attempts int, reason text, delay_ms float8, key_id uuid, sealed text)
    on conflict (id) do nothing
  )
  select position from moved`;

const CLAIM = `
  update messages set next_try_at = now() + ? * interval '1 ms'
  where id in (
    select id from messages where status = 'waiting' and next_try_at <= now() and kind <> all(?)
    order by next_try_at, position limit ? for update skip locked)
  returning id, kind, order_id, stream, revision::text, position::text, attempts`;

const MARK = `
  update messages set status = m.status, reason = m.reason, attempts = messages.attempts + 1, next_try_at = ${DUE}
  from json_to_recordset(?::json) as m (id uuid, status text, reason text, delay_ms float8)
  where messages.id = m.id and messages.status = 'waiting'`;

export const openOutbox = (db: Knex, keys: DataKeys): Outbox => {
  const rowOf = async (message: NewMessage) => {
    const { id, kind, order_id, stream, revision, position, at, outcome } = message;
    const { key_id, sealed } = await sealEnvelope(keys, message);
    return {
      ...{ id, kind, order_id, stream, at, key_id },
      revision: String(revision),
      position: String(position),
      sealed: sealed.toString('base64'),
      attempts: outcome.status === 'waiting' && outcome.reason === null ? 0 : 1,
      ...columnsOf(outcome),
    };
  };

  const mark = coalesce<Tried, undefined>(async (tried) => {
    const rows = tried.map(({ id, outcome }) => ({ id, ...columnsOf(outcome) }));
    await db.raw(MARK, [JSON.stringify(rows)]);
    return tried.map(() => undefined);
  });

  return {
    position: async () => {
      const row = await db<{ position: string }>('message_checkpoint').first('position');
      if (row === undefined) throw new Error('message_checkpoint has lost its row');
      return BigInt(row.position);
    },
    note: async ({ from, to }, messages) => {
      const rows = JSON.stringify(await Promise.all(messages.map(rowOf)));
      const { rows: moved } = await db.raw<{ rows: unknown[] }>(NOTE, [String(to), String(from), rows]);
      return moved.length > 0;
    },
    claim: async ({ limit, leaseMs, except }) => {
      type Row = Omit<DueMessage, 'revision'> & { readonly revision: string; readonly position: string };
      const { rows } = await db.raw<{ rows: Row[] }>(CLAIM, [leaseMs, [...except], limit]);
      return rows
        .toSorted((one, other) => Number(BigInt(one.position) - BigInt(other.position)))
        .map(({ position: _, ...row }) => ({ ...row, revision: BigInt(row.revision) }));
    },
    mark: async (tried) => mark(tried),
    nextDueInMs: async () => {
      const { rows } = await db.raw<{ rows: { readonly ms: number | null }[] }>(
        `select (extract(epoch from min(next_try_at) - now()) * 1000)::float8 as ms from messages where status = 'waiting'`,
      );
      return rows[0]?.ms ?? undefined;
    },
  };
};
