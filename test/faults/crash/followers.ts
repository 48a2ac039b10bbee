import { TooMuchContention } from '../../../src/commands/handle.ts';
import { StoreUnavailable } from '../../../src/event-store/port.ts';
import { changesOf, foldEvents, openEvents } from '../../../src/projections/engine/fold.ts';
import type { Projection } from '../../../src/projections/engine/index.ts';
import { keyOf } from '../../../src/projections/engine/projection.ts';
import { issueInvoice } from '../../../src/processes/invoicing.ts';
import type { Dice } from '../../support/random.ts';
import { Died } from './life.ts';
import type { QueuedJob } from './queue.ts';
import type { Table } from './tables.ts';
import { codec, startProcess, type Process, type World } from './world.ts';

const isOutage = (error: unknown): boolean =>
  error instanceof Died || error instanceof StoreUnavailable || error instanceof TooMuchContention;

/** One round of a process that follows the log; false when there was nothing to do. */
export type Round = (process: Process, world: World, dice: Dice) => Promise<boolean>;

/** Does rounds in ever new processes until all is done. A bug ends it. */
export const follow = async (
  world: World,
  {
    start,
    dice,
    round,
    isDone,
  }: { start: () => Process['step']; dice: Dice; round: Round; isDone: () => Promise<boolean> },
): Promise<void> => {
  let child = startProcess(world, start());
  for (;;) {
    try {
      const hadWork = await round(child, world, dice);
      if (!hadWork && (await isDone())) return;
    } catch (error) {
      if (!isOutage(error)) throw error;
      if (error instanceof Died) child = startProcess(world, start());
    }
  }
};

/** As `run-processes.ts` does it: jobs and checkpoint in one statement, fenced by where the checkpoint stood. */
export const reactOnce: Round = async ({ step, store }, { follower, queue }, dice) => {
  const { prefixes, handles, react } = issueInvoice;
  const from = await step(() => follower.position);
  const batch = await store.readAll({ after: from, limit: 1 + dice.below(5), prefixes });
  const recorded = await codec.decode(batch.events.filter(({ type }) => handles.has(type)));
  const jobs = recorded.flatMap((event) => react(event) ?? []);
  await step(() => {
    if (follower.position !== from) return;
    queue.add(jobs);
    follower.position = batch.position;
  });
  return batch.position > from;
};

const projectOnce = async (
  { step, store }: Process,
  [projection, table]: readonly [Projection, Table],
  dice: Dice,
): Promise<boolean> => {
  const from = await step(() => table.position());
  const { prefixes } = projection;
  const { events, position } = await store.readAll({ after: from, limit: 1 + dice.below(5), prefixes });
  const recorded = await openEvents(projection, codec, events);
  const keys = new Set(recorded.map((event) => keyOf(projection, event)));
  const entries = await step(() => table.load([...keys]));
  foldEvents(projection, entries, { events: recorded });
  await step(() => table.commit(from, position, changesOf(projection, entries)));
  return position > from;
};

/** As `projector.ts` does it: load, fold, and write rows and checkpoint in one statement. */
export const projectAll: Round = async (process, { tables }, dice) => {
  let hadWork = false;
  for (const one of tables) hadWork = (await projectOnce(process, one, dice)) || hadWork;
  return hadWork;
};

const settings = { seller: { name: 'Waybill Shop', address: null, tax_id: null }, timeZone: 'UTC' };
/** The year may turn between any two steps. */
const MOMENTS = ['2026-12-31T23:59:59.999Z', '2027-01-01T00:00:00.000Z'];

/** Takes a job and runs it. Who dies in it leaves it to others, who may also take it from a living one. */
export const workOnce: Round = async ({ step, ...process }, { queue }, dice) => {
  if (dice.chance(0.1)) queue.releaseAny(dice);
  let job: QueuedJob | undefined;
  try {
    await step(() => void (job = queue.take(dice)));
    if (job === undefined) return false;
    const { id, request } = job;
    const task = issueInvoice.bind({ ...process, settings, now: () => dice.pick(MOMENTS) });
    await task.run(request.payload, { jobId: String(id), attempt: 1 });
    await step(() => {
      queue.finish(id);
    });
    return true;
  } finally {
    if (job !== undefined) queue.release(job.id);
  }
};
