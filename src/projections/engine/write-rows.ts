import type { Knex } from 'knex';
import type { Position } from '../../event-store/port.ts';
import { coalesce } from '../../platform/coalesce.ts';
import { prepared } from '../../platform/database.ts';
import type { Changes } from './fold.ts';
import type { Projection } from './projection.ts';
import type { Target } from './rows.ts';

/** The move that a write makes: from where the writer believes the checkpoint to stand, to behind what it handled. */
export type Move = { readonly epoch: string; readonly from: Position; readonly to: Position };

export type Write = {
  readonly projection: Projection;
  readonly target: Target;
  readonly move: Move;
  readonly changes: Changes;
};

/** Writes rows, counters and checkpoint; answers whether the checkpoint was moved. */
export type WriteRows = (write: Write) => Promise<boolean>;

const list = (names: readonly string[], each: (name: string) => string = (name) => name): string =>
  names.map(each).join(', ');

const upsertSql = ({ key, columns, alongside }: Projection, table: string, moved: string): string => {
  const names = Object.keys(columns);
  const others = names.filter((name) => name !== key);
  return `insert into ${table} (${list(names)})
    select ${list(names)} from json_to_recordset(?::json) as r (${list(names, (name) => `${name} ${columns[name] ?? ''}`)})
    where exists (select from ${moved})
    on conflict (${key}) do update set ${list(others, (name) => `${name} = excluded.${name}`)}
    ${alongside === undefined ? '' : 'returning *'}`;
};

const removeSql = ({ key, columns }: Projection, table: string, moved: string): string =>
  `delete from ${table} where exists (select from ${moved}) and ${key} = any(?::${columns[key] ?? 'text'}[])`;

const countSql = (moved: string): string =>
  `insert into projection_counters (projection, name, value)
    select ?, name, by from json_to_recordset(?::json) as r (name text, by bigint) where exists (select from ${moved})
    on conflict (projection, name) do update set value = projection_counters.value + excluded.value`;

const MOVE_SQL = `update projection_checkpoints set position = ?, failure = null, updated_at = now()
    where name = ? and epoch = ? and position = ? returning 1`;

type Bindings = readonly (string | readonly string[])[];

/** The steps of one write as common table expressions, their names told apart by `n`. */
const stepsOf = ({ projection, target, move, changes }: Write, n: number) => {
  const { table, checkpoint } = target;
  const { upserts, removals, counters } = changes;
  const moved = `moved${n}`;
  const steps: [name: string, sql: string, bindings: Bindings][] = [
    [moved, MOVE_SQL, [String(move.to), checkpoint, move.epoch, String(move.from)]],
  ];
  if (upserts.length > 0) steps.push([`upserted${n}`, upsertSql(projection, table, moved), [JSON.stringify(upserts)]]);
  const { alongside } = projection;
  if (upserts.length > 0 && alongside !== undefined) steps.push([`alongside${n}`, alongside(`upserted${n}`), []]);
  if (removals.length > 0) steps.push([`removed${n}`, removeSql(projection, table, moved), [removals]]);
  if (counters.length > 0) steps.push([`counted${n}`, countSql(moved), [checkpoint, JSON.stringify(counters)]]);
  return steps;
};

/** Texts that are planned once; the commonest come first. */
const PLANNED_AT_MOST = 64;
const planned = new Map<string, string>();
const planNameOf = (sql: string): string | undefined => {
  if (planned.size < PLANNED_AT_MOST && !planned.has(sql)) planned.set(sql, `write_rows_${planned.size}`);
  return planned.get(sql);
};

/**
 * Writes rows, counters and checkpoint of each projection in one statement: a checkpoint row is lock and fence for its
 * own. Whoever finds it elsewhere than believed writes nothing, and no lock outlives the statement, so that a process that
 * is stopped anywhere holds up nobody. Read models can be derived again, so this does not wait for the disk.
 */
const writeAll = async (db: Knex, writes: readonly Write[]): Promise<readonly boolean[]> => {
  const steps = writes.flatMap(stepsOf);
  const sql = `with ${steps.map(([name, step]) => `${name} as (${step})`).join(',\n  ')}
    select array[${list(writes.map((_, n) => `exists (select from moved${n})`))}] as moved,
      set_config('synchronous_commit', 'off', true)`;
  const statement = db.raw<{ readonly rows: readonly { readonly moved: readonly boolean[] }[] }>(
    sql,
    steps.flatMap(([, , bindings]) => bindings.map((value) => (typeof value === 'string' ? value : [...value]))),
  );
  // Which rows to remove is looked up: planned as they are.
  const name = writes.some(({ changes }) => changes.removals.length > 0) ? undefined : planNameOf(sql);
  const { rows } = await (name === undefined ? statement : prepared(name, statement));
  return rows[0]?.moved ?? [];
};

/** One write by itself. */
export const writeRows = async (db: Knex, write: Write): Promise<boolean> => (await writeAll(db, [write]))[0] === true;

/**
 * Writes of several projections that come together go in one statement. If it fails they go one by one, so that only the
 * one at fault does. In one order everywhere: two processes must not wait for each other's checkpoints.
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
