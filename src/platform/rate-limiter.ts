import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';

export const WINDOW_SECONDS = 60;

export type Spent = {
  readonly limit: number;
  readonly remaining: number;
  /** Until the window ends. */
  readonly resetSeconds: number;
  readonly isOver: boolean;
};

/** Counts one more for this name. */
export type Limiter = (name: string) => Promise<Spent>;

export type LimiterOptions = {
  /** Keeps one limit's counts apart from another's. */
  readonly kind: string;
  /** A minute. */
  readonly limit: number;
  /** Where processes share their counts. Undefined: each process counts for itself. */
  readonly db: Knex | undefined;
};

const build = ({ kind, limit, db }: LimiterOptions): RateLimiterMemory | RateLimiterPostgres => {
  const options = { keyPrefix: kind, points: limit, duration: WINDOW_SECONDS };
  const memory = new RateLimiterMemory(options);
  if (db === undefined) return memory;
  return new RateLimiterPostgres({
    ...options,
    storeClient: db,
    storeType: 'knex',
    tableName: 'rate_limits',
    tableCreated: true,
    // A caller over the limit is answered from memory; while the database is down, each process counts for itself.
    inMemoryBlockOnConsumed: limit + 1,
    insuranceLimiter: memory,
  });
};

/** A fixed window of a minute. */
export const createLimiter = (options: LimiterOptions): Limiter => {
  const limiter = build(options);
  const spentOf = ({ remainingPoints, msBeforeNext }: RateLimiterRes, isOver: boolean): Spent => ({
    limit: options.limit,
    remaining: remainingPoints,
    resetSeconds: Math.max(1, Math.ceil(msBeforeNext / 1_000)),
    isOver,
  });
  return async (name) => {
    try {
      return spentOf(await limiter.consume(createHash('sha256').update(name).digest('base64url')), false);
    } catch (error) {
      if (error instanceof RateLimiterRes) return spentOf(error, true); // the limiter throws its count
      throw error;
    }
  };
};
