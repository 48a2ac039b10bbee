import { hash } from 'node:crypto';
import { canonicalJson, canonicalMembers } from './canonical-json.ts';
import type {
  Batch,
  EventText,
  EventTexts,
  HashPage,
  JsonObject,
  JsonValue,
  NewEvent,
  Revision,
  StoredEvent,
  TextPage,
} from './port.ts';

/** The hash of an event covers everything that the store keeps of it, except its position and the hash itself. */
type Hashed = Omit<NewEvent, 'metadata' | 'texts'> & {
  readonly stream: string;
  readonly revision: Revision;
  readonly metadata: JsonObject;
};

type Named = Pick<Hashed, 'id' | 'type' | 'stream' | 'revision'>;

/** The canonical JSON of an event and the previous event's hash: members by name. `data` and `metadata` are canonical. */
const hashedText = (
  { id, type, stream, revision }: Named,
  data: string,
  metadata: string,
  previous: string | null,
): string =>
  `{"data":${data},"id":${canonicalJson(id)},"metadata":${metadata},"previous":${canonicalJson(previous)},"revision":"${revision}","stream":${canonicalJson(stream)},"type":${canonicalJson(type)}}`;

/** SHA-256, hex, over the canonical JSON (RFC 8785) of the stored event and the previous event's hash in its stream. */
export const chainHash = (event: Hashed, previous: string | null): string => {
  const { hash: _, ...covered } = event.metadata;
  return hash('sha256', hashedText(event, canonicalJson(event.data), canonicalJson(covered), previous));
};

/** Metadata without its hash: members whose names come before `hash`, and those that come after it. */
type CoveredMetadata = { readonly before: JsonObject; readonly after: JsonObject };

/**
 * The same hash, and the texts it was taken over: a store that keeps texts writes them as they are, so that nothing is
 * made into a text twice and what is stored can be verified unread.
 */
export const chainTexts = (
  event: Named & Pick<Hashed, 'data'>,
  metadata: CoveredMetadata,
  previous: string | null,
): { readonly hash: string; readonly texts: EventTexts } => {
  const [before, after] = [canonicalMembers(metadata.before), canonicalMembers(metadata.after)];
  const data = canonicalJson(event.data);
  const said = hash('sha256', hashedText(event, data, `{${before},${after}}`, previous));
  return { hash: said, texts: { data, metadata: `{${before},"hash":"${said}",${after}}` } };
};

/**
 * Whether a stored event is the one that was hashed, told from its text alone. If its text without the hash is what was
 * hashed, then so is its content: two texts of one hash are not found. False says nothing: the text may be another text of
 * the same content, as a store writes that does not keep texts.
 */
export const isHashedText = (event: EventText, previous: string | null): boolean => {
  if (event.hash === null) return false;
  const member = `,"hash":"${event.hash}"`;
  const at = event.metadata.indexOf(member);
  if (at < 0) return false;
  const metadata = event.metadata.slice(0, at) + event.metadata.slice(at + member.length);
  return hash('sha256', hashedText(event, event.data, metadata, previous)) === event.hash;
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

const textOf = (value: JsonValue): string => {
  try {
    return canonicalJson(value);
  } catch {
    return JSON.stringify(value); // half a surrogate pair, in an event that was changed
  }
};

/** The texts of a page of whole events: for a store that does not keep texts. */
export const textsOf = ({ events, ...page }: Batch): TextPage => ({
  ...page,
  events: events.map(({ data, metadata, ...event }) => ({
    ...event,
    data: textOf(data),
    metadata: textOf(metadata),
    hash: isObject(metadata) ? hashOf({ metadata }) : null,
  })),
});

/** Someone who writes the store can make `null` of metadata. */
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

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
