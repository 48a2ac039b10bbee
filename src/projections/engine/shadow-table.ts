import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { unhurried } from '../../platform/database.ts';
import type { Position } from '../../event-store/port.ts';
import { readReachedDay } from './calendar.ts';
import { RebuildCancelled, RebuildInProgress } from './failures.ts';
import type { Projection } from './projection.ts';
import type { Target } from './rows.ts';
import { dependantsOf, dropViews, restoreDependants, revokeRights } from './table-dependants.ts';

/** A copy of a read model beside the live one: `rebuild` is filled from the log, `kept` is what a rebuild replaced. */
export type CopyName = 'rebuild' | 'kept';
const suffixOf = (copy: CopyName): string => `__${copy}`;

/** Longest that the readers of a table wait behind a swap that waits for one of them. */
const LONGEST_WAIT_FOR_READERS = '300ms';

/** A copy to write to. The epoch stops a process that was thought dead and goes on after all. */
export type Shadow = {
  readonly copy: CopyName;
  readonly target: Target;
  readonly epoch: string;
  /** Up to where its rows hold the log, and the business day reached there. */
  readonly position: Position;
  readonly reached: string;
};

type Named = Pick<Projection, 'name' | 'table' | 'sums'>;

export const copyTarget = ({ name, table, sums }: Named, copy: CopyName): Target => ({
  table: `${table}${suffixOf(copy)}`,
  sums: sums === undefined ? undefined : `${sums.table}${suffixOf(copy)}`,
  checkpoint: `${name}${suffixOf(copy)}`,
});

/** The live tables of a projection; the rows come first, as a projector's write locks them. */
const tablesOf = ({ table, sums }: Pick<Projection, 'table' | 'sums'>): readonly string[] =>
  sums === undefined ? [table] : [table, sums.table];

const primaryKeyOf = ({ table, key, sums }: Projection, live: string): readonly string[] =>
  live === table || sums === undefined ? [key] : Object.keys(sums.key);

type Index = { readonly name: string; readonly definition: string; readonly is_primary: boolean };

const indexesOf = async (db: Knex, table: string): Promise<readonly Index[]> => {
  const { rows } = await db.raw<{ rows: readonly Index[] }>(
    `select c.relname as name, pg_get_indexdef(i.indexrelid) as definition, i.indisprimary as is_primary
     from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = ?::regclass order by c.relname`,
    [table],
  );
  return rows;
};

/** `fillfactor` and the like, which `create table like` leaves out. */
const copyOptions = async (tx: Knex, from: string, to: string): Promise<void> => {
  const { rows } = await tx.raw<{ rows: readonly { options: string | null }[] }>(
    `select array_to_string(reloptions, ', ') as options from pg_class where oid = ?::regclass`,
    [from],
  );
  const options = rows[0]?.options;
  if (options) await tx.raw(`alter table ${to} set (${options})`);
};

/** A table like the live one, with a key but no other index yet. */
const createTable = async (tx: Knex, projection: Projection, live: string): Promise<void> => {
  const suffix = suffixOf('rebuild');
  const primary = (await indexesOf(tx, live)).find(({ is_primary }) => is_primary)?.name ?? `${live}_pkey`;
  const key = primaryKeyOf(projection, live).join(', ');
  await tx.raw(`drop table if exists ${live}${suffix}`);
  await tx.raw(`create table ${live}${suffix} (like ${live} including all excluding indexes)`);
  await tx.raw(`alter table ${live}${suffix} add constraint ${primary}${suffix} primary key (${key})`);
  await copyOptions(tx, live, `${live}${suffix}`);
};

type CheckpointRow = {
  readonly name: string;
  /** See `COUNTERS_OF`. */
  readonly counters: string | null;
  readonly epoch: string;
  readonly position: string;
  readonly version: number;
};

