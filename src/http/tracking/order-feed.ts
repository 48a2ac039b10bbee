import type { Codec } from '../../event-store/codec.ts';
import type { EventStore } from '../../event-store/port.ts';
import type { Recorded } from '../../event-store/recorded.ts';

export type OrderWatcher = {
  readonly take: (event: Recorded) => void;
  /** Nothing more will come: begin again. */
  readonly onLost: () => void;
};

export type OrderFeed = {
  /**
   * Receives every event of this stream from now on. Once `heard` is settled, every event that is not yet in the stream
   * will come; some that are in it may come as well.
   */
  readonly watch: (
    stream: string,
    watcher: OrderWatcher,
  ) => { readonly heard: Promise<void>; readonly stop: () => void };
};

export type OrderFeedDeps = {
  readonly store: Pick<EventStore, 'head' | 'subscribe'>;
  readonly codec: Codec;
  readonly onFailure: (error: unknown) => void;
};

type Run = { readonly heard: Promise<void>; readonly stop: () => void };

/** One subscription to the event store for all watchers in this process, open while there are any. */
export const createOrderFeed = ({ store, codec, onFailure }: OrderFeedDeps): OrderFeed => {
  const watchers = new Map<string, Set<OrderWatcher>>();
  let running: Run | undefined;

  const hear = async (after: bigint, signal: AbortSignal): Promise<void> => {
    for await (const { events } of store.subscribe({ after, prefixes: ['order-'], signal })) {
      const wanted = events.filter(({ stream }) => watchers.has(stream));
      if (wanted.length === 0) continue;
      for (const event of await codec.decode(wanted, { personal: false }))
        for (const { take } of [...(watchers.get(event.stream) ?? [])]) take(event);
    }
  };

  const start = (): Run => {
    const stopping = new AbortController();
    const { signal } = stopping;
    const fail = (error: unknown): void => {
      if (signal.aborted) return;
      running = undefined;
      stopping.abort();
      onFailure(error);
      for (const { onLost } of [...watchers.values()].flatMap((set) => [...set])) onLost();
    };
    const head = store.head();
    head.then((position) => hear(position, signal)).catch(fail);
    return { heard: head.then(() => undefined), stop: () => stopping.abort() };
  };

  return {
    watch: (stream, watcher) => {
      const own = watchers.get(stream) ?? new Set();
      watchers.set(stream, own.add(watcher));
      running ??= start();
      return {
        heard: running.heard,
        stop: () => {
          own.delete(watcher);
          if (own.size === 0 && watchers.get(stream) === own) watchers.delete(stream);
          if (watchers.size > 0) return;
          running?.stop();
          running = undefined;
        },
      };
    },
  };
};
