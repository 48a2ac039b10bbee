import type { Knex } from 'knex';
import type { EventStore, Position } from '../../event-store/port.ts';
import { TILE_WIDTH } from '../formats/tiles.ts';
import { findEntryTile } from '../log-tree.ts';
import type { Numbering } from '../record-log.ts';

/** The record has not reached a day that is to be closed: that is tried again. */
export class DayNotRecorded extends Error {
  override readonly name = 'DayNotRecorded';
}

type Deps = {
  readonly db: Knex;
  readonly store: Pick<EventStore, 'readHashes'>;
  readonly numbering: Numbering;
};

/** Where an entry of the log begins: the position of the event before it. @throws DayNotRecorded */
export const positionBefore = async ({ db, store, numbering }: Deps, index: number): Promise<Position> => {
  if (numbering === 'positions') return BigInt(index);
  const [n, at] = [Math.floor(index / TILE_WIDTH), index % TILE_WIDTH];
  if (index === 0) return 0n;
  const tile = await findEntryTile(db, n);
  if (tile === undefined) throw new DayNotRecorded(`entry ${index} of the log is not recorded yet`);
  if (at === 0) return tile.afterPosition;
  const { hashes } = await store.readHashes({ after: tile.afterPosition, limit: at });
  const before = hashes[at - 1];
  if (before === undefined) throw new DayNotRecorded(`entry ${index} of the log is not there`);
  return before.position;
};
