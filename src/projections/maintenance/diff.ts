import type { Knex } from 'knex';
import type { Position } from '../../event-store/port.ts';
import { sleep } from '../../platform/backoff.ts';
import { unhurried } from '../../platform/database.ts';
import {
  copyTarget,
  COUNTERS_OF,
  createRebuildBatcher,
  demandKept,
  hasCopy,
  liveTarget,
  NoSuchCopy,
  openCopy,
  openRebuildRuns,
  readCheckpoints,
  withRebuildLock,
  type CopyName,
  type Projection,
  type RebuildBatcher,
  type RebuildDeps,
  type Row,
} from '../engine/index.ts';

export type Side = {
  readonly rows: number;
  /** Over the stored columns of all rows, in any order. */
  readonly checksum: string;
};

/** A row that differs: null where one side has none. One that is too long to show is `{ bytes }`. */
export type RowDifference = { readonly key: string; readonly old: Row | null; readonly new: Row | null };

export type ValueDifference = { readonly name: string; readonly old: string | null; readonly new: string | null };

/** Two versions of a read model at one position of the log. */
export type Diff = {
  readonly projection: string;
  readonly position: string;
  /** `rebuild`: live rows are the old ones, those built beside them the new ones. `kept`: live rows are the new ones. */
  readonly compared: CopyName;
  readonly old: Side;
  readonly new: Side;
  /** How many rows, counters and sums differ. */
  readonly differences: { readonly rows: number; readonly counters: number; readonly sums: number };
  /** The first of them. */
  readonly rows: readonly RowDifference[];
  readonly counters: readonly ValueDifference[];
  readonly sums: readonly ValueDifference[];
};

const SHOWN = 20;
const LONGEST_SHOWN_ROW = 65_536;

const columnsOf = ({ columns }: Projection): string => Object.keys(columns).join(', ');

const texts = (projection: Projection, table: string): string =>
  `(select x.${projection.key}::text as key, row_to_json(x)::text as row
    from (select ${columnsOf(projection)} from ${table}) x)`;

const sideOf = async (tx: Knex, projection: Projection, table: string): Promise<Side> => {
  const { rows } = await unhurried(
    tx.raw<{ rows: readonly Side[] }>(
      `select count(*)::int as rows, coalesce(sum(hashtextextended(row, 0)::numeric), 0)::text as checksum
       from ${texts(projection, table)} all_rows`,
    ),
  );
  const [side] = rows;
  if (side === undefined) throw new Error('an aggregate answers one row');
  return side;
};

type Tables = { readonly old: string; readonly new: string };

const differingRows = async (tx: Knex, projection: Projection, tables: Tables) => {
  const shown = (row: string): string =>
    `case when ${row} is null or octet_length(${row}) <= ${LONGEST_SHOWN_ROW} then ${row}::json
      else json_build_object('bytes', octet_length(${row})) end`;
  const { rows } = await unhurried(
    tx.raw<{ rows: readonly (RowDifference & { readonly found: string })[] }>(
      `with differing as (
         select key, count(*) over () as found
         from (select key, hashtextextended(row, 0) as hash from ${texts(projection, tables.old)} r) a
         full join (select key, hashtextextended(row, 0) as hash from ${texts(projection, tables.new)} r) b using (key)
         where a.hash is distinct from b.hash order by key limit ${SHOWN}
       )
       select key, found, ${shown('o.row')} as old, ${shown('n.row')} as new from differing
       left join ${texts(projection, tables.old)} o using (key) left join ${texts(projection, tables.new)} n using (key)
       order by key`,
    ),
  );
  return { count: Number(rows[0]?.found ?? 0), rows: rows.map(({ found: _, ...row }) => row) };
};

const differingValues = async (tx: Knex, sql: string, bindings: readonly string[]) => {
  const { rows } = await unhurried(
    tx.raw<{ rows: readonly (ValueDifference & { readonly found: string })[] }>(
      `select name, old, new, count(*) over () as found from (${sql}) d order by name limit ${SHOWN}`,
      [...bindings],
    ),
  );
  return { count: Number(rows[0]?.found ?? 0), values: rows.map(({ found: _, ...value }) => value) };
};

/** A counter of zero is none. */
const differingCounters = (tx: Knex, checkpoints: Tables) =>
  differingValues(
    tx,
    `select name, a.value::text as old, b.value::text as new
     from (select name, value from projection_counters where projection = ${COUNTERS_OF}) a
     full join (select name, value from projection_counters where projection = ${COUNTERS_OF}) b using (name)
     where coalesce(a.value, 0) <> coalesce(b.value, 0)`,
    [checkpoints.old, checkpoints.new],
  );

