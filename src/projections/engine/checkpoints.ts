import { setTimeout as delay } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { Position } from '../../event-store/port.ts';
import { coalesce } from '../../platform/coalesce.ts';
import { prepared } from '../../platform/database.ts';
import type { Projection } from './projection.ts';

/** Why a projection stands still, and the event it cannot handle, right after its position. */
export type Failure = {
  readonly reason: string;
  readonly event: {
    readonly id: string;
    readonly type: string;
    readonly stream: string;
    readonly revision: string;
  } | null;
};

export type Checkpoint = {
  readonly name: string;
  readonly version: number;
  readonly epoch: string;
  readonly position: Position;
  readonly failure: Failure | null;
};

type CheckpointRow = Omit<Checkpoint, 'position'> & { readonly position: string };

const TABLE = 'projection_checkpoints';

const fromRow = (row: CheckpointRow): Checkpoint => ({ ...row, position: BigInt(row.position) });

export const readCheckpoints = async (db: Knex, names: readonly string[]): Promise<ReadonlyMap<string, Checkpoint>> => {
  const { rows } = await prepared(
    'read_checkpoints',
    db.raw<{ rows: readonly CheckpointRow[] }>(
      `select name, version, epoch, position, failure from ${TABLE} where name = any(?)`,
      [[...names]],
    ),
  );
  return new Map(rows.map((row) => [row.name, fromRow(row)]));
};

/** The checkpoint of a projection, made at its first start. */
export const openCheckpoint = async (
  db: Knex,
  { name, version }: Pick<Projection, 'name' | 'version'>,
): Promise<Checkpoint> => {
  const known = (await readCheckpoints(db, [name])).get(name);
  if (known !== undefined) return known;
  await db(TABLE).insert({ name, version }).onConflict('name').ignore();
  return openCheckpoint(db, { name, version });
};

/** Notes why a projection stands still, unless somebody has moved it meanwhile. */
export const recordFailure = async (
  db: Knex,
  { name, epoch, position }: Checkpoint,
  failure: Failure,
): Promise<void> => {
  await db(TABLE)
    .where({ name, epoch, position: String(position) })
    .update({ failure: JSON.stringify(failure) });
};

/** Waits until a projection has handled everything up to a position; false when `within` milliseconds do not do. */
export type WaitForPosition = (projection: string, position: Position, within: number) => Promise<boolean>;

const FIRST_LOOK_MS = 2;
const SLOWEST_LOOK_MS = 50;

/** All who wait at a moment look together, by one query. */
export const createWaitForPosition = (db: Knex): WaitForPosition => {
  const positionOf = coalesce<string, Position>(async (names) => {
    const found = await readCheckpoints(db, [...new Set(names)]);
    return names.map((name) => found.get(name)?.position ?? -1n);
  });
  return async (projection, position, within) => {
    const deadline = Date.now() + within;
    for (let pause = FIRST_LOOK_MS; ; pause = Math.min(pause * 2, SLOWEST_LOOK_MS)) {
      if ((await positionOf(projection)) >= position) return true;
      if (Date.now() + pause > deadline) return false;
      await delay(pause);
    }
  };
};
