import type { Limiter } from '../../../platform/rate-limiter.ts';
import { tooMany } from './rate-limits.ts';

/** Counts a position that a courier reports for an order. Throws a 429 when there were too many this minute. */
export type SpendPosition = (courier: string, order: string) => Promise<void>;

/** `limiter` counts each courier and order; undefined: no limit. */
export const createSpendPosition = (limiter: Limiter | undefined): SpendPosition => {
  if (limiter === undefined) return () => Promise.resolve();
  return async (courier, order) => {
    const spent = await limiter(JSON.stringify([courier, order]));
    if (spent.isOver) throw tooMany('positions of one order', spent);
  };
};
