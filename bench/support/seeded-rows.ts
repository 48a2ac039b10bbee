import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { createCodec, type Codec } from '../../src/event-store/codec.ts';
import { openPostgresEventStore } from '../../src/event-store/postgres/index.ts';
import { openDataKeys } from '../../src/platform/data-keys.ts';
import { rebuildProjection, type Projection } from '../../src/projections/engine/index.ts';
import { unhurried } from '../../src/platform/database.ts';
import { seedShop } from './shop.ts';

export type SeededRows = { readonly url: string; readonly orders: number; readonly projections: readonly Projection[] };

/** The shop that `npm run seed` makes, folded into these read models. Answers what opens its rows. */
export const seedRows = async (db: Knex, { url, orders, projections }: SeededRows): Promise<Codec> => {
  const masterKey = randomBytes(32);
  await seedShop({ url, masterKey, orders });
  const codec = createCodec(openDataKeys({ db, masterKey }));
  const store = openPostgresEventStore({ url });
  try {
    for (const projection of projections) await rebuildProjection(projection, { db, store, codec });
  } finally {
    await store.close();
  }
  return codec;
};

export type Copies = {
  readonly table: string;
  readonly columns: readonly string[];
  /** SQL for columns that must differ in copy `k` of a row. */
  readonly differing: Readonly<Record<string, string>>;
  /** Which rows are copied. Default: all that are there. */
  readonly where?: string;
  /** How many there are in the end, those that are there counted as the first. */
  readonly times: number;
};

/** Many shops of one kind: rows of the seed again and again. What a read costs depends on how many there are. */
export const copyRows = async (
  db: Knex,
  { table, columns, differing, where = 'true', times }: Copies,
): Promise<void> => {
  await db.transaction(async (tx) => {
    await tx.raw('set local statement_timeout = 0');
    await unhurried(tx.raw(`create temporary table original on commit drop as select * from ${table} where ${where}`));
    for (let k = 1; k < times; k++)
      await unhurried(
        tx.raw(
          `insert into ${table} (${columns.join(', ')})
           select ${columns.map((name) => differing[name] ?? name).join(', ')} from original, (select :k::int as k) copies`,
          { k },
        ),
      );
  });
  await db.raw(`vacuum (analyze) ${table}`);
};

/** An order of the list again: of another customer, a minute or so later. */
export const COPY_OF_AN_ORDER = {
  id: 'gen_random_uuid()',
  customer_id: `customer_id || '-' || k`,
  created_at: `created_at + k * interval '63 seconds'`,
  updated_at: `updated_at + k * interval '63 seconds'`,
};
