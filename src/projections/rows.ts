import type { Knex } from 'knex';
import type { Position } from '../event-store/port.ts';
import type { Changes, Entries } from './fold.ts';
import type { Projection, Row } from './projection.ts';

/** Where a projection's rows and checkpoint are kept: under its own names, or under a rebuild's. */
export type Target = { readonly table: string; readonly checkpoint: string };

/** The move that a write makes: from where the writer believes the checkpoint to stand, to behind what it handled. */
export type Move = { readonly epoch: string; readonly from: Position; readonly to: Position };

const list = (names: readonly string[], each: (name: string) => string = (name) => name): string =>
  names.map(each).join(', ');

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
     from (select ${list(Object.keys(columns))} from ${table} where ${key} = any(?::${columns[key] ?? 'text'}[])) r`,
    [[...keys]],
  );
  return new Map(rows.map(({ key, row }) => [key, { stored: row, current: row }]));
};

const upsertSql = ({ key, columns }: Projection, table: string): string => {
  const names = Object.keys(columns);
  const others = names.filter((name) => name !== key);
  return `upserted as (
    insert into ${table} (${list(names)})
    select ${list(names)} from json_to_recordset(?::json) as r (${list(names, (name) => `${name} ${columns[name] ?? ''}`)})
    where exists (select from moved)
    on conflict (${key}) do update set ${list(others, (name) => `${name} = excluded.${name}`)})`;
};

const removeSql = ({ key, columns }: Projection, table: string): string =>
  `removed as (delete from ${table} where exists (select from moved) and ${key} = any(?::${columns[key] ?? 'text'}[]))`;

const COUNT_SQL = `counted as (
    insert into projection_counters (projection, name, value)
    select ?, name, by from json_to_recordset(?::json) as r (name text, by bigint) where exists (select from moved)
    on conflict (projection, name) do update set value = projection_counters.value + excluded.value)`;

/**
 * Writes rows, counters and checkpoint in one statement: the checkpoint row is its lock and its fence. Whoever finds it
 * elsewhere than believed writes nothing, and no lock outlives the statement, so that a process that is stopped anywhere
 * holds up nobody. Read models can be derived again, so this does not wait for the disk.
 * @returns whether the checkpoint was moved
 */
export const writeChanges = async (
  db: Knex,
  projection: Projection,
  { table, checkpoint }: Target,
  { move, changes }: { readonly move: Move; readonly changes: Changes },
): Promise<boolean> => {
  const { upserts, removals, counters } = changes;
  const parts = [
    `moved as (update projection_checkpoints set position = ?, failure = null, updated_at = now()
      where name = ? and epoch = ? and position = ? returning 1)`,
  ];
  const bindings: (string | string[])[] = [String(move.to), checkpoint, move.epoch, String(move.from)];
  if (upserts.length > 0) {
    parts.push(upsertSql(projection, table));
    bindings.push(JSON.stringify(upserts));
  }
  if (removals.length > 0) {
    parts.push(removeSql(projection, table));
    bindings.push([...removals]);
  }
  if (counters.length > 0) {
    parts.push(COUNT_SQL);
    bindings.push(checkpoint, JSON.stringify(counters));
  }
  const { rows } = await db.raw<{ rows: readonly { moved: boolean }[] }>(
    `with ${parts.join(',\n  ')}
     select exists (select from moved) as moved, set_config('synchronous_commit', 'off', true)`,
    bindings,
  );
  return rows[0]?.moved === true;
};
