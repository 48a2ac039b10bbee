import type { Knex } from 'knex';
import { COUNTERS_OF, isForeign, type Projection } from '../engine/index.ts';
import type { Suspect } from './check-rows.ts';
import type { TallyName } from './tally.ts';

/** What was written to the tables of a read model since the last look. */
export type Touched = {
  /** Rows, those that another program wrote first, of the others a random part; and keys that have no row any more. */
  readonly suspects: readonly Suspect[];
  /** Of these, the keys of rows that another program wrote. */
  readonly foreign: ReadonlySet<string>;
  /** Counters and sums that another program wrote. */
  readonly names: readonly TallyName[];
  /** Whether counters or sums were deleted. */
  readonly areSumsDeleted: boolean;
};

/** Rows of a look that are checked. */
const MOST_ROWS = 100;
const MOST_NAMES = 1_000;
/** Looking takes at most this share of the time: at a million rows a pass over them takes about a second. */
const SHARE = 0.02;
/** But not more seldom than this, so that what is written by others is seen within a minute. */
const LONGEST_PAUSE_MS = 25_000;

/**
 * How often PostgreSQL has seen a table written to: where nothing was, nothing need be looked at. It is told up to ten
 * seconds after the write. `xid`: transactions from this one on may not have ended yet.
 */
type Counted = { readonly written: string; readonly deleted: string; readonly xid: string };

const countWrites = async (db: Knex, tables: readonly string[]): Promise<ReadonlyMap<string, Counted>> => {
  const { rows } = await db.raw<{ rows: readonly (Counted & { readonly name: string })[] }>(
    `select relid::regclass::text as name, (n_tup_ins + n_tup_upd)::text as written,
       n_tup_del || ' ' || pg_relation_filenode(relid) as deleted,
       (pg_snapshot_xmin(pg_current_snapshot())::text::numeric % 4294967296)::text as xid
     from pg_stat_user_tables where relid = any(?::text[]::regclass[])`,
    [[...tables]],
  );
  return new Map(rows.map((row) => [row.name, row]));
};

/** SQL: whether a row was written by a transaction that may not have ended at the last look. Binds its id. */
const IS_NEW = `age(xmin) <= age(?::text::xid)`;
const readKeys = async (db: Knex, sql: string, bindings: readonly string[]): Promise<readonly string[]> => {
  const { rows } = await db.raw<{ rows: readonly { readonly key: string }[] }>(sql, [...bindings]);
  return rows.map(({ key }) => key);
};

const asSuspects = (keys: readonly string[]): readonly Suspect[] => keys.map((key) => ({ key, stream: undefined }));

/**
 * Watches the tables of a read model for writes, also by others. PostgreSQL counts them, and each row says by which
 * transaction it was written, and by which one the projector wrote it: so one pass over a table finds what was written since
 * the last one, and what another program wrote, however much the projector writes.
 */
export const createTouchWatch = ({ name, table, key, sums, counters, keysElsewhere }: Projection, db: Knex) => {
  const counterTable = 'projection_counters';
  const tables = [
    table,
    ...(sums === undefined ? [] : [sums.table]),
    ...(counters === undefined ? [] : [counterTable]),
  ];
  /** Of each table, as it was when it was looked at last: the counts, and which transactions were over. */
  const last = new Map<string, Counted>();
  let nextAt = 0;

  const readWritten = async (xid: string) => {
    const { rows } = await db.raw<{ rows: readonly { readonly key: string; readonly is_foreign: boolean }[] }>(
      `select ${key}::text as key, ${isForeign(table)} as is_foreign from ${table} where ${IS_NEW}
       order by is_foreign desc, random() limit ${MOST_ROWS}`,
      [xid],
    );
    return rows;
  };

  const foreignNames = async (writtenSince: (of: string) => string | undefined): Promise<readonly TallyName[]> => {
    const [counted, summed] = [writtenSince(counterTable), sums && writtenSince(sums.table)];
    const others = (of: string): string => `${IS_NEW} and ${isForeign(of)} limit ${MOST_NAMES}`;
    const names: TallyName[] = [];
    if (counted !== undefined) {
      const sql = `select name as key from ${counterTable} where projection = ${COUNTERS_OF} and ${others(counterTable)}`;
      for (const of of await readKeys(db, sql, [name, counted])) names.push({ scope: 'counter', key: of });
    }
    if (sums !== undefined && summed !== undefined) {
      const columns = Object.keys(sums.key).map((column) => `${column}::text`);
      const { rows } = await db.raw<{ rows: readonly { readonly key: readonly string[] }[] }>(
        `select array[${columns.join(', ')}] as key from ${sums.table} where ${others(sums.table)}`,
        [summed],
      );
      for (const row of rows) names.push({ scope: 'sum', key: JSON.stringify(row.key) });
    }
    return names;
  };

  /**
   * Undefined: it is not time to look yet. The first look tells all keys that have no row, whenever they were deleted, and
   * sees what is written from then on.
   */
  return async (): Promise<Touched | undefined> => {
    const begun = performance.now();
    if (begun < nextAt) return undefined;
    const now = await countWrites(db, tables);
    /** The table was written to: by this transaction or later ones. */
    const since =
      (what: 'written' | 'deleted') =>
      (of: string): string | undefined => {
        const before = last.get(of);
        return before === undefined || before[what] === now.get(of)?.[what] ? undefined : before.xid;
      };
    const xid = since('written')(table);
    const written = xid === undefined ? [] : await readWritten(xid);
    const missing =
      keysElsewhere === undefined || (last.has(table) && since('deleted')(table) === undefined)
        ? []
        : await readKeys(
            db,
            `select e.key::text as key from (${keysElsewhere}) e (key)
             where not exists (select from ${table} r where r.${key} = e.key) limit ${MOST_ROWS}`,
            [],
          );
    const touched = {
      suspects: asSuspects([...written.map((row) => row.key), ...missing]),
      foreign: new Set(written.flatMap((row) => (row.is_foreign ? [row.key] : []))),
      names: await foreignNames(since('written')),
      areSumsDeleted: tables.some((of) => of !== table && since('deleted')(of) !== undefined),
    };
    for (const [of, counted] of now) {
      const before = last.get(of);
      if (before?.written !== counted.written || before.deleted !== counted.deleted) last.set(of, counted);
    }
    nextAt = begun + Math.min((performance.now() - begun) / SHARE, LONGEST_PAUSE_MS);
    return touched;
  };
};
