import { isLowerCaseUuid } from '../../platform/uuid.ts';
import { v5 as uuidv5 } from 'uuid';
import { hashOf } from '../hash-chain.ts';
import type { JsonObject, NewEvent, Position, StoredEvent } from '../port.ts';

/** The largest position there is; what is above stands for "none" or "the end" on the wire. */
const MAX_POSITION = 2n ** 63n - 1n;
export const isPosition = (position: bigint | undefined): position is Position =>
  position !== undefined && position >= 0n && position <= MAX_POSITION;

const bytesOf = (value: JsonObject): Buffer => {
  const json: unknown = JSON.stringify(value);
  if (typeof json !== 'string') throw new TypeError('an event needs data and metadata that JSON can carry');
  return Buffer.from(json);
};

/** The server returns ids in lower case; another spelling would not be known again. */
const NIL_UUID = '00000000-0000-0000-0000-000000000000';

/** In the metadata on the server: the id of the event, where the server knows it by another one. */
const ID_KEY = 'event_id';

/**
 * The server takes an event for repeated when it knows the id, whatever the content. So its id covers the hash: another
 * event under the same id is another one to the server too, and "appended" always means these very events.
 */
const serverIdOf = ({ id, metadata }: NewEvent): string => {
  const hash = hashOf({ metadata });
  return hash === null ? id : uuidv5(hash, id);
};

/** An event ready to be sent: data and metadata as JSON, so that nothing that a caller changes later is sent. */
export type Proposed = {
  readonly id: string;
  readonly type: string;
  readonly data: Buffer;
  readonly metadata: Buffer;
};

export const toProposed = (event: NewEvent): Proposed => {
  const { id, type, data, metadata } = event;
  if (!isLowerCaseUuid(id) || id === NIL_UUID) throw new TypeError(`an event id must be a UUID in lower case: ${id}`);
  if (type === '') throw new TypeError('an event needs a type');
  const serverId = serverIdOf(event);
  const stored = serverId === id ? metadata : { ...metadata, [ID_KEY]: id };
  return { id: serverId, type, data: bytesOf(data), metadata: bytesOf(stored) };
};

/** An event as the server delivers it, ours or that of another application: its JSON is read when it is known to be ours. */
export type Delivered = {
  readonly streamId: string;
  readonly id: string;
  readonly revision: bigint;
  readonly type: string;
  readonly isJson: boolean;
  readonly data: Buffer;
  readonly metadata: Buffer;
  readonly position: Position;
};

/** The store's own housekeeping: metadata, links, tombstones. */
export const isSystemEvent = ({ streamId, type }: Delivered): boolean =>
  streamId.startsWith('$') || type.startsWith('$');

/** The object that the bytes are JSON of. The server takes what says it is JSON unread. */
const objectIn = (bytes: Buffer): JsonObject | undefined => {
  try {
    const value: unknown = JSON.parse(bytes.toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
};

/** The event's own id, and its metadata as they were appended. */
const withOwnId = (serverId: string, stored: JsonObject): Pick<StoredEvent, 'id' | 'metadata'> => {
  const { [ID_KEY]: id, ...metadata } = stored;
  return typeof id === 'string' ? { id, metadata } : { id: serverId, metadata: stored };
};

/** Which event it is, and its metadata; undefined where it is none of ours. `prefix`: what our streams begin with. */
export const headerOf = (
  { streamId, id: serverId, revision, position, isJson, metadata: bytes }: Delivered,
  prefix: string,
): Omit<StoredEvent, 'data' | 'type'> | undefined => {
  if (!isJson || !streamId.startsWith(prefix)) return undefined;
  const stored = bytes.length === 0 ? {} : objectIn(bytes);
  if (stored === undefined) return undefined;
  const { id, metadata } = withOwnId(serverId, stored);
  if (!isPosition(position)) throw new Error(`event ${revision} of stream ${streamId} came without its position`);
  return { id, metadata, stream: streamId.slice(prefix.length), revision, position };
};

/** The whole event; undefined where its data is no object. */
export const withData = (
  header: Omit<StoredEvent, 'data' | 'type'>,
  { type, data: bytes }: Delivered,
): StoredEvent | undefined => {
  const data = objectIn(bytes);
  return data && { ...header, type, data };
};
