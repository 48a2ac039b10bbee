import { createBackoff, sleep } from '../platform/backoff.ts';
import type { Signal } from './signal.ts';
import { StoreUnavailable, type Batch, type Position, type SubscribeOptions } from './port.ts';

export type FollowOptions = SubscribeOptions & {
  /** The next page after a position; at most `limit` events, fewer (even none) when few match. */
  readonly readPage: (after: Position, limit: number) => Promise<Batch>;
  readonly bell: Signal;
  /** Looks for news this often even when the bell is silent. Milliseconds, default never. */
  readonly pollMs?: number;
  /**
   * Rests so long after handling news before it looks for more, and longer when the handling took long: a busy log is
   * read in batches that grow with the load. Rests end together, so that subscribers can share what they read.
   * Milliseconds, default 0: never.
   */
  readonly restMs?: number;
};

const DEFAULT_BATCH_SIZE = 500;
/** Small batches are cut from pages of this size, so that asking for one event at a time costs no query each. */
const SMALLEST_PAGE = 64;
const LONGEST_REST_MS = 50;
/** How much longer it rests than it works, while the longest rest allows. */
const REST_TO_WORK = 3;

type Outcome = { readonly page: Batch } | { readonly error: unknown } | 'aborted';

/** Settles with the page, or at once when the signal is aborted; the page's own outcome is then of no interest. */
const unlessAborted = (signal: AbortSignal, read: Promise<Batch>): Promise<Outcome> =>
  new Promise((resolve) => {
    const abort = (): void => resolve('aborted');
    const settle = (outcome: Outcome): void => {
      signal.removeEventListener('abort', abort);
      resolve(outcome);
    };
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    read.then(
      (page) => settle({ page }),
      (error: unknown) => settle({ error }),
    );
  });

/** Cuts a page into batches; only the last one stands where the page stands. */
function* cut({ events, position, caughtUp }: Batch, size: number): Generator<Batch> {
  let start = 0;
  for (; start + size < events.length; start += size) {
    const part = events.slice(start, start + size);
    yield { events: part, position: part.at(-1)?.position ?? position, caughtUp: false };
  }
  yield { events: start === 0 ? events : events.slice(start), position, caughtUp };
}

/**
 * A subscription made of pages: reads on while there is more, then waits for the bell. A store that cannot be reached is
 * asked again, after growing pauses, from the last position.
 */
export async function* follow(options: FollowOptions): AsyncGenerator<Batch, void, undefined> {
  const { signal, batchSize = DEFAULT_BATCH_SIZE, readPage, bell, pollMs, restMs = 0 } = options;
  const backoff = createBackoff();
  let { after } = options;
  let saidCaughtUp = false;
  const isOver = (): boolean => signal.aborted;

  while (!isOver()) {
    const heard = bell.count();
    const lookedAt = performance.now();
    const outcome = await unlessAborted(signal, readPage(after, Math.max(batchSize, SMALLEST_PAGE)));
    if (outcome === 'aborted') return;
    if ('error' in outcome) {
      if (!(outcome.error instanceof StoreUnavailable)) throw outcome.error;
      await sleep(backoff.nextDelayMs(), signal);
      continue;
    }

    backoff.reset();
    const { page } = outcome;
    const hasNews = page.position > after || (page.caughtUp && !saidCaughtUp);
    saidCaughtUp = page.caughtUp;
    after = page.position;
    if (hasNews) {
      for (const batch of cut(page, batchSize)) {
        yield batch;
        if (isOver()) return;
      }
    }
    if (!page.caughtUp) continue;
    const handledAt = performance.now();
    await bell.waitBeyond(heard, { signal, ...(pollMs === undefined ? {} : { timeoutMs: pollMs }) });
    if (restMs > 0) await rest({ handledAt, restMs, tookMs: handledAt - lookedAt, signal });
  }
}

type Rest = {
  readonly handledAt: number;
  readonly tookMs: number;
  readonly restMs: number;
  readonly signal: AbortSignal;
};

const rest = async ({ handledAt, tookMs, restMs, signal }: Rest): Promise<void> => {
  const earliest = handledAt + Math.min(Math.max(restMs, REST_TO_WORK * tookMs), LONGEST_REST_MS);
  const left = Math.ceil(earliest / restMs) * restMs - performance.now();
  if (left > 0) await sleep(left, signal);
};
