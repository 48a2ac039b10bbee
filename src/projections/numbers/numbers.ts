import type { Knex } from 'knex';
import type { Fact } from '../../domain/shared/decider.ts';
import type { OrderPlaced, ReturnOpened } from '../../domain/order/index.ts';
import type { PaymentInitiated } from '../../domain/payment/index.ts';
import type { Codec } from '../../event-store/codec.ts';
import type { EventStore } from '../../event-store/port.ts';
import { streamId } from '../../event-store/stream-names.ts';
import type { Recorded } from '../../event-store/recorded.ts';
import { coalesce } from '../../platform/coalesce.ts';
import { prepared } from '../../platform/database.ts';
import { applyBatch } from '../engine/apply-batch.ts';
import { openCheckpoint } from '../engine/checkpoints.ts';
import { projection } from '../engine/projection.ts';

/** What people number: each kind has a series a year. */
export type NumberKind = 'order' | 'return' | 'payment';

export type NumberRow = {
  readonly number: string;
  readonly kind: NumberKind;
  readonly year: number;
  readonly n: number;
  readonly id: string;
};

const PARTS = /-(\d{4})-(\d{1,15})$/;

type Numbered = Pick<NumberRow, 'kind' | 'number' | 'id'>;

/** The number that an event carries, of the types the projection has picked. */
const numberedIn = ({ stream, fact }: Recorded): Numbered => {
  const { type, data } = fact as Fact<OrderPlaced | ReturnOpened | PaymentInitiated>;
  if (type === 'OrderPlaced') return { kind: 'order', number: data.order_number, id: streamId(stream) };
  if (type === 'PaymentInitiated') return { kind: 'payment', number: data.payment_number, id: streamId(stream) };
  return { kind: 'return', number: data.return_number, id: data.return_id };
};

/** Every number that an event carries. A table that is older than the log fills up again, and then draws beyond it. */
export const numbers = projection<NumberRow>({
  name: 'numbers',
  version: 2,
  prefixes: ['order-', 'payment-'],
  types: new Set(['OrderPlaced', 'ReturnOpened', 'PaymentInitiated']),
  personal: false,
  table: 'numbers',
  key: 'number',
  columns: { number: 'text', kind: 'text', year: 'integer', n: 'bigint', id: 'uuid' },
  keyOf: (recorded) => numberedIn(recorded).number,
  evolve: (row, recorded) => {
    const { kind, number, id } = numberedIn(recorded);
    const [, year, n] = PARTS.exec(number) ?? [];
    if (row?.id === id) return row;
    return { number, kind, year: Number(year ?? 0), n: Number(n ?? 0), id };
  },
});

export type Draw = {
  readonly kind: NumberKind;
  /** Of the series. */
  readonly year: number;
  /** Comes before the year, e.g. `ORD`. */
  readonly prefix: string;
  /** What is numbered. Drawing again for the same answers the same number. */
  readonly id: string;
};

/** Draws a number, unique for ever: `ORD-2026-000123`. One that is then not used leaves a gap. */
export type DrawNumber = (draw: Draw) => Promise<string>;

const keyOfDraw = ({ kind, id }: Pick<Draw, 'kind' | 'id'>): string => `${kind}/${id}`;

const DRAW = 'select kind, id, number from draw_numbers(?)';
const DRAW_AT_EASE = `with later as (select set_config('synchronous_commit', 'off', true)) ${DRAW}, later`;

/**
 * Draws that arrive together are one statement. Where the event log is `beside` the numbers, in the same database, a draw
 * does not wait for the disk: the append that uses the number does, and what is written to disk there is written in
 * order. A crash takes back only numbers that no event has.
 */
export const createDrawNumber = (
  db: Knex,
  { logIs = 'elsewhere' }: { readonly logIs?: 'beside' | 'elsewhere' } = {},
): DrawNumber =>
  coalesce<Draw, string>(async (draws) => {
    const wanted = [...new Map(draws.map((draw) => [keyOfDraw(draw), draw])).values()];
    const [name, sql] = logIs === 'beside' ? ['draw_numbers_at_ease', DRAW_AT_EASE] : ['draw_numbers', DRAW];
    const { rows } = await prepared(name, db.raw<{ rows: readonly Numbered[] }>(sql, [JSON.stringify(wanted)]));
    const drawn = new Map(rows.map((row) => [keyOfDraw(row), row.number]));
    return draws.map((draw) => {
      const number = drawn.get(keyOfDraw(draw));
      if (number === undefined) throw new Error(`no number was drawn for ${keyOfDraw(draw)}`);
      return number;
    });
  });

/** The id behind a number; `undefined` when there is none of this kind. */
export const findIdByNumber = async (db: Knex, kind: NumberKind, number: string): Promise<string | undefined> => {
  const row = await db<NumberRow>('numbers').where({ number, kind }).first('id');
  return row?.id;
};

/**
 * Brings the numbers up to the head of the log as of now. Done before a process draws its first number: the database
 * may have been restored from a backup that is older than the log.
 */
export const refillNumbers = async ({
  db,
  store,
  codec,
}: {
  readonly db: Knex;
  readonly store: EventStore;
  readonly codec: Pick<Codec, 'decode'>;
}): Promise<void> => {
  const head = await store.head();
  const writer = { db, codec, projection: numbers, target: { table: numbers.table, checkpoint: numbers.name } };
  for (;;) {
    const { epoch, position } = await openCheckpoint(db, numbers);
    if (position >= head) return;
    const batch = await store.readAll({ after: position, limit: 1_000, prefixes: numbers.prefixes });
    await applyBatch(writer, batch, { epoch, from: position });
  }
};
