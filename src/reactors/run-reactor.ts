import { setTimeout as delay } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { Codec } from '../event-store/codec.ts';
import type { Batch, EventStore, Position } from '../event-store/port.ts';
import { enqueueJobs, type JobRequest } from '../platform/job-queue.ts';
import type { Reactor } from './reactor.ts';

const TABLE = 'reactor_checkpoints';
/** A checkpoint that merely passes over events of no interest is written at most this often. */
const IDLE_CHECKPOINT_MS = 1_000;
/** A process that found another one ahead looks again after this long. */
const STANDBY_MS = 250;

type Deps = { readonly db: Knex; readonly store: EventStore; readonly codec: Codec };

/** Thrown inside a batch's transaction when another process has moved the checkpoint meanwhile. */
class Overtaken extends Error {
  override readonly name = 'Overtaken';
}

const readCheckpoint = async (db: Knex, name: string): Promise<Position> => {
  await db(TABLE).insert({ name, position: '0' }).onConflict('name').ignore();
  const row = await db<{ position: string }>(TABLE).where('name', name).first('position');
  return BigInt(row?.position ?? 0);
};

/** The row lock is the mutual exclusion, the comparison the fence: whoever is behind writes nothing. */
const moveCheckpoint = async (tx: Knex.Transaction, name: string, from: Position, to: Position): Promise<void> => {
  const row = await tx<{ position: string }>(TABLE).where('name', name).forUpdate().first('position');
  if (row === undefined || BigInt(row.position) !== from) throw new Overtaken(name);
  await tx(TABLE)
    .where({ name })
    .update({ position: String(to), updated_at: tx.fn.now() });
};

const jobsFor = async (reactor: Reactor, codec: Codec, batch: Batch): Promise<readonly JobRequest[]> => {
  const events = await codec.decode(batch.events.filter(({ type }) => reactor.handles.has(type)));
  return events.flatMap((recorded) => reactor.react(recorded) ?? []);
};

/**
 * Follows the log from the reactor's checkpoint until aborted. Jobs and checkpoint commit together: each event leads to
 * its job exactly once, whatever dies when. Several processes may run the same reactor; one at a time gets through.
 * @throws whatever a policy throws (a bug), and `StoreUnavailable` or database errors (an outage): the caller decides
 */
export const runReactor = async (reactor: Reactor, { db, store, codec }: Deps, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    let checkpoint = await readCheckpoint(db, reactor.name);
    let written = Date.now();
    try {
      for await (const batch of store.subscribe({ after: checkpoint, prefixes: reactor.prefixes, signal })) {
        const jobs = await jobsFor(reactor, codec, batch);
        if (jobs.length === 0 && Date.now() - written < IDLE_CHECKPOINT_MS) continue;
        const from = checkpoint;
        await db.transaction(async (tx) => {
          await moveCheckpoint(tx, reactor.name, from, batch.position);
          await enqueueJobs(tx, jobs);
        });
        checkpoint = batch.position;
        written = Date.now();
      }
    } catch (error) {
      if (!(error instanceof Overtaken)) throw error;
      await delay(STANDBY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
};
