import { isDeliveryOver, isInDelivery } from '../../domain/order/index.ts';
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
  readonly orderFeed: OrderFeed;
  readonly positionPoller: PositionPoller;
  readonly speedKmh: number;
  readonly caller: Caller;
  readonly stream: EventStream;
  /** Events or positions cannot be read now; the client must connect again. */
  readonly onFailure: (error: unknown) => void;
  readonly catchUpFrom: { readonly found: FoundOrder; readonly cursor: Cursor | undefined };
};

/** What a client that connects, or connects again, is sent first. */
const begin = async ({ store, codec, positions, speedKmh, catchUpFrom }: Following): Promise<Step> => {
  const { id, stream, revision, events } = catchUpFrom.found;
  const later = await codec.decode(await store.readStream(stream, { from: revision + 1n }), { personal: false });
  const known = { events: [...(await events()), ...later], speedKmh };
  const { cursor } = catchUpFrom;
  // A revision that is not stored yet cannot have been sent: the cursor is from another log.
  if (cursor === undefined || cursor.revision > (known.events.at(-1)?.revision ?? -1n))
    return beginAnew(known, await positions.newest(id));
  return goOn(known, cursor, await positions.since([{ order_id: id, n: cursor.n - 1 }], MOST_POSITIONS));
};

/**
 * Sends a stream what has happened to an order, then what happens, until the delivery is over. Subscribes first and reads
 * afterwards, so that no event is missed; an event that comes twice is sent once. Answers how to stop.
 */
export const followOrder = (following: Following): (() => void) => {
  const { orderFeed, positionPoller, positions, caller, stream, onFailure } = following;
  const { id, stream: name } = following.catchUpFrom.found;
  let early: Recorded[] = [];
  let progress: Progress | undefined;
  let isFinishing = false;

  const advance = (step: Step): Progress => {
    progress = lighten(step.progress);
    stream.send(step.messages);
    return progress;
  };
  const isNotTheirs = ({ order }: Progress): boolean => !canAccess(caller, order);

  /** The last positions are sent before the delivery. */
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
    else if (isNotTheirs(advance(step))) stream.end();
  };

  const heard = orderFeed.watch(name, { take: onEvent, onLost: stream.drop });
  const stopPositions = positionPoller.watch({
    order_id: id,
    known: () => (progress !== undefined && isInDelivery(progress.order.status) ? progress.n : undefined),
    take: (position) => {
      if (progress !== undefined && !isFinishing) advance(takePosition(progress, position));
    },
  });

  // No closure may hold on to `following`: the events that were folded to catch up are released with it.
  const caughtUp = heard.heard.then(begin.bind(undefined, following));
  void caughtUp
    .then((step) => {
      const now = advance(step);
      isFinishing = isDeliveryOver(now.order.status) || isNotTheirs(now);
      if (isFinishing) stream.end();
      else if (step.messages.length === 0) stream.sign();
      for (const event of early) onEvent(event);
      early = [];
    })
    .catch(onFailure);

  return () => {
    heard.stop();
    stopPositions();
  };
};
