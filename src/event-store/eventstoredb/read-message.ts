import type { Delivered } from './events.ts';
import type { Position } from '../port.ts';

/**
 * The bytes of a protobuf message, read field by field. The generated messages build an object for every part, and again
 * for every conversion: three times the time of parsing the event's own JSON.
 */
const createCursor = (bytes: Buffer) => {
  let at = 0;

  const byte = (): number => {
    const next = bytes[at++];
    if (next === undefined) throw new Error('a message of the event store ends too early');
    return next;
  };
  /** Exact up to 2^53: lengths, tags and, but for a log of nine petabytes, positions. */
  const small = (): number => {
    let [value, factor] = [0, 1];
    for (;;) {
      const next = byte();
      value += (next & 0x7f) * factor;
      if (next < 0x80) return value;
      factor *= 0x80;
    }
  };

  /** Begins a part that says its length; answers where it ends. */
  const open = (): number => {
    const length = small();
    if (at + length > bytes.length) throw new Error('a message of the event store ends too early');
    return at + length;
  };

  return {
    isBefore: (end: number): boolean => at < end,
    small,
    large: (): bigint => {
      const start = at;
      const value = small();
      if (Number.isSafeInteger(value)) return BigInt(value);
      const parts = bytes.subarray(start, at);
      return parts.reduceRight((sum, part) => sum * 128n + BigInt(part & 0x7f), 0n);
    },
    open,
    text: (end: number): string => {
      const text = bytes.toString('utf8', at, end);
      at = end;
      return text;
    },
    bytes: (end: number): Buffer => {
      const part = bytes.subarray(at, end);
      at = end;
      return part;
    },
    /** Passes over a field that is not wanted. */
    skip: (tag: number): void => {
      const kind = tag & 7;
      if (kind === 0) small();
      else if (kind === 1) at += 8;
      else if (kind === 2) at = open();
      else if (kind === 5) at += 4;
      else throw new Error(`a message of the event store has a field of the unknown kind ${kind}`);
    },
  };
};

type Cursor = ReturnType<typeof createCursor>;

/** Field number and kind in one, as the protocol writes them: 0 a number, 2 something with a length. */
const number = (field: number): number => field << 3;
const part = (field: number): number => (field << 3) | 2;

// `ReadResp`, its `Checkpoint` and `ReadEvent`, and `RecordedEvent` of the protocol.
const [EVENT, CHECKPOINT, CAUGHT_UP, FELL_BEHIND] = [part(1), part(3), part(8), part(9)];
const REACHED = number(1);
const RECORDED = part(1);
const [ID, STREAM, REVISION, COMMIT] = [part(1), part(2), number(3), number(5)];
const [PROPERTY, METADATA, DATA] = [part(6), part(7), part(8)];
// `UUID`, `StreamIdentifier` and an entry of a map.
const [UUID_TEXT, NAME, KEY, VALUE] = [part(2), part(3), part(1), part(2)];

/** The text of one field of a small message. */
const textIn = (cursor: Cursor, wanted: number): string => {
  const end = cursor.open();
  let text = '';
  while (cursor.isBefore(end)) {
    const tag = cursor.small();
    if (tag === wanted) text = cursor.text(cursor.open());
    else cursor.skip(tag);
  }
  return text;
};

const readProperty = (cursor: Cursor, into: Map<string, string>): void => {
  const end = cursor.open();
  let [key, value] = ['', ''];
  while (cursor.isBefore(end)) {
    const tag = cursor.small();
    if (tag === KEY) key = cursor.text(cursor.open());
    else if (tag === VALUE) value = cursor.text(cursor.open());
    else cursor.skip(tag);
  }
  into.set(key, value);
};

const NOTHING = Buffer.alloc(0);

const readRecorded = (cursor: Cursor, end: number): Delivered => {
  const properties = new Map<string, string>();
  let [streamId, id, revision, position] = ['', '', 0n, -1n];
  let [data, metadata]: [Buffer, Buffer] = [NOTHING, NOTHING];
  while (cursor.isBefore(end)) {
    const tag = cursor.small();
    if (tag === ID) id = textIn(cursor, UUID_TEXT);
    else if (tag === STREAM) streamId = textIn(cursor, NAME);
    else if (tag === REVISION) revision = cursor.large();
    else if (tag === COMMIT) position = cursor.large();
    else if (tag === PROPERTY) readProperty(cursor, properties);
    else if (tag === METADATA) metadata = cursor.bytes(cursor.open());
    else if (tag === DATA) data = cursor.bytes(cursor.open());
    else cursor.skip(tag);
  }
  return {
    streamId,
    id,
    revision,
    type: properties.get('type') ?? '',
    isJson: properties.get('content-type') === 'application/json',
    data,
    metadata,
    position,
  };
};

/** The content of an answer to a read or a subscription. */
export type ReadContent =
  | { readonly kind: 'event'; readonly event: Delivered }
  /** It has looked at everything up to here, and sent what was asked for. */
  | { readonly kind: 'checkpoint'; readonly position: Position }
  | { readonly kind: 'caught_up' }
  | { readonly kind: 'fell_behind' };

const readEvent = (cursor: Cursor): ReadContent | undefined => {
  const end = cursor.open();
  let content: ReadContent | undefined;
  while (cursor.isBefore(end)) {
    const tag = cursor.small();
    if (tag === RECORDED) content = { kind: 'event', event: readRecorded(cursor, cursor.open()) };
    else cursor.skip(tag);
  }
  return content;
};

const readCheckpoint = (cursor: Cursor): ReadContent => {
  const end = cursor.open();
  let position = 0n;
  while (cursor.isBefore(end)) {
    const tag = cursor.small();
    if (tag === REACHED) position = cursor.large();
    else cursor.skip(tag);
  }
  return { kind: 'checkpoint', position };
};

/** What a message says; undefined: nothing that matters, as that a subscription is confirmed, or that there is no such stream. */
export const contentIn = (message: Buffer): ReadContent | undefined => {
  const cursor = createCursor(message);
  let content: ReadContent | undefined;
  while (cursor.isBefore(message.length)) {
    const tag = cursor.small();
    if (tag === EVENT) content = readEvent(cursor);
    else if (tag === CHECKPOINT) content = readCheckpoint(cursor);
    else {
      if (tag === CAUGHT_UP) content = { kind: 'caught_up' };
      if (tag === FELL_BEHIND) content = { kind: 'fell_behind' };
      cursor.skip(tag);
    }
  }
  return content;
};