/** Takes a copy over: the process that wrote to it before writes nothing more. */
const takeOver = async (tx: Knex, { checkpoint }: Target, position: 'keep' | 'reset', version: number) => {
  const { rows } = await tx.raw<{ rows: readonly CheckpointRow[] }>(
    `insert into projection_checkpoints as c (name, version, epoch, position) values (?, ?, 1, 0)
     on conflict (name) do update set version = excluded.version, updated_at = now(), epoch = c.epoch + 1,
       position = case when ? then c.position else 0 end
     returning name, version, epoch, position`,
    [checkpoint, version, position === 'keep'],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('an upsert answers its row');
  return row;
};

const NO_COUNTERS = '';

const nameCounters = async (tx: Knex, checkpoint: string, counters: string): Promise<void> => {
  await tx('projection_checkpoints').where({ name: checkpoint }).update({ counters });
};

/** Empty tables like the live ones, and a checkpoint at the start of the log. */
export const createShadow = (db: Knex, projection: Projection): Promise<Shadow> =>
  db.transaction(async (tx) => {
    const target = copyTarget(projection, 'rebuild');
    const { epoch } = await takeOver(tx, target, 'reset', projection.version);
    // A name that no others were ever kept under: what an earlier rebuild has left is deleted later.
    await nameCounters(tx, target.checkpoint, `${projection.name}/${randomUUID()}`);
    for (const live of tablesOf(projection)) await createTable(tx, projection, live);
    return { copy: 'rebuild', target, epoch, position: 0n, reached: '' };
  });

export const hasCopy = async (db: Knex, projection: Named, copy: CopyName): Promise<boolean> => {
  const { rows } = await db.raw<{ rows: readonly { found: boolean }[] }>('select to_regclass(?) is not null as found', [
    copyTarget(projection, copy).table,
  ]);
  return rows[0]?.found === true;
};

/** A copy to go on with, as far as it has got. It must exist. */
export const openCopy = (db: Knex, projection: Projection, copy: CopyName): Promise<Shadow> =>
  db.transaction(async (tx) => {
    const target = copyTarget(projection, copy);
    const { epoch, position } = await takeOver(tx, target, 'keep', projection.version);
    return { copy, target, epoch, position: BigInt(position), reached: await readReachedDay(tx, target.checkpoint) };
  });

/** Gives a copy the indexes of the live tables that it does not have yet. */
export const buildIndexes = (db: Knex, projection: Projection, copy: CopyName): Promise<void> =>
  db.transaction(async (tx) => {
    await tx.raw(`set local statement_timeout = 0`);
    await tx.raw(`set local maintenance_work_mem = '128MB'`);
    for (const live of tablesOf(projection)) {
      const table = `${live}${suffixOf(copy)}`;
      const known = new Set((await indexesOf(tx, table)).map(({ name }) => name));
      const missing = (await indexesOf(tx, live)).filter(
        ({ name, is_primary }) => !is_primary && !known.has(`${name}${suffixOf(copy)}`),
      );
      for (const { name, definition } of missing) {
        const unique = definition.startsWith('CREATE UNIQUE') ? 'unique' : '';
        const using = definition.slice(definition.indexOf('USING '));
        await unhurried(tx.raw(`create ${unique} index ${name}${suffixOf(copy)} on ${table} ${using}`));
      }
      if (missing.length > 0) await unhurried(tx.raw(`analyze ${table}`));
    }
  });

/** Renames a table and its indexes; a suffix is '' for the live ones. */
const rename = async (tx: Knex, live: string, from: string, to: string): Promise<void> => {
  await tx.raw(`alter table ${live}${from} rename to ${live}${to}`);
  for (const { name } of await indexesOf(tx, `${live}${to}`))
    await tx.raw(`alter index ${name} rename to ${name.slice(0, name.length - from.length)}${to}`);
};

const OUTGOING = '__outgoing';

/** The copy becomes the live table, and the live table the kept one. */
const exchangeTables = async (tx: Knex, live: string, copy: CopyName): Promise<void> => {
  const dependants = await dependantsOf(tx, live);
  await dropViews(tx, dependants);
  await rename(tx, live, '', OUTGOING);
  await rename(tx, live, suffixOf(copy), '');
  await rename(tx, live, OUTGOING, suffixOf('kept'));
  await restoreDependants(tx, dependants);
  await revokeRights(tx, `${live}${suffixOf('kept')}`);
};

/** Locks the copy's checkpoint, so that no other process can take it over: what is swapped in is what was filled. */
const lockEpoch = async (tx: Knex, { target, epoch }: Shadow): Promise<CheckpointRow> => {
  const row = await tx<CheckpointRow>('projection_checkpoints').where({ name: target.checkpoint }).forUpdate().first();
  if (row?.epoch !== epoch) throw new RebuildInProgress('another rebuild took over');
  return row;
};

/** A rebuild that was cancelled at the last moment is not swapped in. */
const endRun = async (tx: Knex, projection: string): Promise<void> => {
  const ended = await tx('projection_rebuilds')
    .where({ projection })
    .whereIn('state', ['building', 'ready'])
    .update({ state: 'swapped', updated_at: tx.fn.now() });
  if (ended === 0) throw new RebuildCancelled(`the rebuild of ${projection} was cancelled`);
};

/** Its counters are left to `deleteUnusedCounters`: there may be many. */
const dropTables = async (tx: Knex, projection: Named, copy: CopyName): Promise<void> => {
  const { table, sums, checkpoint } = copyTarget(projection, copy);
  await nameCounters(tx, checkpoint, NO_COUNTERS);
  await tx.raw(`drop table if exists ${table}`);
  if (sums !== undefined) await tx.raw(`drop table if exists ${sums}`);
};

/** Drops a copy. Processes that still write to it fail. */
export const dropCopy = (db: Knex, projection: Projection, copy: CopyName): Promise<void> =>
  db.transaction(async (tx) => {
    await tx.raw(`set local lock_timeout = '5s'`);
    await takeOver(tx, copyTarget(projection, copy), 'reset', projection.version);
    await dropTables(tx, projection, copy);
    if (copy === 'kept') await tx('projection_kept').where({ projection: projection.name }).delete();
  });

/** Cleans up after a rebuild that failed, unless the shadow belongs to another rebuild by now. */
export const dropShadow = (db: Knex, projection: Projection, shadow: Shadow): Promise<void> =>
  db.transaction(async (tx) => {
    await lockEpoch(tx, shadow);
    await dropTables(tx, projection, shadow.copy);
  });

/** Fills the copy at least up to a position, and answers up to where it is filled. */
export type CatchUp = (until: Position) => Promise<Position>;

/**
 * Puts a copy in the live tables' place: rows, sums, counters and checkpoint at once. The live tables are locked first and
 * the checkpoint second, the order in which a projector's write takes them. The table's lock is the strongest one from the
 * start: a weaker one that is raised later deadlocks with readers that also write, such as those who draw numbers. What was
 * live is kept beside.
 */
export const swapTables = (
  db: Knex,
  projection: Projection,
  { shadow, catchUp }: { readonly shadow: Shadow; readonly catchUp: CatchUp },
): Promise<void> =>
  db.transaction(async (tx) => {
    const { name, version } = projection;
    const { copy } = shadow;
    await tx.raw(`set local lock_timeout = '${LONGEST_WAIT_FOR_READERS}'`);
    for (const table of tablesOf(projection)) await tx.raw(`lock table ${table} in access exclusive mode`);
    const checkpoints = () => tx<CheckpointRow>('projection_checkpoints');
    const live = await checkpoints().where({ name }).forUpdate().first('position', 'version', 'counters');
    // On connections of its own, so that what it has written stays written when this transaction is rolled back.
    const position = await catchUp(BigInt(live?.position ?? 0));
    const filled = await lockEpoch(tx, shadow);

    if (copy === 'rebuild') {
      await endRun(tx, name);
      await dropTables(tx, projection, 'kept');
    }
    for (const table of tablesOf(projection)) await exchangeTables(tx, table, copy);
    if (copy === 'rebuild') await nameCounters(tx, shadow.target.checkpoint, NO_COUNTERS);
    const kept = [live?.version ?? version, live?.position ?? '0', live?.counters ?? name];
    await tx.raw(
      `insert into projection_checkpoints as c (name, version, epoch, position, counters) values (?, ?, 1, ?, ?)
       on conflict (name) do update set version = excluded.version, position = excluded.position, epoch = c.epoch + 1,
         counters = excluded.counters, updated_at = now()`,
      [copyTarget(projection, 'kept').checkpoint, ...kept],
    );
    await tx('projection_checkpoints')
      .where({ name })
      .update({
        version,
        counters: filled.counters ?? shadow.target.checkpoint,
        epoch: tx.raw('epoch + 1'),
        position: String(position),
        failure: null,
        updated_at: tx.fn.now(),
      });
    await tx.raw(
      `insert into projection_kept (projection) values (?) on conflict (projection) do update set kept_at = now()`,
      [name],
    );
    await tx('projection_drift').where({ projection: name }).delete();
  });

const DELETED_AT_ONCE = 10_000;

/** Counters of copies that are no more, a part at a time. A walk over the names alone costs as much as there are names. */
export const deleteUnusedCounters = async (db: Knex): Promise<void> => {
  const { rows: unused } = await db.raw<{ rows: readonly { readonly name: string }[] }>(
    `with recursive kept (name) as (
       select min(projection) from projection_counters
       union all
       select (select min(projection) from projection_counters where projection > kept.name) from kept where name is not null
     )
     select name from kept
     where name is not null and name not in (select coalesce(counters, name) from projection_checkpoints)`,
  );
  for (const { name } of unused) {
    for (let deleted = DELETED_AT_ONCE; deleted === DELETED_AT_ONCE;) {
      const part = db('projection_counters').where('projection', name).limit(DELETED_AT_ONCE).select('name');
      deleted = await db('projection_counters').where('projection', name).whereIn('name', part).delete();
    }
  }
};
