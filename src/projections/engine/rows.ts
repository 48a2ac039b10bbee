import type { Knex } from 'knex';
import type { Position } from '../../event-store/port.ts';
import type { Recorded } from '../../event-store/recorded.ts';
import { jsonArray, textArray } from '../../platform/binary-array.ts';
import { coalesce } from '../../platform/coalesce.ts';
import { prepared } from '../../platform/database.ts';
import type { Changes, Entries } from './fold.ts';
import { keyOf, type Projection, type Row } from './projection.ts';
import { addSumsSql, sumColumns } from './sums.ts';
import { keepWriter, WRITER } from './written-by.ts';

/** Where a projection's rows, sums and checkpoint are kept: under its own names, or under a rebuild's. */
export type Target = { readonly table: string; readonly sums: string | undefined; readonly checkpoint: string };

export const liveTarget = ({ name, table, sums }: Pick<Projection, 'name' | 'table' | 'sums'>): Target => ({
  table,
  sums: sums?.table,
  checkpoint: name,
});

/** Of rows in memory at a time. A single row may be larger. */
const LOADED_BYTES = 16_000_000;

export type Loaded = {
  readonly entries: Entries;
  /** Keys whose rows, if they have any, would have been too many bytes together with those before them. */
  readonly left: readonly string[];
};

type Found = { readonly key: string; readonly row: Row | null };
type FoundInTurn = Found & { readonly place: string; readonly found: string };

const rowsSql = ({ key, columns, unread = [] }: Projection, table: string): string => {
  const loaded = Object.keys(columns).filter((name) => !unread.includes(name));
  return `select r.${key}::text as key, wanted.place, row_to_json(r) as row
   from unnest(?::${columns[key] ?? 'text'}[]) with ordinality as wanted (key, place)
   cross join lateral (select ${loaded.join(', ')} from ${table} where ${key} = wanted.key) r
   offset 0`; // or each mention of the row would make its JSON once more
};

const entriesOf = (rows: readonly { readonly key: string; readonly row: Row }[]): Entries =>
  new Map(rows.map(({ key, row }) => [key, { stored: row, current: row }]));

const isHere = (found: Found): found is Found & { readonly row: Row } => found.row !== null;

/** Loads the rows of these keys as entries, as many as fit in memory; a key without a row is absent. */
export const loadRows = async (
  db: Knex,
  projection: Projection,
  { table }: Target,
  keys: readonly string[],
  maxBytes = LOADED_BYTES,
): Promise<Loaded> => {
  if (keys.length === 0) return { entries: new Map(), left: [] };
  const share = Math.floor(maxBytes / keys.length);
  const all = await db.raw<{ rows: readonly Found[] }>(
    `select key, case when octet_length(row::text) <= ?::bigint then row end as row
     from (${rowsSql(projection, table)}) loaded`,
    [share, [...keys]],
  );
  const here = all.rows.filter(isHere);
  return here.length === all.rows.length
    ? { entries: entriesOf(here), left: [] }
    : loadInTurn(db, projection, { table, keys, maxBytes });
};

/** The rows in the order of their keys, until they are too many bytes. */
const loadInTurn = async (
  db: Knex,
  projection: Projection,
  { table, keys, maxBytes }: { readonly table: string; readonly keys: readonly string[]; readonly maxBytes: number },
): Promise<Loaded> => {
  const { rows } = await db.raw<{ rows: readonly (FoundInTurn & { readonly row: Row })[] }>(
    `select key, row, place, found from (
       select key, row, place, count(*) over () as found, row_number() over in_turn as n,
         sum(octet_length(row::text)) over in_turn as bytes
       from (${rowsSql(projection, table)}) loaded
       window in_turn as (order by place)
     ) sized where n = 1 or bytes <= ?::bigint order by place`,
    [[...keys], maxBytes],
  );
  const isWhole = rows.length === Number(rows[0]?.found ?? 0);
  return { entries: entriesOf(rows), left: isWhole ? [] : keys.slice(Number(rows.at(-1)?.place ?? 0)) };
};

