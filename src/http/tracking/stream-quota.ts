import type { Caller } from '../server/caller.ts';
import { problem } from '../server/problem.ts';

/** How many may follow orders live in this process. */
export type StreamQuota = {
  /** Throws a 503 when all are taken, a 429 when this caller has taken half of them. */
  readonly check: (caller: Caller) => void;
  /** Takes one; answers how to give it back. */
  readonly take: (caller: Caller) => () => void;
  readonly taken: () => number;
};

const AGAIN = { headers: { 'Retry-After': '10' } };

export const createStreamQuota = (most: number): StreamQuota => {
  const byCaller = new Map<string, number>();
  let all = 0;
  const nameOf = ({ role, id }: Caller): string => JSON.stringify([role, id]);
  const add = (name: string, by: 1 | -1): void => {
    all += by;
    const count = (byCaller.get(name) ?? 0) + by;
    if (count === 0) byCaller.delete(name);
    else byCaller.set(name, count);
  };
  return {
    check: (caller) => {
      if (all >= most)
        throw problem('server.overloaded', 'Too many live tracking streams are open. Try again shortly.', AGAIN);
      if ((byCaller.get(nameOf(caller)) ?? 0) >= Math.ceil(most / 2))
        throw problem('rate.limited', 'You have too many live tracking streams open. Close some of them.', AGAIN);
    },
    take: (caller) => {
      const name = nameOf(caller);
      add(name, 1);
      return () => add(name, -1);
    },
    taken: () => all,
  };
};
