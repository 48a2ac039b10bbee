import type { Knex } from 'knex';
import { unhurried } from '../../platform/database.ts';
import type { Position } from '../../event-store/port.ts';
import { RebuildInProgress } from './failures.ts';
import type { Projection } from './projection.ts';
import type { Target } from './rows.ts';
import { dependantsOf, dropViews, restoreDependants } from './table-dependants.ts';

const SUFFIX = '__rebuild';
const LONGEST_WAIT_FOR_READERS = '2s';

/** Where a rebuild writes. The epoch stops a rebuild that was thought dead and goes on after all. */
export type Shadow = { readonly target: Target; readonly epoch: string };

export const shadowOf = ({ name, table, sums }: Pick<Projection, 'name' | 'table' | 'sums'>): Target => ({
  table: `${table}${SUFFIX}`,
  sums: sums === undefined ? undefined : `${sums.table}${SUFFIX}`,
  checkpoint: `${name}${SUFFIX}`,
});

/** An empty table like the live one, with a key but no other index yet, and a checkpoint at the start of the log. */
export const createShadow = (db: Knex, projection: Projection): Promise<Shadow> =>
  db.transaction(async (tx) => {
    const target = shadowOf(projection);
    const { rows } = await tx.raw<{ rows: readonly { epoch: string }[] }>(
      `insert into projection_checkpoints (name, version, epoch, position) values (?, ?, 1, 0)
       on conflict (name) do update set version = excluded.version, position = 0, updated_at = now(),
         epoch = projection_checkpoints.epoch + 1
       returning epoch`,
      [target.checkpoint, projection.version],
    );
    await tx('projection_counters').where('projection', target.checkpoint).delete();
    await tx.raw(`drop table if exists ${target.table}`);
    await tx.raw(`create table ${target.table} (like ${projection.table} including all excluding indexes)`);
    await tx.raw(`alter table ${target.table} add primary key (${projection.key})`);
    if (projection.sums !== undefined && target.sums !== undefined) {
      await tx.raw(`drop table if exists ${target.sums}`);
      await tx.raw(`create table ${target.sums} (like ${projection.sums.table} including all excluding indexes)`);
      await tx.raw(`alter table ${target.sums} add primary key (${Object.keys(projection.sums.key).join(', ')})`);
    }
    return { target, epoch: rows[0]?.epoch ?? '1' };
  });

type Index = { readonly name: string; readonly definition: string; readonly is_primary: boolean };

const indexesOf = async (db: Knex, table: string): Promise<readonly Index[]> => {
  const { rows } = await db.raw<{ rows: readonly Index[] }>(
    `select c.relname as name, pg_get_indexdef(i.indexrelid) as definition, i.indisprimary as is_primary
     from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = ?::regclass`,
    [table],
  );
  return rows;
};

/** The live tables of a projection and what a rebuild calls them; the rows come first, as a projector's write locks them. */
const tablesOf = ({ table, sums }: Pick<Projection, 'table' | 'sums'>): readonly string[] =>
  sums === undefined ? [table] : [table, sums.table];

/** Gives the filled shadow the indexes of the live tables. */
export const buildIndexes = (db: Knex, projection: Projection): Promise<void> =>
  db.transaction(async (tx) => {
    await tx.raw(`set local statement_timeout = 0`);
    await tx.raw(`set local maintenance_work_mem = '128MB'`);
    for (const live of tablesOf(projection)) {
      const table = `${live}${SUFFIX}`;
      for (const { name, definition, is_primary } of await indexesOf(tx, live)) {
        if (is_primary) continue;
        const unique = definition.startsWith('CREATE UNIQUE') ? 'unique' : '';
        const using = definition.slice(definition.indexOf('USING '));
        await unhurried(tx.raw(`create ${unique} index ${name}${SUFFIX} on ${table} ${using}`));
      }
      await unhurried(tx.raw(`analyze ${table}`));
    }
  });

const renameIndexes = async (tx: Knex, live: readonly Index[], table: string): Promise<void> => {
  for (const { name, is_primary } of live)
    await tx.raw(`alter index ${is_primary ? `${table}${SUFFIX}_pkey` : `${name}${SUFFIX}`} rename to ${name}`);
};

const replaceTable = async (tx: Knex, table: string): Promise<void> => {
  const indexes = await indexesOf(tx, table);
  const dependants = await dependantsOf(tx, table);
  await dropViews(tx, dependants);
  await tx.raw(`drop table ${table}`);
  await tx.raw(`alter table ${table}${SUFFIX} rename to ${table}`);
  await renameIndexes(tx, indexes, table);
  await restoreDependants(tx, dependants);
};

/** Locks the checkpoint, so that no other rebuild can begin: the shadow swapped in is the one that was filled. */
const lockEpoch = async (tx: Knex, { target, epoch }: Shadow): Promise<void> => {
  const row = await tx<{ name: string; epoch: string }>('projection_checkpoints')
    .where({ name: target.checkpoint })
    .forUpdate()
    .first('epoch');
  if (row?.epoch !== epoch) throw new RebuildInProgress('another rebuild took over');
};

/** Cleans up after a rebuild that failed, unless the shadow belongs to another rebuild by now. */
export const dropShadow = (db: Knex, shadow: Shadow): Promise<void> =>
  db.transaction(async (tx) => {
    await lockEpoch(tx, shadow);
    const { table, sums, checkpoint } = shadow.target;
    await tx('projection_counters').where('projection', checkpoint).delete();
    await tx.raw(`drop table if exists ${table}`);
    if (sums !== undefined) await tx.raw(`drop table if exists ${sums}`);
  });

/** Fills the shadow at least up to a position, and answers up to where it is filled. */
export type CatchUp = (until: Position) => Promise<Position>;

/**
 * Puts the shadow in the live tables' place: rows, sums, counters and checkpoint at once. The live tables are locked first and
 * the checkpoint second, the order in which a projector's write takes them. The table's lock is the strongest one from the
 * start: a weaker one that is raised later deadlocks with readers that also write, such as those who draw numbers.
 */
export const swapTables = (
  db: Knex,
  projection: Projection,
  { shadow: own, catchUp }: { readonly shadow: Shadow; readonly catchUp: CatchUp },
): Promise<void> =>
  db.transaction(async (tx) => {
    const { name, version } = projection;
    const shadow = own.target;
    await tx.raw(`set local lock_timeout = '${LONGEST_WAIT_FOR_READERS}'`);
    for (const table of tablesOf(projection)) await tx.raw(`lock table ${table} in access exclusive mode`);
    const live = await tx<{ name: string; position: string }>('projection_checkpoints')
      .where({ name })
      .forUpdate()
      .first('position');
    // On connections of its own, so that what it has written stays written when this transaction is rolled back.
    const position = await catchUp(BigInt(live?.position ?? 0));
    await lockEpoch(tx, own);

    for (const table of tablesOf(projection)) await replaceTable(tx, table);
    await tx('projection_counters').where('projection', name).delete();
    await tx('projection_counters').where('projection', shadow.checkpoint).update({ projection: name });
    await tx('projection_checkpoints')
      .where({ name })
      .update({
        version,
        epoch: tx.raw('epoch + 1'),
        position: String(position),
        failure: null,
        updated_at: tx.fn.now(),
      });
  });