/** A sum of zeros is none. */
const differingSums = async (tx: Knex, { sums }: Projection, tables: Tables) => {
  if (sums === undefined) return { count: 0, values: [] };
  const keys = Object.keys(sums.key);
  const values = (of: string): string => sums.values.map((name) => `${of}.${name}`).join(', ');
  const orZero = (of: string): string => sums.values.map((name) => `coalesce(${of}.${name}, 0)`).join(', ');
  return differingValues(
    tx,
    `select concat_ws(' ', ${keys.join(', ')}) as name, nullif(concat_ws(' ', ${values('a')}), '') as old,
       nullif(concat_ws(' ', ${values('b')}), '') as new
     from ${tables.old} a full join ${tables.new} b using (${keys.join(', ')})
     where (${orZero('a')}) is distinct from (${orZero('b')})`,
    [],
  );
};

const compare = async (
  tx: Knex,
  projection: Projection,
  { copy, position }: { readonly copy: CopyName; readonly position: Position },
): Promise<Diff> => {
  const [live, beside] = [liveTarget(projection), copyTarget(projection, copy)];
  const [before, after] = copy === 'kept' ? [beside, live] : [live, beside];
  const tables = { old: before.table, new: after.table };
  const old = await sideOf(tx, projection, tables.old);
  const now = await sideOf(tx, projection, tables.new);
  const isEqual = old.rows === now.rows && old.checksum === now.checksum;
  const rows = isEqual ? { count: 0, rows: [] } : await differingRows(tx, projection, tables);
  const counters = await differingCounters(tx, { old: before.checkpoint, new: after.checkpoint });
  const sums = await differingSums(tx, projection, { old: before.sums ?? '', new: after.sums ?? '' });
  return {
    projection: projection.name,
    position: String(position),
    compared: copy,
    old,
    new: now,
    differences: { rows: rows.count, counters: counters.count, sums: sums.count },
    rows: rows.rows,
    counters: counters.values,
    sums: sums.values,
  };
};

const WAITS = 50;
const WAIT_MS = 100;

type Aligning = { readonly batcher: RebuildBatcher; readonly seen: Knex };

const fillTo = async (batcher: RebuildBatcher, end: Position): Promise<void> => {
  await batcher.fillTo(end);
  await batcher.flush();
};

/**
 * Brings a copy to exactly where the live rows are, and begins the snapshot `seen` there. The live projector waits only for
 * the last events of that. A copy that is ahead waits for the live rows.
 */
const align = async ({ name }: Projection, db: Knex, { batcher, seen }: Aligning): Promise<Position> => {
  for (let wait = 0; wait < WAITS; wait++) {
    const reached = await db.transaction(async (holding) => {
      await holding.raw(`set local lock_timeout = '5s'`);
      const live = await holding<{ name: string; position: string }>('projection_checkpoints')
        .where({ name })
        .forUpdate()
        .first('position');
      const position = BigInt(live?.position ?? 0);
      if (position < batcher.position()) return undefined;
      await fillTo(batcher, position);
      await seen.raw('select 1'); // from here on it sees both where they are now
      return position;
    });
    if (reached !== undefined) return reached;
    await sleep(WAIT_MS);
  }
  throw new NoSuchCopy(`the live rows of ${name} have not come to where the other ones are: try again later`);
};

const copyToCompare = async (projection: Projection, db: Knex): Promise<CopyName> => {
  const run = await openRebuildRuns(db).find(projection.name);
  if (run?.state === 'ready' && (await hasCopy(db, projection, 'rebuild'))) return 'rebuild';
  await demandKept(projection, db);
  return 'kept';
};

/**
 * Compares the live rows with those of a rebuild that waits to be swapped in, or else with the kept ones, at one position of
 * the log.
 * @throws NoSuchCopy when there is nothing to compare with
 */
export const diffProjection = (
  projection: Projection,
  { withinMs = 0, ...deps }: RebuildDeps & { /** For each statement; default: any time. */ readonly withinMs?: number },
): Promise<Diff> =>
  withRebuildLock(deps.db, { name: projection.name, leaseMs: deps.leaseMs }, async () => {
    const copy = await copyToCompare(projection, deps.db);
    const batcher = createRebuildBatcher(projection, await openCopy(deps.db, projection, copy), deps);
    const live = (await readCheckpoints(deps.db, [projection.name])).get(projection.name);
    await fillTo(batcher, live?.position ?? 0n); // most of it, while nothing is held
    return deps.db.transaction(
      async (seen) => {
        const position = await align(projection, deps.db, { batcher, seen });
        await seen.raw(`set local statement_timeout = ${withinMs}`);
        return compare(seen, projection, { copy, position });
      },
      { isolationLevel: 'repeatable read' },
    );
  });
