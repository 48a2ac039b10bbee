import * as assert from 'uvu/assert';
import type { Knex } from 'knex';
import type { DomainEvent } from '../../src/domain/events.ts';
import type { EventContext } from '../../src/event-store/codec.ts';
import type { Position } from '../../src/event-store/port.ts';
import {
  applyBatch,
  COUNTERS_OF,
  liveTarget,
  openCheckpoint,
  type Projection,
  type Row,
} from '../../src/projections/engine/index.ts';
import { openEventLog } from './event-log.ts';

/** Something that happened to an order. */
export type Appended = {
  readonly order: string;
  readonly event: DomainEvent;
  readonly more: Partial<EventContext> & { readonly customerId?: string };
};

export const appended = (order: string, event: DomainEvent, more: Appended['more'] = {}): Appended => ({
  order,
  event,
  more,
});

/** Rows as JSON has them, in the order of their keys. */
export const rowsOf = async (db: Knex, { table, key, columns }: Projection): Promise<readonly Row[]> => {
  const { rows } = await db.raw<{ rows: readonly { row: Row }[] }>(
    `select row_to_json(r) as row from (select ${Object.keys(columns).join(', ')} from ${table} order by ${key}) r`,
  );
  return rows.map(({ row }) => row);
};

/** What is counted, zeros left out: a counter that went back to zero counts as none. */
export const countersOf = async (db: Knex, { name }: Projection): Promise<Readonly<Record<string, number>>> => {
  const rows = await db<{ name: string; value: string; projection: string }>('projection_counters')
    .whereRaw(`projection = ${COUNTERS_OF}`, [name])
    .whereNot('value', '0')
    .orderBy('name');
  return Object.fromEntries(rows.map((row) => [row.name, Number(row.value)]));
};

/** The sums, in the order of their keys. */
export const sumsOf = async (db: Knex, { sums }: Projection): Promise<readonly unknown[]> => {
  if (sums === undefined) return [];
  const keys = Object.keys(sums.key);
  const columns = [...keys, ...sums.values].join(', ');
  const { rows } = await db.raw<{ rows: readonly unknown[] }>(
    `select ${columns} from ${sums.table} order by ${keys.join(', ')}`,
  );
  return rows;
};

/** Takes every row, count and checkpoint of a projection away. */
export const forget = async (db: Knex, { name, table, sums }: Projection): Promise<void> => {
  await db.raw(`truncate ${[table, ...(sums === undefined ? [] : [sums.table])].join(', ')}`);
  await db('projection_counters').where('projection', name).delete();
  await db('projection_checkpoints').where('name', name).delete();
};

/**
 * Given these events handled before, when these are handled, then the table holds rows with these columns. Whatever was
 * handled is delivered a second time, as after a crash, and must change nothing.
 */
export const specForProjection =
  (projection: Projection, database: () => Knex) =>
  (...past: readonly Appended[]) => ({
    when: (...now: readonly Appended[]) => ({
      then: async (...expected: readonly Row[]): Promise<void> => {
        const db = database();
        await forget(db, projection);
        const { store, codec, append } = openEventLog();
        const writer = { db, codec, projection, target: liveTarget(projection) };

        const handle = async (events: readonly Appended[], after: Position): Promise<Position> => {
          for (const { order, event, more } of events) await append(order, [event], more);
          const batch = await store.readAll({ after, limit: 1_000, prefixes: projection.prefixes });
          const { epoch } = await openCheckpoint(db, projection);
          if (batch.position === after) return after;
          assert.ok(await applyBatch(writer, batch, { epoch, from: after }), 'the batch was not taken');
          const rows = await rowsOf(db, projection);
          assert.not.ok(await applyBatch(writer, batch, { epoch, from: after }), 'a redelivered batch was taken again');
          assert.equal(await rowsOf(db, projection), rows, 'a redelivered batch changed rows');
          return batch.position;
        };

        await handle(now, await handle(past, 0n));
        const rows = await rowsOf(db, projection);
        assert.is(rows.length, expected.length, `rows: ${JSON.stringify(rows)}`);
        expected.forEach((row, index) => {
          for (const [column, value] of Object.entries(row)) assert.equal(rows[index]?.[column], value, column);
        });
      },
    }),
  });
