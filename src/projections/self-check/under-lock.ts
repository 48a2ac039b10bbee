import type { Knex } from 'knex';
import type { Projection } from '../engine/index.ts';

/** While the projector waits. The tables are locked first, as a projector's write and a swap do. */
export const underLock = <T>({ name, table, sums }: Projection, db: Knex, work: (tx: Knex) => Promise<T>): Promise<T> =>
  db.transaction(async (tx) => {
    await tx.raw(`set local lock_timeout = '5s'`);
    await tx.raw(`lock table ${[table, ...(sums === undefined ? [] : [sums.table])].join(', ')} in row exclusive mode`);
    await tx('projection_checkpoints').where({ name }).forUpdate().first('position');
    return work(tx);
  });
