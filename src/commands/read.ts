import type { DomainEvent } from '../domain/events.ts';
import type { Fold } from '../domain/shared/decider.ts';
import type { Codec } from '../event-store/codec.ts';
import type { EventStore, Position, Revision, StoredEvent } from '../event-store/port.ts';
import type { Recorded } from '../event-store/recorded.ts';
import { createLoadPast, foldPast, mayHold, type LoadPast, type Past } from './past.ts';

/** A stream folded: always current, or as it was at a revision or a moment. */
export type Folded<S> = {
  readonly state: S;
  readonly revision: Revision;
  readonly position: Position;
  /** The newest event folded. */
  readonly last: Recorded;
  /** The state on which a command is decided. */
  readonly past: Past<S>;
  /** All events folded, from the first one: of a long stream they are read for it. */
  readonly events: () => Promise<readonly Recorded[]>;
};

/** The event of this id among those folded. */
export const findById = async ({ past, events }: Folded<unknown>, id: string): Promise<Recorded | undefined> => {
  const isIt = (recorded: Recorded): boolean => recorded.id === id;
  const found = past.events.find(isIt);
  if (found !== undefined || past.base === undefined || !mayHold(past.base, id)) return found;
  return (await events()).find(isIt);
};

/**
 * Up to and including this revision; or up to a moment (ISO 8601, UTC): the events before the first one that happened
 * later, so that what is shown is a state that the stream has been in. `past`: a position of the log up to which events
 * are taken whatever their time, since the clocks of two processes differ. Or up to and including a position of the log.
 */
export type AsOf =
  | { readonly revision: Revision }
  | { readonly at: string; readonly past?: Position }
  | { readonly position: Position };

/** When a stored event happened. */
const happenedAt = ({ metadata }: StoredEvent): unknown => metadata['occurred_at'] ?? metadata['recorded_at'];

/** The beginning of a stream that a moment or a position asks for. */
const until = (
  events: readonly StoredEvent[],
  asOf: Exclude<AsOf, { readonly revision: Revision }>,
): readonly StoredEvent[] => {
  if ('position' in asOf) return events.filter(({ position }) => position <= asOf.position);
  const { at, past = 0n } = asOf;
  const end = events.findIndex((event) => {
    const happened = happenedAt(event);
    return event.position > past && typeof happened === 'string' && happened > at;
  });
  return end < 0 ? events : events.slice(0, end);
};

export type ReadStream = <E extends DomainEvent, S>(
  folding: Fold<E, S>,
  stream: string,
  asOf?: AsOf,
) => Promise<Folded<S> | undefined>;

/**
 * Folds a stream for a query. Undefined: there is no such stream, or there was none then; also when the revision asked
 * for lies above the head.
 */
export const createReadStream = ({
  store,
  codec,
  loadPast = createLoadPast({ store, codec }),
}: {
  readonly store: Pick<EventStore, 'readStream'>;
  readonly codec: Pick<Codec, 'decode'>;
  /** Default: every stream is read whole. */
  readonly loadPast?: LoadPast;
}): ReadStream => {
  const readWhole = async (stream: string, until: Revision) =>
    codec.decode(await store.readStream(stream, { limit: Number(until) + 1 }));

  return async <E extends DomainEvent, S>(folding: Fold<E, S>, stream: string, asOf?: AsOf) => {
    const loadAsOf = async (): Promise<Past<S>> => {
      if (asOf === undefined) return loadPast(folding, stream);
      if ('revision' in asOf) return loadPast(folding, stream, asOf.revision);
      return { base: undefined, events: await codec.decode(until(await store.readStream(stream), asOf)) };
    };
    const past = await loadAsOf();
    const last = past.events.at(-1);
    if (last === undefined) return undefined;
    const { revision, position } = last;
    if (asOf !== undefined && 'revision' in asOf && revision !== asOf.revision) return undefined;
    const events = async () => (past.base === undefined ? past.events : readWhole(stream, revision));
    return { state: foldPast(folding, past), revision, position, last, past, events };
  };
};
