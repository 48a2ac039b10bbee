import { StoreUnavailable, PAGE_BYTES, type Batch, type Position, type SubscribeOptions } from '../port.ts';
import { unlessAborted } from './limits.ts';

/** A batch, and how much its events take. */
export type SizedBatch = Batch & { readonly bytes: number };

export type Follow = (options: SubscribeOptions) => AsyncGenerator<SizedBatch, void, undefined>;

/** A subscriber that is further behind reads by itself until it has caught up again. */
const MOST_KEPT = 1_000;

const ignore = (): void => undefined;

/** Events after `from`, up to and including `position`. */
type Piece = SizedBatch & { readonly from: Position };

/** The newest part of the log, read once for all who follow it. It reads on when one of them asks, and no further. */
const openTail = (follow: Follow, { prefixes, after }: Pick<SubscribeOptions, 'prefixes' | 'after'>) => {
  const over = new AbortController();
  const upstream = follow({ prefixes, after, signal: over.signal });
  let pieces: readonly Piece[] = [];
  let end = after;
  let members = 0;
  let pulling: Promise<void> | undefined;

  const keep = (piece: Piece): void => {
    const all = [...pieces, piece];
    let [events, bytes] = [0, 0];
    const first = all.findLastIndex((one) => {
      [events, bytes] = [events + one.events.length, bytes + one.bytes];
      return events > MOST_KEPT || bytes > PAGE_BYTES;
    });
    // The newest is kept whatever its size.
    pieces = all.slice(Math.min(first + 1, all.length - 1));
  };

  const advance = async (): Promise<void> => {
    try {
      const { done, value } = await upstream.next();
      if (done === true) throw new StoreUnavailable('no subscriber is left');
      if (value.position === end) return;
      keep({ ...value, from: end });
      end = value.position;
    } catch (error) {
      over.abort();
      throw error;
    } finally {
      pulling = undefined;
    }
  };

  return {
    isOver: (): boolean => over.signal.aborted,
    /** Whether everything after this position is here, or still to come. */
    reaches: (position: Position): boolean => position >= (pieces[0]?.from ?? end),
    /** What is here after a position; undefined where nothing is. */
    take: (position: Position, limit: number): Batch | undefined => {
      const ahead = pieces.filter((piece) => piece.position > position);
      const events: Batch['events'][number][] = [];
      let taken: Batch | undefined;
      let bytes = 0;
      for (const piece of ahead) {
        const own = piece.events.filter((event) => event.position > position);
        const isNext = taken !== undefined;
        if (isNext && (events.length + own.length > limit || bytes + piece.bytes > PAGE_BYTES)) {
          return taken && { ...taken, caughtUp: false };
        }
        const last = own[limit - 1];
        if (own.length > limit && last !== undefined)
          return { events: own.slice(0, limit), position: last.position, caughtUp: false };
        events.push(...own);
        bytes += piece.bytes;
        taken = { events, position: piece.position, caughtUp: piece.caughtUp };
      }
      return taken;
    },
    enter: (): void => void (members += 1),
    /** The last one out closes it. */
    leave: (): void => {
      members -= 1;
      if (members > 0) return;
      over.abort();
      upstream.return().catch(ignore);
    },
    /** Reads on; those who ask meanwhile wait for the same. */
    pull: (): Promise<void> => (pulling ??= advance()),
  };
};

type Tail = ReturnType<typeof openTail>;

/**
 * Subscribers to the same prefixes share one subscription on the server: each event is received, read and checked once,
 * and they handle it at the same time, so that what they write can be written together. Each begins with one of its own and
 * joins the others once it has caught up; one that is slow goes back to its own. None waits for another.
 */
export const shareFeed = (follow: Follow): ((options: SubscribeOptions) => AsyncGenerator<Batch, void, undefined>) => {
  type Group = { readonly prefixes: readonly string[]; subscribers: number; tail: Tail | undefined };
  const groups = new Map<string, Group>();

  const enter = (prefixes: readonly string[]): Group => {
    const key = JSON.stringify(prefixes);
    const group = groups.get(key) ?? { prefixes, subscribers: 0, tail: undefined };
    groups.set(key, group);
    group.subscribers += 1;
    return group;
  };

  const leave = (group: Group): void => {
    group.subscribers -= 1;
    if (group.subscribers === 0) groups.delete(JSON.stringify(group.prefixes));
  };

  /** The tail to go on with; undefined where the subscriber is alone, or the tail does not reach back to it. */
  const tailFor = (group: Group, position: Position): Tail | undefined => {
    if (group.tail?.isOver() === true) group.tail = undefined;
    if (group.tail === undefined && group.subscribers > 1)
      group.tail = openTail(follow, { prefixes: group.prefixes, after: position });
    return group.tail?.reaches(position) === true ? group.tail : undefined;
  };

  /** Follows the tail until it is over, or does not reach back to this subscriber. Answers how far it came. */
  async function* followTail(tail: Tail, options: SubscribeOptions): AsyncGenerator<Batch, Position, undefined> {
    const { signal, batchSize = MOST_KEPT } = options;
    let position = options.after;
    while (!signal.aborted && !tail.isOver() && tail.reaches(position)) {
      const batch = tail.take(position, batchSize);
      if (batch === undefined) await unlessAborted(signal, tail.pull());
      else {
        position = batch.position;
        yield batch;
      }
    }
    return position;
  }

  async function* inGroup(group: Group, options: SubscribeOptions): AsyncGenerator<Batch, void, undefined> {
    const { signal } = options;
    let { after } = options;
    const isOver = (): boolean => signal.aborted;
    while (!isOver()) {
      let tail: Tail | undefined;
      for await (const { events, position, caughtUp } of follow({ ...options, after })) {
        after = position;
        yield { events, position, caughtUp };
        tail = caughtUp && !isOver() ? tailFor(group, position) : undefined;
        if (tail !== undefined) break;
      }
      if (tail === undefined || isOver()) return;
      tail.enter();
      try {
        after = yield* followTail(tail, { ...options, after });
      } finally {
        tail.leave();
      }
    }
  }

  return async function* subscribe(options) {
    const group = enter(options.prefixes);
    try {
      yield* inGroup(group, options);
    } finally {
      leave(group);
    }
  };
};
