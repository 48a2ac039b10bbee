import { createBackoff, sleep } from '../platform/backoff.ts';
import { StoreUnavailable, type Batch, type Position, type SubscribeOptions } from './port.ts';
import { rest } from './rest.ts';
import type { Signal } from './signal.ts';

export type PollingOptions = SubscribeOptions & {
  /** The next page after a position; at most `limit` events, fewer (even none) when few match. */
  readonly readPage: (after: Position, limit: number) => Promise<Batch>;
  readonly appended: Signal;
  /** Reads this often even when the signal is not raised. Milliseconds, default never. */
  readonly pollMs?: number;
  /**
   * Pauses this long after events were handled before it reads more, and longer when the handling took long: a busy log
   * is read in batches that grow with the load. Pauses of all subscribers end together, so that they can share what they
   * read. Milliseconds, default 0: no pause.
   */
  readonly restMs?: number;
};

const DEFAULT_BATCH_SIZE = 500;
/** Small batches are cut from pages of this size, so that a subscriber of one event at a time costs no query for each. */
const SMALLEST_PAGE = 64;

type Outcome = { readonly page: Batch } | { readonly error: unknown } | 'aborted';

/** Settles with the page, or at once when the signal is aborted; the outcome of the page is then ignored. */
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

/** Cuts a page into batches; only the last one has the position of the page. */
function* cut({ events, position, caughtUp }: Batch, size: number): Generator<Batch> {
  let start = 0;
  for (; start + size < events.length; start += size) {
    const part = events.slice(start, start + size);
    yield { events: part, position: part.at(-1)?.position ?? position, caughtUp: false };
  }
  yield { events: start === 0 ? events : events.slice(start), position, caughtUp };
}

/**
 * A subscription made of pages: reads on while there is more, then waits for the signal. While there is more, the next page
 * is read before it is asked for. A store that cannot be reached is asked again from the last position, after growing pauses.
 */
export async function* pollingSubscription(options: PollingOptions): AsyncGenerator<Batch, void, undefined> {
  const { signal, batchSize = DEFAULT_BATCH_SIZE, readPage, appended, pollMs, restMs = 0 } = options;
  const backoff = createBackoff();
  let { after } = options;
  let wasCaughtUp = false;
  const isOver = (): boolean => signal.aborted;
  /** `before`: signals counted when the read began. An event that is signalled later may not be in its page. */
  const read = () => ({ before: appended.count(), reading: readPage(after, Math.max(batchSize, SMALLEST_PAGE)) });
  let ahead: ReturnType<typeof read> | undefined;

  while (!isOver()) {
    const { before, reading } = ahead ?? read();
    const readAt = performance.now();
    const outcome = await unlessAborted(signal, reading);
    ahead = undefined;
    if (outcome === 'aborted') return;
    if ('error' in outcome) {
      if (!(outcome.error instanceof StoreUnavailable)) throw outcome.error;
      await sleep(backoff.nextDelayMs(), signal);
      continue;
    }

    backoff.reset();
    const { page } = outcome;
    const hasMore = page.position > after || (page.caughtUp && !wasCaughtUp);
    wasCaughtUp = page.caughtUp;
    after = page.position;
    if (!page.caughtUp) {
      ahead = read();
      ahead.reading.catch(() => undefined); // it is awaited above, unless this ends before
    }
    if (hasMore) {
      for (const batch of cut(page, batchSize)) {
        yield batch;
        if (isOver()) return;
      }
    }
    if (!page.caughtUp) continue;
    const handledAt = performance.now();
    await appended.waitBeyond(before, { signal, ...(pollMs === undefined ? {} : { timeoutMs: pollMs }) });
    if (restMs > 0) await rest({ handledAt, restMs, tookMs: handledAt - readAt, signal });
  }
}
