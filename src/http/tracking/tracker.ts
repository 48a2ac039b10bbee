import type { Readable } from 'node:stream';
import type { Logger } from 'pino';
import type { Codec } from '../../event-store/codec.ts';
import type { EventStore } from '../../event-store/port.ts';
import type { DeliveryPositions } from '../../delivery/index.ts';
import type { Caller } from '../server/caller.ts';
import type { FoundOrder } from '../orders/find-order.ts';
import { problem } from '../server/problem.ts';
import { readCursor } from './cursor.ts';
import { createEventStream, type EventStream } from './event-stream.ts';
import { type Following, followOrder } from './follow-order.ts';
import { createOrderFeed } from './order-feed.ts';
import { createStreamQuota } from './stream-quota.ts';
import { createPositionPoller } from './position-poller.ts';

export type TrackerOptions = {
  readonly store: EventStore;
  readonly codec: Codec;
  readonly positions: DeliveryPositions;
  readonly speedKmh: number;
  readonly logger: Logger;
  /** Ends every stream at once, and rejects new ones. */
  readonly signal: AbortSignal;
  /** Most streams at once. */
  readonly maxStreams: number;
  /** How often positions are looked for, in milliseconds. Default 1000. */
  readonly positionsEveryMs?: number;
  /** Default 15 000. */
  readonly heartbeatMs?: number;
};

export type Follow = {
  readonly found: FoundOrder;
  readonly caller: Caller;
  readonly lastEventId: string | undefined;
};

export type Tracker = {
  /** An order's Server-Sent Events; they begin when the stream is read. Throws a problem when no stream can be opened. */
  readonly follow: (follow: Follow) => Readable;
  /** Streams that are open now. */
  readonly open: () => number;
};

/** The longest time a timer takes. */
const LONGEST_MS = 2 ** 31 - 1;

/** Credentials that do not say when they end may have been withdrawn: they are to be shown again. */
const UNKNOWN_MS = 3_600_000;

const endWhenExpired = ({ expires_at }: Caller, end: () => void): (() => void) => {
  const left = expires_at === undefined ? UNKNOWN_MS : Math.max(expires_at - Date.now(), 0);
  const timer = setTimeout(end, Math.min(left, LONGEST_MS));
  return () => clearTimeout(timer);
};

const stopping = () =>
  problem('service.unavailable', 'This process is stopping. Connect again with your Last-Event-ID.', {
    headers: { 'Retry-After': '1' },
  });

/** Lets many follow orders live, at the price of one subscription and one look for positions a process. */
export const createTracker = (options: TrackerOptions): Tracker => {
  const { store, codec, positions, logger, signal, positionsEveryMs = 1_000, heartbeatMs = 15_000 } = options;
  const orderFeed = createOrderFeed({
    store,
    codec,
    onFailure: (error) => logger.error({ err: error }, 'live tracking of orders failed; all streams restart'),
  });
  const positionPoller = createPositionPoller({
    positions,
    everyMs: positionsEveryMs,
    onFailure: (error) => logger.warn({ err: error }, 'could not look for positions; trying again'),
  });
  const parts = { store, codec, positions, orderFeed, positionPoller, speedKmh: options.speedKmh };
  const quota = createStreamQuota(options.maxStreams);
  const streams = new Set<EventStream>();
  let heartbeat: NodeJS.Timeout | undefined;

  const open = (stream: EventStream): void => {
    streams.add(stream);
    heartbeat ??= setInterval(() => {
      for (const each of [...streams]) each.beat();
    }, heartbeatMs);
  };
  const close = (stream: EventStream): void => {
    streams.delete(stream);
    if (streams.size > 0) return;
    clearInterval(heartbeat);
    heartbeat = undefined;
  };
  signal.addEventListener('abort', () => {
    for (const stream of [...streams]) stream.end();
  });

  return {
    open: quota.taken,
    follow: ({ found, caller, lastEventId }) => {
      if (signal.aborted) throw stopping();
      const cursor = readCursor(lastEventId);
      quota.check(caller);
      // Released once the stream has begun: the folded events can be large, and the stream long.
      let catchUpFrom: Following['catchUpFrom'] | undefined = { found, cursor };
      let closing: (() => void)[] = [];
      const stream = createEventStream({
        onStart: () => {
          if (catchUpFrom === undefined) return;
          open(stream);
          closing = [
            quota.take(caller),
            followOrder({
              ...parts,
              caller,
              stream,
              catchUpFrom,
              onFailure: (error) => {
                logger.warn({ err: error }, 'live tracking of an order failed; its client restarts');
                stream.drop();
              },
            }),
            endWhenExpired(caller, stream.end),
            () => close(stream),
          ];
          catchUpFrom = undefined;
          if (signal.aborted) stream.end();
        },
        onClose: () => {
          for (const step of closing) step();
          closing = [];
        },
        onSlow: () => logger.info({ caller: caller.id }, 'a client of live tracking did not read and was dropped'),
      });
      return stream.readable;
    },
  };
};
