import type { Codec } from '../../src/event-store/codec.ts';
import type { EventStore, Position } from '../../src/event-store/port.ts';
import type { PaymentGateway } from '../../src/gateways/payment/port.ts';
import { ManualInterventionRequired } from '../../src/jobs/manual-intervention-required.ts';
import type { Job } from '../../src/jobs/queue.ts';
import { bindTasks, type Task } from '../../src/jobs/task.ts';
import { charging } from '../../src/processes/charging.ts';
import { processesAmong } from '../../src/processes/engine/process.ts';
import { refunding } from '../../src/processes/refunding.ts';
import { declarations, type WorkerDeps } from '../../src/processes/registry.ts';
import { returns } from '../../src/processes/returns.ts';
import type { Core } from './core.ts';
import { askingOnce, workerDepsOf } from './worker-deps.ts';

/** The process has died: nothing after this line has happened. */
export class Crash extends Error {}

export const NOW = '2026-03-01T12:00:05.000Z';

/** Dies at the n-th append: before it is written, or after it is written and before anyone knows. */
export const dyingAt = (store: EventStore, n: number, moment: 'before' | 'after'): EventStore => {
  let count = 0;
  return {
    ...store,
    append: async (...args) => {
      count += 1;
      if (count === n && moment === 'before') throw new Crash();
      const appended = await store.append(...args);
      if (count === n) throw new Crash();
      return appended;
    },
  };
};

/** Dies at the n-th call of the gateway: before it is asked, or after it has done what it was asked. */
export const dyingGateway = (gateway: PaymentGateway, n: number, moment: 'before' | 'after'): PaymentGateway => {
  let count = 0;
  const through = async <T>(call: () => Promise<T>): Promise<T> => {
    count += 1;
    if (count === n && moment === 'before') throw new Crash();
    const outcome = await call();
    if (count === n) throw new Crash();
    return outcome;
  };
  return {
    supportsIdempotency: gateway.supportsIdempotency,
    charge: (request) => through(() => gateway.charge(request)),
    refund: (request) => through(() => gateway.refund(request)),
  };
};

/** Of payments, refunds and returns. */
const MONEY: readonly string[] = [...charging, ...refunding, ...returns].map(({ name }) => name);

export type RunOptions = {
  /** Tasks that are done besides those of payments, refunds and returns. */
  readonly also?: readonly (typeof declarations)[number]['name'][];
  readonly deps?: Partial<WorkerDeps>;
};

const tasksOf = (core: Core, gateway: PaymentGateway, { also = [], deps }: RunOptions): ReadonlyMap<string, Task> => {
  const wanted = new Set([...MONEY, ...also]);
  const given = workerDepsOf(core, {
    askGateway: askingOnce(core, gateway),
    now: () => NOW,
    dropJob: () => Promise.resolve(),
    ...deps,
  });
  const tasks = bindTasks(declarations, given).filter(({ name }) => wanted.has(name));
  return new Map(tasks.map((one) => [one.name, one]));
};

const MAX_TRIES = 5;

/**
 * Processes and jobs without queue or clock: what the log asks for is done, one job after the other, until nothing is
 * left. What survives a crash, as in the real ones, is the checkpoint and the jobs that are not done. Jobs of other tasks
 * are dropped.
 */
export const processRunner = (store: Pick<EventStore, 'readAll'>, codec: Codec) => {
  let position: Position = 0n;
  let waiting: (Job & { readonly tries: number })[] = [];
  const parked: { readonly task: string; readonly reason: string }[] = [];

  const react = async (core: Core): Promise<boolean> => {
    const processes = processesAmong(declarations, workerDepsOf(core));
    const batch = await store.readAll({ after: position, limit: 1_000, prefixes: [''] });
    const events = await codec.decode(batch.events);
    const jobs = events.flatMap((event) => processes.flatMap((one) => one.react(event) ?? []));
    for (const job of jobs) waiting = [...waiting.filter(({ key }) => key !== job.key), { ...job, tries: 0 }];
    position = batch.position;
    return jobs.length > 0 || waiting.length > 0;
  };

  const work = async (tasks: ReadonlyMap<string, Task>): Promise<void> => {
    for (let job = waiting[0]; job !== undefined; job = waiting[0]) {
      try {
        await tasks.get(job.task)?.run(job.payload, { jobId: '1', attempt: job.tries + 1 });
        waiting = waiting.slice(1);
      } catch (error) {
        if (error instanceof Crash) throw error;
        const isOver = error instanceof ManualInterventionRequired || job.tries >= MAX_TRIES;
        if (isOver) parked.push({ task: job.task, reason: error instanceof Error ? error.message : String(error) });
        waiting = isOver ? waiting.slice(1) : [...waiting.slice(1), { ...job, tries: job.tries + 1 }];
      }
    }
  };

  return {
    /** Until nothing is left to do, or the process dies. */
    run: async (core: Core, gateway: PaymentGateway, options: RunOptions = {}): Promise<void> => {
      const tasks = tasksOf(core, gateway, options);
      while (await react(core)) await work(tasks);
    },
    /** Everything is delivered again from the first event, as after a restored checkpoint. */
    redeliver: (): void => {
      position = 0n;
    },
    parked: (): readonly { readonly task: string; readonly reason: string }[] => parked,
  };
};