/** Position of the last event before the first one whose row was left; undefined where all rows are there. */
export const endOfFitting = (
  projection: Projection,
  events: readonly Recorded[],
  left: readonly string[],
): Position | undefined => {
  if (left.length === 0) return undefined;
  const keys = new Set(left);
  return events[events.findIndex((event) => keys.has(keyOf(projection, event))) - 1]?.position;
};

/** How a write moves the checkpoint: from where the writer expects it to stand, past the events it has handled. */
export type Move = { readonly epoch: string; readonly from: Position; readonly to: Position };

export type Write = {
  readonly projection: Projection;
  readonly target: Target;
  readonly move: Move;
  readonly changes: Changes;
  /** The rows to upsert as they are sent, where they were made ready before. */
  readonly columns?: readonly Buffer[];
};

/** Writes rows, counters and checkpoint; answers whether the checkpoint was moved. */
export type WriteRows = (write: Write) => Promise<boolean>;

const list = (names: readonly string[], each: (name: string) => string = (name) => name): string =>
  names.map(each).join(', ');

const isJson = (type: string | undefined): boolean => type === 'json';

/** An array as PostgreSQL writes it in text. */
const arrayText = (values: readonly unknown[]): string =>
  `{${values.map((value) => (value === null ? 'NULL' : `"${textOf(value).replace(/["\\]/g, '\\$&')}"`)).join()}}`;

const textOf = (value: unknown): string => {
  if (typeof value === 'string') return value;
  return Array.isArray(value) ? arrayText(value) : JSON.stringify(value);
};

/** A column of these rows. The server reads an array in binary form several times as fast as rows in JSON. */
const columnOf = (rows: readonly Row[], name: string, type: string): Buffer => {
  const write = isJson(type) ? JSON.stringify : textOf;
  const values = rows.map((row) => {
    const value = row[name];
    return value === undefined || value === null ? null : write(value);
  });
  return isJson(type) ? jsonArray(values) : textArray(values);
};

/** Rows as they are sent: an array for each column. */
export const columnsOf = ({ columns }: Projection, rows: readonly Row[]): readonly Buffer[] =>
  Object.entries(columns).map(([name, type]) => columnOf(rows, name, type));

const upsertSql = ({ key, columns, alongside }: Projection, table: string, moved: string): string => {
  const names = Object.keys(columns);
  const others = names.filter((name) => name !== key);
  const given = names.map((name) => (isJson(columns[name]) ? '?::json[]' : '?::text[]'));
  const value = (name: string): string => (isJson(columns[name]) ? name : `${name}::${columns[name] ?? 'text'}`);
  const updates = [...others.map((name) => `${name} = excluded.${name}`), keepWriter(table)];
  return `insert into ${table} (${list(names)}, written_by)
    select ${list(names, value)}, ${WRITER} from unnest(${list(given)}) as r (${list(names)})
    where exists (select from ${moved})
    on conflict (${key}) do update set ${list(updates)}
    ${alongside === undefined ? '' : 'returning *'}`;
};

const removeSql = ({ key, columns }: Projection, table: string, moved: string): string =>
  `delete from ${table} where exists (select from ${moved}) and ${key} = any(?::${columns[key] ?? 'text'}[])`;

const countSql = (moved: string): string =>
  `insert into projection_counters (projection, name, value, written_by)
    select ${moved}.counters, name, by, ${WRITER} from ${moved}, json_to_recordset(?::json) as r (name text, by bigint)
    on conflict (projection, name) do update set value = projection_counters.value + excluded.value,
      ${keepWriter('projection_counters')}`;

const moveSql = (generation: string | undefined): string =>
  `update projection_checkpoints set position = ?, failure = null, updated_at = now()
    where name = ? and epoch = ? and position = ? ${generation === undefined ? '' : `and (${generation})::text = ?`}
    returning coalesce(counters, name) as counters`;

type Bindings = readonly (string | Buffer | string[])[];

