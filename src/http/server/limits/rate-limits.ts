import type { Caller } from '../caller.ts';
import { problem, type Problem } from '../problem.ts';
import type { RateClass } from '../spec.ts';
import type { Limiter, Spent } from '../../../platform/rate-limiter.ts';

/** Requests a minute and caller, `auth`: failures a minute and credential. 0: no limit. */
export type RateLimits = Readonly<Record<RateClass | 'auth', number>>;

type Headers = Readonly<Record<string, string>>;

/** Counts a request of this caller. Answers the headers that say what is left; throws a 429 when nothing is. */
export type SpendRate = (kind: RateClass, caller: Caller) => Promise<Headers>;

const headersOf = ({ limit, remaining, resetSeconds }: Spent): Headers => ({
  'RateLimit-Limit': String(limit),
  'RateLimit-Remaining': String(remaining),
  'RateLimit-Reset': String(resetSeconds),
});

export const tooMany = (what: string, spent: Spent): Problem =>
  problem(
    'rate.limited',
    `More than ${spent.limit} ${what} in a minute. Wait ${spent.resetSeconds} s, then continue.`,
    {
      headers: { ...headersOf(spent), 'Retry-After': String(spent.resetSeconds) },
    },
  );

const WHAT = { read: 'reads', write: 'writes', export: 'exports' } as const;
const UNLIMITED: Headers = {};

export const createSpendRate = (
  limits: RateLimits,
  createLimiter: (kind: RateClass, limit: number) => Limiter,
): SpendRate => {
  const limiterOf = (kind: RateClass): Limiter | undefined =>
    limits[kind] === 0 ? undefined : createLimiter(kind, limits[kind]);
  const limiters = { read: limiterOf('read'), write: limiterOf('write'), export: limiterOf('export') };
  return async (kind, { role, id }) => {
    const spent = await limiters[kind]?.(`${role}/${id}`);
    if (spent === undefined) return UNLIMITED;
    if (spent.isOver) throw tooMany(WHAT[kind], spent);
    return headersOf(spent);
  };
};
