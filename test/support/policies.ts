import type { Codec } from '../../src/event-store/codec.ts';
import type { EventStore, Position } from '../../src/event-store/port.ts';
import type { PaymentGateway } from '../../src/gateways/payment/port.ts';
import { createCallGatewayOnce } from '../../src/gateways/payment/call-gateway-once.ts';
import { moneyTasks } from '../../src/processes/payments/money-tasks.ts';
import { ManualInterventionRequired } from '../../src/jobs/manual-intervention-required.ts';
import type { Task } from '../../src/jobs/task.ts';
import { openGatewayAttempts } from '../../src/gateways/payment/gateway-attempts.ts';
import type { JobRequest } from '../../src/jobs/queue.ts';
import { reactors } from '../../src/processes/registry.ts';
import type { Core } from './core.ts';

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

const tasksOf = (core: Core, gateway: PaymentGateway, more: readonly Task[]): ReadonlyMap<string, Task> => {
  const askGateway = createCallGatewayOnce(gateway, openGatewayAttempts(core.db));
  const tasks = moneyTasks({
    ...core,
    tokens: core.paymentTokens,
    askGateway,
    now: () => NOW,
    dropJob: () => Promise.resolve(),
  });
  return new Map([...tasks, ...more].map((one) => [one.name, one]));
};

const MAX_TRIES = 5;

/**
 * Reactors and jobs without queue or clock: what the log asks for is done, one job after the other, until nothing is
 * left. What survives a crash, as in the real ones, is the checkpoint and the jobs that are not done. Jobs of tasks it
 * does not know are dropped.
 */
export const policyRunner = (store: Pick<EventStore, 'readAll'>, codec: Codec) => {
  let position: Position = 0n;
  let waiting: (JobRequest & { readonly tries: number })[] = [];
  const parked: { readonly task: string; readonly reason: string }[] = [];

  const react = async (): Promise<boolean> => {
    const batch = await store.readAll({ after: position, limit: 1_000, prefixes: [''] });
    const events = await codec.decode(batch.events);
    const jobs = events.flatMap((event) =>
      reactors.flatMap((one) => (one.handles.has(event.fact.type) ? (one.react(event) ?? []) : [])),
    );
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
    run: async (core: Core, gateway: PaymentGateway, more: readonly Task[] = []): Promise<void> => {
      const tasks = tasksOf(core, gateway, more);
      while (await react()) await work(tasks);
    },
    /** Everything is delivered again from the first event, as after a restored checkpoint. */
    redeliver: (): void => {
      position = 0n;
    },
    parked: (): readonly { readonly task: string; readonly reason: string }[] => parked,
  };
};
