import type { IncomingHttpHeaders } from 'node:http';
import { LRUCache } from 'lru-cache';
import type { Authenticate } from '../auth/authenticate.ts';
import type { Trace } from '../../../platform/trace.ts';
import type { Caller } from '../caller.ts';
import { Problem } from '../problem.ts';
import { type Limiter, type Spent, WINDOW_SECONDS } from '../../../platform/rate-limiter.ts';
import { tooMany } from './rate-limits.ts';

const KEY_ID = /^wb_[0-9a-f]{16}_/;
const REMEMBERED = 10_000;

/** What is tried: an API key by its id, whose secret is being guessed, and any other credential as a whole. */
const credentialOf = ({ authorization, 'x-api-key': key }: IncomingHttpHeaders): string | undefined =>
  authorization ?? (typeof key === 'string' ? (KEY_ID.exec(key)?.[0] ?? key) : undefined);

/**
 * A caller who fails too often with one key or token waits. Never a whole address: behind one there may be a whole company. A
 * key that is guessed at is closed to its owner too for that minute; its id is known to them alone.
 */
export const slowFailures = (authenticate: Authenticate, limiter: Limiter): Authenticate => {
  const blocked = new LRUCache<string, Spent>({ max: REMEMBERED, ttl: WINDOW_SECONDS * 1_000 });

  const checked = async (headers: IncomingHttpHeaders, credential: string, trace?: Trace): Promise<Caller> => {
    try {
      return await authenticate(headers, trace);
    } catch (error) {
      if (!(error instanceof Problem) || error.parts.status !== 401) throw error;
      const spent = await limiter(credential);
      if (spent.remaining === 0) blocked.set(credential, spent, { ttl: spent.resetSeconds * 1_000 });
      throw spent.isOver ? tooMany('failed attempts', spent) : error;
    }
  };

  return (headers, trace) => {
    const credential = credentialOf(headers);
    if (credential === undefined) return authenticate(headers, trace);
    const spent = blocked.get(credential);
    if (spent === undefined) return checked(headers, credential, trace);
    const left = Math.max(1, Math.ceil(blocked.getRemainingTTL(credential) / 1_000));
    throw tooMany('failed attempts', { ...spent, resetSeconds: left });
  };
};