/** The steps of one write as common table expressions, their names distinguished by `n`. */
const stepsOf = ({ projection, target, move, changes, columns }: Write, n: number) => {
  const { table, checkpoint } = target;
  const { upserts, beside, generation, removals, counters, sums } = changes;
  const moved = `moved${n}`;
  const expected = [String(move.to), checkpoint, move.epoch, String(move.from)];
  const steps: [name: string, sql: string, bindings: Bindings][] = [
    generation === undefined
      ? [moved, moveSql(undefined), expected]
      : [moved, moveSql(projection.generation), [...expected, generation]],
  ];
  if (upserts.length > 0)
    steps.push([`upserted${n}`, upsertSql(projection, table, moved), columns ?? columnsOf(projection, upserts)]);
  if (upserts.length > 0 && projection.alongside !== undefined)
    for (const [name, sql] of Object.entries(projection.alongside(`upserted${n}`, (one) => `${one}${n}`)))
      steps.push([`${name}${n}`, sql, sql.includes('?') ? [JSON.stringify(beside)] : []]);
  if (removals.length > 0) steps.push([`removed${n}`, removeSql(projection, table, moved), [[...removals]]]);
  if (counters.length > 0) steps.push([`counted${n}`, countSql(moved), [JSON.stringify(counters)]]);
  if (sums.length > 0 && projection.sums !== undefined && target.sums !== undefined)
    steps.push([`summed${n}`, addSumsSql(projection.sums, target.sums, moved), sumColumns(projection.sums, sums)]);
  return steps;
};

/** SQL texts that PostgreSQL plans once per connection: the first ones seen, which are the most frequent ones. */
const PLANNED_AT_MOST = 64;
const planned = new Map<string, string>();
const planNameOf = (sql: string): string | undefined => {
  if (planned.size < PLANNED_AT_MOST && !planned.has(sql)) planned.set(sql, `write_rows_${planned.size}`);
  return planned.get(sql);
};

/**
 * Writes rows, counters, sums and checkpoint of each projection in one statement. A checkpoint row is the lock and the fence of
 * its projection: a writer that finds it elsewhere than expected writes nothing. No lock outlives the statement, so a
 * process that is stopped anywhere blocks no other. Read models can be rebuilt, so this does not wait for the disk.
 */
const writeAll = async (db: Knex, writes: readonly Write[]): Promise<readonly boolean[]> => {
  const steps = writes.flatMap(stepsOf);
  const sql = `with ${steps.map(([name, step]) => `${name} as (${step})`).join(',\n  ')}
    select array[${list(writes.map((_, n) => `exists (select from moved${n})`))}] as moved,
      set_config('synchronous_commit', 'off', true)`;
  const statement = db.raw<{ readonly rows: readonly { readonly moved: readonly boolean[] }[] }>(
    sql,
    steps.flatMap(([, , bindings]) => bindings),
  );
  // A removal looks its rows up by key: it is planned for the keys at hand, so it is not prepared.
  const name = writes.some(({ changes }) => changes.removals.length > 0) ? undefined : planNameOf(sql);
  const { rows } = await (name === undefined ? statement : prepared(name, statement));
  return rows[0]?.moved ?? [];
};

/** One write by itself. */
export const writeRows = async (db: Knex, write: Write): Promise<boolean> => (await writeAll(db, [write]))[0] === true;

/**
 * Writes of several projections that are asked for together become one statement. If it fails they are made one by one,
 * so that only the faulty one fails. All processes write in the same order, so that no two wait for each other's
 * checkpoints.
 */
export const createWriteRows = (db: Knex): WriteRows => {
  const alone = (write: Write): Promise<boolean | Error> =>
    writeRows(db, write).catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));

  const together = async (writes: readonly Write[]): Promise<readonly (boolean | Error)[]> => {
    const ordered = writes.toSorted((a, b) => (a.target.checkpoint < b.target.checkpoint ? -1 : 1));
    const outcomes = await writeAll(db, ordered).catch(() => Promise.all(ordered.map(alone)));
    const outcomeOf = new Map(ordered.map((write, n) => [write, outcomes[n] ?? false]));
    return writes.map((write) => outcomeOf.get(write) ?? false);
  };

  const write = coalesce<Write, boolean | Error>(together);
  return async (wanted) => {
    const outcome = await write(wanted);
    if (outcome instanceof Error) throw outcome;
    return outcome;
  };
};
