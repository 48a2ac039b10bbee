import { hash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import type { Batch, HashPage, JsonObject, NewEvent, Revision, StoredEvent } from './port.ts';

/** The hash of an event covers everything that the store keeps of it, except its position and the hash itself. */
type Hashed = Omit<NewEvent, 'metadata'> & {
  readonly stream: string;
  readonly revision: Revision;
  readonly metadata: JsonObject;
};

/** SHA-256, hex, over the canonical JSON (RFC 8785) of the stored event and the previous event's hash in its stream. */
export const chainHash = ({ id, type, data, metadata, stream, revision }: Hashed, previous: string | null): string => {
  const { hash: _, ...covered } = metadata;
  const canonical = canonicalJson({ id, type, stream, revision: String(revision), data, metadata: covered, previous });
  return hash('sha256', canonical);
};

export const hashOf = ({ metadata }: Pick<StoredEvent, 'metadata'>): string | null =>
  typeof metadata['hash'] === 'string' ? metadata['hash'] : null;

/** The hashes of a page of whole events: for a store that cannot read less. */
export const hashesOf = ({ events, ...page }: Batch): HashPage => ({
  ...page,
  hashes: events.map(({ stream, revision, position, metadata }) => ({
    stream,
    revision,
    position,
    hash: hashOf({ metadata }),
  })),
});

/** The same event, not another one under the same id: what a command decided twice may differ in its times. */
export const isSameEvent = (
  one: Pick<NewEvent, 'id' | 'metadata'>,
  other: Pick<NewEvent, 'id' | 'metadata'>,
): boolean => one.id === other.id && hashOf(one) === hashOf(other);

export type BrokenLink = { readonly stream: string; readonly revision: Revision; readonly reason: string };

/** Checks one whole stream, from revision 0: revisions without a gap, every hash right. Answers the first broken link. */
export const verifyChain = (events: readonly StoredEvent[]): BrokenLink | undefined => {
  let previous: string | null = null;
  for (const [index, event] of events.entries()) {
    const at = { stream: event.stream, revision: event.revision };
    if (event.revision !== BigInt(index)) return { ...at, reason: `revision ${index} is missing` };
    if (hashOf(event) !== chainHash(event, previous)) return { ...at, reason: 'the hash does not match the content' };
    previous = hashOf(event);
  }
  return undefined;
};
