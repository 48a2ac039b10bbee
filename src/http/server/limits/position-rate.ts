import type { Knex } from 'knex';
import { createLimiter } from './limiter.ts';
import { tooMany } from './rate-limits.ts';

/** Counts a position that a courier reports for an order. Throws a 429 when there were too many this minute. */
export type SpendPosition = (courier: string, order: string) => Promise<void>;

/** `limit` a minute, courier and order; 0: none. */
export const createSpendPosition = (limit: number, db?: Knex): SpendPosition => {
  if (limit === 0) return () => Promise.resolve();
  const spend = createLimiter({ kind: 'position', limit, db });
  return async (courier, order) => {
    const spent = await spend(JSON.stringify([courier, order]));
    if (spent.isOver) throw tooMany('positions of one order', spent);
  };
};
