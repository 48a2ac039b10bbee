import { setTimeout as delay } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { Position } from '../../event-store/port.ts';
import { sleep } from '../../platform/backoff.ts';
import { coalesce } from '../../platform/coalesce.ts';
import { prepared } from '../../platform/database.ts';
import type { Failure } from './failures.ts';
import type { Projection } from './projection.ts';

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

/** Records why a projection has stopped, unless another process has moved its checkpoint in the meantime. */
export const recordFailure = async (
  db: Knex,
  { name, epoch, position }: Checkpoint,
  failure: Failure,
): Promise<void> => {
  await db(TABLE)
    .where({ name, epoch, position: String(position) })
    .update({ failure: JSON.stringify(failure) });
};

const WATCH_MS = 1_000;

/**
 * Watches a checkpoint until aborted, and calls `onBehind` once when it stands behind where the projector left it.
 * Writes of read models do not wait for the disk, so a crash of PostgreSQL undoes the last of them, and so does a
 * restored backup. A projector that is waiting for the next event would not notice before that event arrives.
 */
export const watchCheckpoint = async (
  db: Knex,
  { name, epoch }: Pick<Checkpoint, 'name' | 'epoch'>,
  { leftAt, onBehind, signal }: { leftAt: () => Position; onBehind: () => void; signal: AbortSignal },
): Promise<void> => {
  const isOver = (): boolean => signal.aborted;
  while (!isOver()) {
    await sleep(WATCH_MS, signal);
    if (isOver()) return;
    const left = leftAt();
    const found = await readCheckpoints(db, [name]).catch(() => 'unreachable' as const);
    if (found === 'unreachable') continue;
    const now = found.get(name);
    if (now?.epoch === epoch && now.position >= left) continue;
    onBehind();
    return;
  }
};

/**
 * Waits until a projection has handled everything up to a position; false when that takes over `within` milliseconds.
 */
export type WaitForPosition = (projection: string, position: Position, within: number) => Promise<boolean>;

const FIRST_POLL_MS = 2;
const SLOWEST_POLL_MS = 50;

/** All callers that wait at one moment share one query. */
export const createWaitForPosition = (db: Knex): WaitForPosition => {
  const positionOf = coalesce<string, Position>(async (names) => {
    const found = await readCheckpoints(db, [...new Set(names)]);
    return names.map((name) => found.get(name)?.position ?? -1n);
  });
  return async (projection, position, within) => {
    const deadline = Date.now() + within;
    for (let pause = FIRST_POLL_MS; ; pause = Math.min(pause * 2, SLOWEST_POLL_MS)) {
      if ((await positionOf(projection)) >= position) return true;
      if (Date.now() + pause > deadline) return false;
      await delay(pause);
    }
  };
};
