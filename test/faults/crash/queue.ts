import type { Job } from '../../../src/jobs/queue.ts';
import type { Dice } from '../../support/random.ts';

export type QueuedJob = { readonly id: number; readonly request: Job };

/** The job queue as far as processes and workers may rely on it: at least once, one waiting job for a key. */
export type Queue = {
  readonly add: (jobs: readonly Job[]) => void;
  /** Takes any job that no worker holds. */
  readonly take: (dice: Dice) => QueuedJob | undefined;
  readonly finish: (id: number) => void;
  /** The holder failed or died, or is thought to be dead. */
  readonly release: (id: number) => void;
  /** A living holder is thought to be dead. */
  readonly releaseAny: (dice: Dice) => void;
  readonly isEmpty: () => boolean;
};

export const createQueue = (): Queue => {
  const jobs = new Map<number, QueuedJob>();
  const held = new Set<number>();
  let last = 0;
  return {
    add: (requests) => {
      for (const request of requests) {
        const known = [...jobs.values()].find(({ id, request: { key } }) => key === request.key && !held.has(id));
        const id = known?.id ?? ++last;
        jobs.set(id, { id, request });
      }
    },
    take: (dice) => {
      const free = [...jobs.values()].filter(({ id }) => !held.has(id));
      if (free.length === 0) return undefined;
      const job = dice.pick(free);
      held.add(job.id);
      return job;
    },
    finish: (id) => {
      held.delete(id);
      jobs.delete(id);
    },
    release: (id) => void held.delete(id),
    releaseAny: (dice) => {
      if (held.size > 0) held.delete(dice.pick([...held]));
    },
    isEmpty: () => jobs.size === 0,
  };
};
