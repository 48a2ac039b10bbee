import { isDeliveryOver, isUnderWay } from '../../domain/order/index.ts';
import { canAccess } from '../../domain/shared/access.ts';
import type { Codec } from '../../event-store/codec.ts';
import type { EventStore } from '../../event-store/port.ts';
import type { Recorded } from '../../event-store/recorded.ts';
import type { DeliveryPositions } from '../../delivery/index.ts';
import type { Caller } from '../server/caller.ts';
import type { FoundOrder } from '../orders/find-order.ts';
import { beginAnew, goOn } from './catch-up.ts';
import type { Cursor } from './cursor.ts';
import type { EventStream } from './event-stream.ts';
import type { OrderFeed } from './order-feed.ts';
import { MOST_POSITIONS, type PositionPoller } from './position-poller.ts';
import { lighten, type Progress, type Step, takeEvent, takePosition } from './progress.ts';

export type Following = {
  readonly store: Pick<EventStore, 'readStream'>;
  readonly codec: Codec;
  readonly positions: DeliveryPositions;
  readonly news: OrderFeed;
  readonly positionNews: PositionPoller;
  readonly speedKmh: number;
  readonly caller: Caller;
  readonly stream: EventStream;
  /** What it is told of cannot be had now; the client is to come back. */
  readonly onFailure: (error: unknown) => void;
  readonly beginning: { readonly found: FoundOrder; readonly cursor: Cursor | undefined };
};

/** What has happened by now, told to one who comes or comes back. */
const begin = async ({ store, codec, positions, speedKmh, beginning }: Following): Promise<Step> => {
  const { id, stream, revision, events } = beginning.found;
  const later = await codec.decode(await store.readStream(stream, { from: revision + 1n }), { personal: false });
  const known = { events: [...events, ...later], speedKmh };
  const { cursor } = beginning;
  // A revision that is not there yet cannot have been told: the log is another.
  if (cursor === undefined || cursor.revision > (known.events.at(-1)?.revision ?? -1n))
    return beginAnew(known, await positions.newest(id));
  return goOn(known, cursor, await positions.since([{ order_id: id, n: cursor.n - 1 }], MOST_POSITIONS));
};

/**
 * Tells a stream of an order: what is due, then what happens, until the delivery is over. Hears of news first and reads
 * afterwards, so that nothing falls between; what comes twice is told once. Answers how to stop.
 */
export const followOrder = (following: Following): (() => void) => {
  const { news, positionNews, positions, caller, stream, onFailure } = following;
  const { id, stream: name } = following.beginning.found;
  let early: Recorded[] = [];
  let progress: Progress | undefined;
  let isFinishing = false;

  const advance = (step: Step): Progress => {
    progress = lighten(step.progress);
    stream.send(step.told);
    return progress;
  };
  const isSomebodyElses = ({ order }: Progress): boolean => !canAccess(caller, order);

  /** The last steps of the way are told before the door. */
  const finish = async (from: Progress, event: Recorded): Promise<void> => {
    isFinishing = true;
    const last = await positions.since([{ order_id: id, n: from.n }], MOST_POSITIONS);
    advance(
      takeEvent(
        last.reduce((now, position) => advance(takePosition(now, position)), from),
        event,
      ),
    );
    stream.end();
  };

  const onEvent = (event: Recorded): void => {
    if (isFinishing) return;
    if (progress === undefined) {
      early.push(event);
      return;
    }
    if (event.revision <= progress.revision) return;
    const step = takeEvent(progress, event);
    if (isDeliveryOver(step.progress.order.status)) void finish(progress, event).catch(onFailure);
    else if (isSomebodyElses(advance(step))) stream.end();
  };

  const heard = news.watch(name, { take: onEvent, onLost: stream.drop });
  const stopPositions = positionNews.watch({
    order_id: id,
    known: () => (progress !== undefined && isUnderWay(progress.order.status) ? progress.n : undefined),
    take: (position) => {
      if (progress !== undefined && !isFinishing) advance(takePosition(progress, position));
    },
  });

  // No closure may hold on to `following`: what was folded for the beginning goes with it.
  const beginning = heard.heard.then(begin.bind(undefined, following));
  void beginning
    .then((step) => {
      const now = advance(step);
      isFinishing = isDeliveryOver(now.order.status) || isSomebodyElses(now);
      if (isFinishing) stream.end();
      else if (step.told.length === 0) stream.sign();
      for (const event of early) onEvent(event);
      early = [];
    })
    .catch(onFailure);

  return () => {
    heard.stop();
    stopPositions();
  };
};
