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

/** An event as the server delivers it, ours or that of another application. */
export type Delivered = {
  readonly streamId: string;
  readonly id: string;
  readonly revision: bigint;
  readonly type: string;
  readonly isJson: boolean;
  readonly data: unknown;
  readonly metadata?: unknown;
  readonly position?: { readonly commit: bigint } | undefined;
};

/** The store's own housekeeping: metadata, links, tombstones. */
export const isSystemEvent = ({ streamId, type }: Delivered): boolean =>
  streamId.startsWith('$') || type.startsWith('$');

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);

/** An event as Waybill writes them; others are foreign. */
export type JsonEvent = Delivered & { readonly data: JsonObject; readonly metadata?: JsonObject };

export const isJsonEvent = (event: Delivered): event is JsonEvent => {
  const { isJson, data, metadata = {} } = event;
  return isJson && isObject(data) && isObject(metadata);
};

/** The event's own id, and its metadata as they were appended. */
const withOwnId = (serverId: string, stored: JsonObject): Pick<StoredEvent, 'id' | 'metadata'> => {
  const { [ID_KEY]: id, ...metadata } = stored;
  return typeof id === 'string' ? { id, metadata } : { id: serverId, metadata: stored };
};

/** The event, its stream named without the prefix, whose length is given in characters. */
export const toStored = (event: JsonEvent, prefixLength: number): StoredEvent => {
  const { type, streamId, revision, position, data, metadata: stored = {} } = event;
  const commit = position?.commit;
  if (!isPosition(commit)) throw new Error(`event ${revision} of stream ${streamId} came without its position`);
  const { id, metadata } = withOwnId(event.id, stored);
  return { id, type, data, metadata, stream: streamId.slice(prefixLength), revision, position: commit };
};
