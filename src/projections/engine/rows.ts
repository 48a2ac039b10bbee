import type { Knex } from 'knex';
import type { Entries } from './fold.ts';
import type { Projection, Row } from './projection.ts';

/** Where a projection's rows and checkpoint are kept: under its own names, or under a rebuild's. */
export type Target = { readonly table: string; readonly checkpoint: string };

/** Loads the rows of these keys as entries; a key without a row is absent. */
export const loadRows = async (
  db: Knex,
  { key, columns }: Projection,
  { table }: Target,
  keys: readonly string[],
): Promise<Entries> => {
  if (keys.length === 0) return new Map();
  const { rows } = await db.raw<{ rows: readonly { key: string; row: Row }[] }>(
    `select ${key}::text as key, row_to_json(r) as row
     from (select ${Object.keys(columns).join(', ')} from ${table} where ${key} = any(?::${columns[key] ?? 'text'}[])) r`,
    [[...keys]],
  );
  return new Map(rows.map(({ key, row }) => [key, { stored: row, current: row }]));
};
