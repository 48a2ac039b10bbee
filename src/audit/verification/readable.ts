import type { EventText, JsonObject, StoredEvent } from '../../event-store/port.ts';

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null;

/** What the JSON of a part of an event says: someone who writes the store can make `null` of it. */
export const objectIn = (text: string): JsonObject => {
  const value: unknown = JSON.parse(text);
  return isObject(value) ? value : {};
};

/** For those who look into an event: few do, so that most events are never read. */
export const readable = ({ data, metadata, hash: _, ...event }: EventText): StoredEvent => ({
  ...event,
  data: objectIn(data),
  metadata: objectIn(metadata),
});

/** The hash that an event says it has. */
export const saidHash = ({ metadata }: Pick<StoredEvent, 'metadata'>): string | null =>
  isObject(metadata) && typeof metadata['hash'] === 'string' ? metadata['hash'] : null;
