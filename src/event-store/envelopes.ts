import { isUnopened, openLayers, type Envelope, type Unopened } from '../domain/shared/personal.ts';
import type { DataKey, DataKeys } from '../platform/data-keys.ts';
import { seal, unseal } from '../platform/seal.ts';
import { mapInSlices } from '../platform/map-in-slices.ts';
import { parseWellFormed } from '../platform/well-formed.ts';
import type { JsonValue } from './port.ts';
import { InvalidEvent } from './recorded.ts';

/** This replaces the personal data in a stored event. */
export type Sealed = { readonly key: string; readonly sealed: string; readonly fields?: readonly string[] };

export const isSealed = (value: JsonValue | undefined): value is Sealed =>
  typeof value === 'object' && value !== null && 'key' in value && 'sealed' in value;

/** A seal holds for one event, and for its data or its metadata. */
export const dataBound = (id: string): string => `${id}/data`;
export const metadataBound = (id: string): string => `${id}/metadata`;

export const sealJson = (value: unknown, { id, key }: DataKey, bound: string): Sealed => ({
  key: id,
  sealed: seal(key, Buffer.from(JSON.stringify(value)), bound).toString('base64'),
});

/** Its texts are well-formed. Undefined when the key was destroyed. @throws when the seal is not of this key, or was moved or changed */
export const openSealed = (
  { key, sealed }: Sealed,
  keys: ReadonlyMap<string, DataKey>,
  bound: string,
): JsonValue | undefined => {
  const found = keys.get(key);
  if (found === undefined) return undefined;
  return parseWellFormed(unseal(found.key, Buffer.from(sealed, 'base64'), bound).toString()) as JsonValue;
};

const keysOf = (marks: readonly Unopened[]): readonly string[] => {
  const keys = new Set<string>();
  for (const { layers } of marks) for (const layer of layers) if (!('open' in layer)) keys.add(layer.key);
  return [...keys];
};

/** Calls `found` for everything in a value that was folded unopened. */
const findUnopened = (value: unknown, found: (mark: Unopened) => void): void => {
  if (typeof value !== 'object' || value === null) return;
  if (isUnopened(value)) found(value);
  else for (const inner of Object.values(value)) findUnopened(inner, found);
};

type Opened = ReadonlyMap<Unopened, unknown>;

/** The value with what was opened in it; the same value back where there was nothing. */
const replaceUnopened = (value: unknown, opened: Opened): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (isUnopened(value)) return opened.get(value);
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    const replaced = items.map((item) => replaceUnopened(item, opened));
    return replaced.every((item, index) => item === items[index]) ? value : replaced;
  }
  let result: Record<string, unknown> | undefined;
  for (const [key, inner] of Object.entries(value)) {
    const replaced = replaceUnopened(inner, opened);
    if (replaced !== inner) (result ??= { ...value })[key] = replaced;
  }
  return result ?? value;
};

const openEnvelope = (envelope: Envelope, keys: ReadonlyMap<string, DataKey>): object | undefined => {
  const { event } = envelope;
  try {
    return openSealed(envelope, keys, dataBound(event)) as object | undefined; // as its schema has it
  } catch (cause) {
    throw new InvalidEvent(`the personal data of event ${event} cannot be opened with its key`, { cause });
  }
};

/** Opens personal data in what was folded from events that were decoded unopened. */
export type OpenPersonal = <T>(values: readonly T[]) => Promise<readonly T[]>;

/** The keys of all values are asked for at once, and no envelope of a value is opened twice. */
export const createOpenPersonal =
  (keys: Pick<DataKeys, 'byId'>): OpenPersonal =>
  async (values) => {
    const marks: Unopened[] = [];
    await mapInSlices(values, (value) => findUnopened(value, (mark) => marks.push(mark)));
    if (marks.length === 0) return values;
    const found = await keys.byId(keysOf(marks));
    const parts = new Map<string, object | undefined>();
    const open = (envelope: Envelope): object | undefined => {
      const { event } = envelope;
      if (!parts.has(event)) parts.set(event, openEnvelope(envelope, found));
      return parts.get(event);
    };
    const opened = new Map<Unopened, unknown>();
    await mapInSlices(marks, (mark) => opened.set(mark, openLayers(mark, open)));
    return mapInSlices(values, (value) => replaceUnopened(value, opened) as typeof value); // marks became what they stood for
  };
