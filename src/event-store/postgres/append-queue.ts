import { StoreUnavailable } from '../port.ts';

export type QueuedAppend = { readonly stream: string; readonly bytes: number };

export type AppendQueueOptions<A extends QueuedAppend, R> = {
  /** Writes appends to different streams in one go. Each has an outcome of its own, in the order of the appends. */
  readonly write: (batch: readonly A[]) => Promise<readonly (R | Error)[]>;
  /** How long an append may take from call to answer, milliseconds. */
  readonly timeoutMs: number;
  /** Most appends in one batch. Default 128. */
  readonly maxAppends?: number;
  /** A batch is closed when it has reached this size. Default 1 MB. */
  readonly maxBytes?: number;
};

type Waiting<A, R> = {
  readonly append: A;
  /** Its caller has its answer, by timeout perhaps. */
  readonly isSettled: () => boolean;
  readonly settle: (outcome: R | Error) => void;
};

/**
 * Gathers appends that arrive together into batches, one batch in progress at a time; a lone append does not wait. A
 * batch holds a stream once, so appends to one stream are written in the order in which they came.
 */
export const createAppendQueue = <A extends QueuedAppend, R>(options: AppendQueueOptions<A, R>) => {
  const { write, timeoutMs, maxAppends = 128, maxBytes = 1_000_000 } = options;
  let queue: Waiting<A, R>[] = [];
  let running: Promise<void> | undefined;

  const takeBatch = (): readonly Waiting<A, R>[] => {
    const batch: Waiting<A, R>[] = [];
    const left: Waiting<A, R>[] = [];
    const streams = new Set<string>();
    let bytes = 0;
    for (const waiting of queue) {
      if (waiting.isSettled()) continue;
      const { append } = waiting;
      if (batch.length >= maxAppends || bytes >= maxBytes || streams.has(append.stream)) {
        left.push(waiting);
        continue;
      }
      batch.push(waiting);
      streams.add(append.stream);
      bytes += append.bytes;
    }
    queue = left;
    return batch;
  };

  const writeBatch = async (batch: readonly Waiting<A, R>[]): Promise<void> => {
    try {
      const outcomes = await write(batch.map(({ append }) => append));
      batch.forEach(({ settle }, index) => settle(outcomes[index] ?? new Error('an append was not answered')));
    } catch (error) {
      batch.forEach(({ settle }) => settle(error instanceof Error ? error : new Error(String(error))));
    }
  };

  const run = async (): Promise<void> => {
    // Appends that arrive in this turn are sent along.
    await Promise.resolve();
    while (queue.length > 0) {
      const batch = takeBatch();
      if (batch.length > 0) await writeBatch(batch);
    }
    running = undefined;
  };

  return {
    append: (append: A): Promise<R> =>
      new Promise((resolve, reject) => {
        let settled = false;
        const settle = (outcome: R | Error): void => {
          if (settled) return;
          settled = true;
          clearTimeout(timer);
          if (outcome instanceof Error) reject(outcome);
          else resolve(outcome);
        };
        const timer = setTimeout(() => settle(new StoreUnavailable(`no answer within ${timeoutMs} ms`)), timeoutMs);
        queue.push({ append, isSettled: () => settled, settle });
        running ??= run();
      }),
    /** Resolves when nothing is in progress any more. */
    drained: async (): Promise<void> => {
      while (running !== undefined) await running;
    },
  };
};
