import type { Knex } from 'knex';
import { projections } from '../../src/projections/registry.ts';

/** Kept by projectors, or counted on purpose: they change whatever is asked. */
const KEPT_BESIDES = [
  'search_words',
  'search_terms',
  'search_key',
  'search_key_made',
  'projection_checkpoints',
  'projection_counters',
  'job_workers',
  'rate_limits',
];

/** One statement that counts what is kept, so that any write shows. */
export const countRows = async (db: Knex): Promise<() => Promise<string>> => {
  const besides = new Set([
    ...KEPT_BESIDES,
    ...projections.flatMap(({ table, sums }) => [table, ...(sums === undefined ? [] : [sums.table])]),
  ]);
  const { rows } = await db.raw<{ rows: { name: string }[] }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname in ('public', 'graphile_worker') and not tablename = any(?)`,
    [[...besides]],
  );
  const sql = `select concat_ws(' ', ${rows.map(({ name }) => `(select count(*) from ${name})`).join(', ')}) as counts`;
  return async () => (await db.raw<{ rows: { counts: string }[] }>(sql)).rows[0]?.counts ?? '';
};
