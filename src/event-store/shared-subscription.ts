import type { Batch, EventStore, Position } from './port.ts';

export type SharedSubscriptionOptions = {
  readonly subscribe: EventStore['subscribe'];
  /** Stream prefixes of all followers together. */
  readonly prefixes: readonly string[];
  readonly batchSize: number;
  /** The others go on without a follower that needs longer for a batch. Milliseconds, default 1000. */
  readonly slowMs?: number;
};

/** A follower's own place in the log. */
export type FollowOptions = { readonly after: Position; readonly signal: AbortSignal };

type Follower = { at: Position; isReady: boolean; wake: () => void };

const none = (): void => undefined;

/** The part of a batch that a follower has not handled yet. */
const after = (batch: Batch, at: Position): Batch => ({
  ...batch,
  events: batch.events.filter(({ position }) => position > at),
});

/** Followers of one subscription: the next batch is read when all have handled the last one. */
const openGroup = (
  { subscribe, prefixes, batchSize, slowMs = 1_000 }: SharedSubscriptionOptions,
  { first, onOver }: { readonly first: Position; readonly onOver: () => void },
) => {
  const ending = new AbortController();
  const followers = new Set<Follower>();
  const over: { failure?: Error; is: boolean } = { is: false };
  let from = first;
  let batch: Batch | undefined;
  let onReady = none;

  const wakeAll = (): void => followers.forEach(({ wake }) => wake());
  const isHandled = (): boolean => [...followers].every(({ isReady }) => isReady);
  const leaveSlowOnes = (): void => {
    if (![...followers].some(({ isReady }) => isReady)) return;
    for (const follower of followers) if (!follower.isReady) followers.delete(follower);
  };

  const handled = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setInterval(() => {
        leaveSlowOnes();
        onReady();
      }, slowMs);
      onReady = () => {
        if (!isHandled()) return;
        clearInterval(timer);
        onReady = none;
        resolve();
      };
      onReady();
    });

  const end = (): void => {
    over.is = true;
    ending.abort();
    onOver();
    wakeAll();
  };

  const run = async (): Promise<void> => {
    try {
      for await (const read of subscribe({ after: first, prefixes, batchSize, signal: ending.signal })) {
        batch = read;
        for (const follower of followers) if (follower.at < read.position) follower.isReady = false;
        wakeAll();
        await handled();
        from = read.position;
      }
    } catch (error) {
      over.failure = error instanceof Error ? error : new Error(String(error));
    } finally {
      end();
    }
  };

  const next = async (follower: Follower, signal: AbortSignal): Promise<Batch | undefined> => {
    for (;;) {
      if (signal.aborted || !followers.has(follower)) return undefined;
      if (over.failure !== undefined) throw over.failure;
      if (over.is) return undefined;
      if (batch !== undefined && batch.position > follower.at) return after(batch, follower.at);
      follower.isReady = true;
      const woken = new Promise<void>((resolve) => (follower.wake = resolve));
      onReady();
      await woken;
    }
  };

  queueMicrotask(() => void run()); // when its first follower has joined
  return {
    /** Whether the group still has all that comes after this position. */
    canJoin: (at: Position): boolean => at >= from,
    /** Every batch from a position on, until the group leaves this follower behind or is over. */
    follow: async function* (at: Position, signal: AbortSignal): AsyncGenerator<Batch, void, undefined> {
      const follower: Follower = { at, isReady: false, wake: none };
      const wake = (): void => follower.wake();
      signal.addEventListener('abort', wake);
      followers.add(follower);
      try {
        for (let found = await next(follower, signal); found !== undefined; found = await next(follower, signal)) {
          yield found;
          follower.at = found.position;
        }
      } finally {
        signal.removeEventListener('abort', wake);
        followers.delete(follower);
        if (followers.size === 0) end();
        onReady();
      }
    },
  };
};

/**
 * One subscription for several followers, each with its own place in the log: the log is read and opened once for all.
 * They get the same batch and move on together. A follower that is behind, or slow, reads by itself until it has caught up
 * with the others.
 * @throws what the subscription throws, to every follower
 */
export const shareSubscription = (options: SharedSubscriptionOptions) => {
  const { subscribe, prefixes, batchSize } = options;
  let group: ReturnType<typeof openGroup> | undefined;

  const groupAt = (at: Position): typeof group => {
    if (group === undefined) {
      const opened = openGroup(options, {
        first: at,
        onOver: () => {
          if (group === opened) group = undefined;
        },
      });
      group = opened;
    }
    return group.canJoin(at) ? group : undefined;
  };

  return async function* ({ after, signal }: FollowOptions): AsyncGenerator<Batch, void, undefined> {
    let at = after;
    const isOver = (): boolean => signal.aborted;
    while (!isOver()) {
      const joined = groupAt(at);
      const batches = joined?.follow(at, signal) ?? subscribe({ after: at, prefixes, batchSize, signal });
      for await (const batch of batches) {
        yield batch;
        at = batch.position;
        if (joined === undefined && (group === undefined || group.canJoin(at))) break;
      }
    }
  };
};
