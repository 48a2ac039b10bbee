import type { Knex } from 'knex';
import type { Position } from '../event-store/port.ts';
import { readCheckpoints } from '../projections/engine/index.ts';

/** The position up to which all of these read models have handled the log. */
export const exportPosition = async (db: Knex, readModels: readonly string[]): Promise<Position> => {
  const checkpoints = await readCheckpoints(db, readModels);
  return readModels
    .map((name) => checkpoints.get(name)?.position ?? 0n)
    .reduce((least, position) => (position < least ? position : least));
};

/** How many rows a read model has, for progress. */
export const countRows = async (db: Knex, table: string): Promise<number> => {
  const [row] = await db(table).count<{ count: string }[]>();
  return Number(row?.count ?? 0);
};
