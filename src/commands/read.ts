import type { DomainEvent } from '../domain/events.ts';
import type { Fold } from '../domain/shared/decider.ts';
import type { Codec } from '../event-store/codec.ts';
import type { EventStore, Position, Revision } from '../event-store/port.ts';
import type { Recorded } from '../event-store/recorded.ts';
import { fold } from './handle.ts';

/** A stream folded: always current, or as it was at a revision or a moment. */
export type Folded<S> = {
  readonly state: S;
  readonly revision: Revision;
  readonly position: Position;
  readonly events: readonly Recorded[];
};

/** Up to and including this revision, or what had happened by this moment (ISO 8601, UTC). */
export type AsOf = { readonly revision: Revision } | { readonly at: string };

export type ReadStream = <E extends DomainEvent, S>(
  folding: Fold<E, S>,
  stream: string,
  asOf?: AsOf,
) => Promise<Folded<S> | undefined>;

const isWithin = (asOf: AsOf, { revision, fact }: Recorded): boolean =>
  'revision' in asOf ? revision <= asOf.revision : fact.at <= asOf.at;

/**
 * Folds a stream for a query. Undefined: there is no such stream, or there was none then; also when the revision asked
 * for lies above the head.
 */
export const createReadStream =
  ({ store, codec }: { readonly store: EventStore; readonly codec: Codec }): ReadStream =>
  async (folding, stream, asOf) => {
    const all = await codec.decode(await store.readStream(stream));
    const events = asOf === undefined ? all : all.filter((event) => isWithin(asOf, event));
    const last = events.at(-1);
    if (last === undefined) return undefined;
    if (asOf !== undefined && 'revision' in asOf && last.revision !== asOf.revision) return undefined;
    return { state: fold(folding, events), revision: last.revision, position: last.position, events };
  };
