import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { LRUCache } from 'lru-cache';
import type { Authenticate } from '../auth/authenticate.ts';
import type { Trace } from '../../../platform/trace.ts';
import type { Caller } from '../caller.ts';
import { Problem } from '../problem.ts';
import { WINDOW_SECONDS } from '../../../platform/rate-limiter.ts';
import { tooMany } from './rate-limits.ts';

const KEY_ID = /^wb_[0-9a-f]{16}_/;
const REMEMBERED = 10_000;

/** What is tried: an API key by its id, whose secret is being guessed, and any other credential as a whole. */
const credentialOf = ({ authorization, 'x-api-key': key }: IncomingHttpHeaders): string | undefined => {
  const credential = authorization ?? (typeof key === 'string' ? (KEY_ID.exec(key)?.[0] ?? key) : undefined);
  return credential === undefined ? undefined : createHash('sha256').update(credential).digest('base64url');
};

/**
 * A caller who fails too often with one key or token waits. Never a whole address: behind one there may be a whole company. A
 * key that is guessed at is closed to its owner too for that minute; its id is known to them alone. Failures are counted in
 * this process only, up to so many credentials: a shared count would let strangers write a row with each token they make up.
 */
export const slowFailures = (authenticate: Authenticate, limit: number): Authenticate => {
  const failures = new LRUCache<string, { readonly count: number }>({ max: REMEMBERED, ttl: WINDOW_SECONDS * 1_000 });

  const tooManyFailures = (credential: string): Problem => {
    const resetSeconds = Math.max(1, Math.ceil(failures.getRemainingTTL(credential) / 1_000));
    return tooMany('failed attempts', { limit, remaining: 0, resetSeconds, isOver: true });
  };

  /** A window begins with the first failure. */
  const count = (credential: string): number => {
    const before = failures.get(credential)?.count ?? 0;
    failures.set(credential, { count: before + 1 }, { noUpdateTTL: true });
    return before + 1;
  };

  const checked = async (headers: IncomingHttpHeaders, credential: string, trace?: Trace): Promise<Caller> => {
    try {
      return await authenticate(headers, trace);
    } catch (error) {
      if (!(error instanceof Problem) || error.parts.status !== 401) throw error;
      throw count(credential) > limit ? tooManyFailures(credential) : error;
    }
  };

  return (headers, trace) => {
    const credential = credentialOf(headers);
    if (credential === undefined) return authenticate(headers, trace);
    if ((failures.get(credential)?.count ?? 0) >= limit) throw tooManyFailures(credential);
    return checked(headers, credential, trace);
  };
};
