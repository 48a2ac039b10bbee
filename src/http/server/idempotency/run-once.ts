import { setTimeout as pause } from 'node:timers/promises';
import { problem } from '../problem.ts';
import { etag } from '../conventions.ts';
import type { Reply } from '../route.ts';
import { keyReused, type ToProblem } from '../to-problem.ts';
import type { Claim, KeptAnswer, KeyedRequest, KeyStore } from '../../../platform/idempotency-keys.ts';

export type RunOnce = {
  readonly keys: KeyStore;
  /** How long a second request waits for the first, in milliseconds. Default 5000. */
  readonly waitMs?: number;
  readonly toProblem: ToProblem;
  /** Called when an answer could not be stored. The answer is sent anyway, because its effect is stored. */
  readonly onUnkept: (error: unknown) => void;
};

const DEFAULT_WAIT_MS = 5_000;
const FIRST_PAUSE = 10;
const LONGEST_PAUSE = 200;
/** A request that takes longer says so this often, in milliseconds. */
const RENEW_EVERY = 1_000;

const inFlight = (ms: number) =>
  problem(
    'idempotency.in_flight',
    'The first request with this Idempotency-Key is still running. Repeat the request shortly.',
    {
      headers: { 'Retry-After': String(Math.max(1, Math.ceil(ms / 1000))) },
    },
  );

const positionHeaders = ({ position, headers }: Reply): Record<string, string> => ({
  ...headers,
  ...(position !== undefined && { 'X-Event-Position': String(position) }),
});

const REPLAYED = { 'Idempotency-Replayed': 'true' } as const;

/** What a repeated request gets: the kept status and headers, with the body made again. */
const repeated = (body: Reply, { status, headers, place }: KeptAnswer): Reply => ({
  ...body,
  status,
  headers: { ...headers, ...(place && { ETag: etag(place.revision) }), ...REPLAYED },
  at: place,
});

/** Runs a request that carries a key: once, however often and from how many connections it comes. */
export const createRunOnce = ({ keys, waitMs = DEFAULT_WAIT_MS, toProblem, onUnkept }: RunOnce) => {
  const runClaimed = async (claim: Claim, run: () => Promise<Reply>): Promise<Reply> => {
    // Should this fail, the claim runs out early, and the store tells apart who overlaps.
    const renewing = setInterval(() => void keys.renew(claim).catch(() => undefined), RENEW_EVERY);
    let reply: Reply;
    try {
      reply = await run(); // what it throws before it awaits anything is caught here as well
    } catch (error) {
      const isRejected = toProblem(error).parts.status < 500;
      await (isRejected ? keys.free(claim) : keys.handBack(claim)).catch(onUnkept);
      throw error;
    } finally {
      clearInterval(renewing);
    }
    const { status, at: place, keepsBody } = reply;
    const kept = { status, headers: positionHeaders(reply), place, ...(keepsBody === true && { body: reply.body }) };
    await keys.finish(claim, kept).catch(onUnkept);
    return reply.isRepeated === true ? { ...reply, headers: { ...reply.headers, ...REPLAYED } } : reply;
  };

  return async (
    request: KeyedRequest,
    run: () => Promise<Reply>,
    replay: (answer: KeptAnswer) => Promise<Reply>,
  ): Promise<Reply> => {
    const deadline = Date.now() + waitMs;
    for (let wait = FIRST_PAUSE; ; wait = Math.min(wait * 2, LONGEST_PAUSE)) {
      const found = await keys.claim(request);
      switch (found.is) {
        case 'claimed':
          return runClaimed(found.claim, run);
        case 'answered':
          return repeated(await replay(found.answer), found.answer);
        case 'other_request':
          throw keyReused();
        case 'in_flight':
          if (Date.now() >= deadline) throw inFlight(found.ms);
          await pause(wait);
      }
    }
  };
};
