import { Ajv, type ValidateFunction } from 'ajv';
import { parse as uuidBytes, v5 as uuidv5 } from 'uuid';
import type { DomainEvent } from '../domain/events.ts';
import { ERASED, isErased, type Actor, type Instant } from '../domain/shared/decider.ts';
import { oncePerObject } from '../domain/shared/once-per-object.ts';
import { unopened } from '../domain/shared/personal.ts';
import { createBlindIndex, type BlindIndex } from '../platform/blind-index.ts';
import type { DataKey, DataKeys } from '../platform/data-keys.ts';
import { wellFormed } from '../platform/well-formed.ts';
import {
  createOpenPersonal,
  dataBound,
  isSealed,
  metadataBound,
  openSealed,
  sealJson,
  type OpenPersonal,
  type Sealed,
} from './envelopes.ts';
import { chainTexts, hashOf } from './hash-chain.ts';
import type { JsonObject, JsonValue, NewEvent, Revision, StoredEvent } from './port.ts';
import { InvalidEvent, type EventMetadata, type Recorded, type RequestPersonal } from './recorded.ts';
import { eventSchemas, orderSchemas, paymentSchemas, returnSchemas, type EventSchema } from './schemas/index.ts';
import { isAuditStream } from './stream-names.ts';

/** The actor and the command that an append belongs to. */
export type EventContext = {
  /** Decides the ids of the events, so that the command can be repeated safely. */
  readonly command_id: string;
  readonly actor: Actor;
  readonly correlation_id: string;
  readonly causation_id: string;
  /** When it happens. */
  readonly at: Instant;
  /** It is history of another system: recorded now, nothing follows from it. */
  readonly imported?: boolean;
  /** Of the request, sealed. */
  readonly request?: RequestPersonal;
};

export type EncodeInput = {
  readonly stream: string;
  readonly events: readonly DomainEvent[];
  readonly context: EventContext;
  /** Revision of the first of these events. */
  readonly revision: Revision;
  /** Hash of the event before it, null at revision 0. */
  readonly previousHash: string | null;
  /** The customer whose key seals the personal data; without one nothing personal may be in the events. */
  readonly customerId: string | undefined;
};

/** An event ready to be stored, and the event and its metadata as a reader will see them. */
export type Encoded = { readonly stored: NewEvent; readonly event: DomainEvent; readonly metadata: EventMetadata };

/** Between what the domain says and what a store keeps: ids, schemas, personal data, hashes. */
export type Codec = {
  readonly encode: (input: EncodeInput) => Promise<readonly Encoded[]>;
  /**
   * Personal data that a reader has no use for is left sealed, which it sees as erased; `sealed` takes it along, so that
   * what is folded from it can be opened later. Default: it is opened.
   * @throws InvalidEvent when a stored event is not what its type and version promise
   */
  readonly decode: (
    events: readonly StoredEvent[],
    options?: { readonly personal?: boolean | 'sealed' },
  ) => Promise<readonly Recorded[]>;
  /** Opens what was folded from events that were decoded `sealed`. */
  readonly openPersonal: OpenPersonal;
  /** For words that are searched and must not be stored. */
  readonly blindIndex: () => Promise<BlindIndex>;
  /** Forgets the words whose tokens are remembered: they are in clear, and a person may have been erased. */
  readonly forgetWords: () => void;
};

/**
 * Whether this codec, of whatever release, encoded an event. Others may write to the same event store, even streams whose
 * names look like ours.
 */
export const isOwnEvent = ({ metadata }: Pick<StoredEvent, 'metadata'>): boolean =>
  /^[0-9a-f]{64}$/.test(hashOf({ metadata }) ?? '') && typeof metadata['schema_version'] === 'number';

/** Every type of event there is. */
export const EVENT_TYPES: readonly string[] = Object.keys(eventSchemas);

/** As bytes: to parse the text again would cost as much as the hash. */
const EVENT_IDS = uuidBytes('2f9e1c0a-5a57-5f0e-9c38-8a3f0a2c7d11');

/** The id of the n-th event that a command appends to a stream. */
export const eventId = (commandId: string, stream: string, index: number): string =>
  uuidv5(`${commandId}/${stream}/${index}`, EVENT_IDS);

/** Opens the `personal` of data or metadata; a sealed value whose key is gone becomes the erased mark. */
const open = (holder: JsonObject, keys: ReadonlyMap<string, DataKey>, bound: string): JsonObject => {
  const { personal } = holder;
  if (!isSealed(personal)) return holder;
  return { ...holder, personal: openSealed(personal, keys, bound) ?? ERASED };
};

/** The same for `personal` of metadata, which is rarely read: it is opened when it is read. */
const openLater = (holder: JsonObject, keys: ReadonlyMap<string, DataKey>, bound: string): JsonObject => {
  if (!isSealed(holder['personal'])) return holder;
  const { personal: _, ...rest } = holder;
  let opened: JsonValue | undefined;
  return {
    ...rest,
    get personal() {
      return (opened ??= open(holder, keys, bound)['personal'] ?? null);
    },
  };
};

const keysIn = ({ data, metadata }: StoredEvent): readonly string[] =>
  [data['personal'], metadata['personal']].flatMap((personal) => (isSealed(personal) ? [personal.key] : []));

/** A seal holds for one event: personal data that was copied from another, or changed, does not open. */
const openData = ({ id, type, data }: StoredEvent, keys: ReadonlyMap<string, DataKey>, where: string): JsonObject => {
  try {
    return open(data, keys, dataBound(id));
  } catch (cause) {
    throw new InvalidEvent(`${where}: the personal data of ${type} cannot be opened with its key`, { cause });
  }
};

type CompiledSchema = EventSchema & { readonly validate: ValidateFunction };

type SchemaOf = (type: string) => CompiledSchema;

/**
 * Schemas by event type, compiled on first use: to compile all would add half a second to the start of each process.
 * Ajv's pass over the code that it made costs half of that, and saves 12 ns of the 280 that a placed order takes.
 */
const openSchemas = (): SchemaOf => {
  const ajv = new Ajv({ strict: true, allowUnionTypes: true, code: { optimize: false } });
  const declared = new Map<string, EventSchema>(Object.entries(eventSchemas));
  const compiled = new Map<string, CompiledSchema>();
  return (type) => {
    const known = compiled.get(type);
    if (known !== undefined) return known;
    const schema = declared.get(type);
    if (schema === undefined) throw new InvalidEvent(`event type ${type} is not known to this release`);
    const fresh = { ...schema, validate: ajv.compile(schema.data) };
    compiled.set(type, fresh);
    return fresh;
  };
};

let opened: SchemaOf | undefined;

/** The same for every codec of a process: schemas are constants. */
const sharedSchemas = (): SchemaOf => (opened ??= openSchemas());

/** Streams that may come in as history, and the types of their events. */
const HISTORY_TYPES = {
  order: new Set(Object.keys(orderSchemas)),
  payment: new Set(Object.keys(paymentSchemas)),
  return: new Set(Object.keys(returnSchemas)),
} as const;

/** Whether an event of another Waybill is one of ours, before it is encoded: undefined, or what is wrong with it. */
export type CheckEvent = (
  category: keyof typeof HISTORY_TYPES,
  event: { readonly type: string; readonly data: unknown },
) => string | undefined;

export const createEventCheck = (): CheckEvent => {
  const schemaOf = sharedSchemas();
  return (category, { type, data }) => {
    if (!HISTORY_TYPES[category].has(type)) return `has ${JSON.stringify(type)}, which is no event of its stream`;
    const { validate } = schemaOf(type);
    if (validate(data)) return undefined;
    const [error] = validate.errors ?? [];
    return `${type}${error?.instancePath ?? ''} ${error?.message ?? 'is invalid'}`;
  };
};

export const createCodec = (keys: DataKeys, now: () => number = Date.now): Codec => {
  const schemaOf = sharedSchemas();
  let index: { readonly key: Uint8Array; readonly tokenOf: BlindIndex } | undefined;
  const blindIndex = async (): Promise<BlindIndex> => {
    const key = await keys.forSearch();
    if (index?.key !== key) index = { key, tokenOf: createBlindIndex(key) };
    return index.tokenOf;
  };

  const check = (type: string, data: unknown, where: string): void => {
    const { validate } = schemaOf(type);
    if (validate(data)) return;
    const [error] = validate.errors ?? [];
    throw new InvalidEvent(`${where}: ${type}${error?.instancePath ?? ''} ${error?.message ?? 'is invalid'}`);
  };

  const upcast = (stored: StoredEvent, data: JsonObject): Record<string, unknown> => {
    const { version, upcast: steps } = schemaOf(stored.type);
    let [current, from]: [Record<string, unknown>, number] = [data, Number(stored.metadata['schema_version'])];
    for (; from < version; from++) {
      const step = steps?.[from];
      if (step === undefined) throw new InvalidEvent(`${stored.type}: no upcaster from version ${from}`);
      current = step(current);
    }
    return current;
  };

  /** To record that a copy was handed out must not bring a person back who is erased meanwhile: it makes no key. */
  const keyFor = (stream: string, customerId: string): Promise<DataKey | undefined> =>
    isAuditStream(stream) ? keys.findLive(customerId) : keys.forSubject(customerId);

  const encode = async ({ stream, events, context, revision, previousHash, customerId }: EncodeInput) => {
    const key = customerId === undefined ? undefined : await keyFor(stream, customerId);
    const recordedAt = new Date(now()).toISOString();
    let previous = previousHash;
    return events.map((given, index): Encoded => {
      const event = wellFormed(given);
      check(event.type, event.data, 'cannot append');
      const id = eventId(context.command_id, stream, index);
      const sealed = (personal: unknown, bound: string): { personal?: Sealed } => {
        if (personal === undefined) return {};
        if (key === undefined) throw new InvalidEvent(`${event.type} has personal data but ${stream} has no customer`);
        return { personal: sealJson(personal, key, bound) };
      };
      const givenPersonal = 'personal' in event.data ? event.data.personal : undefined;
      // History that was erased where it happened has nothing to seal.
      const personal = givenPersonal !== undefined && isErased(givenPersonal) ? undefined : givenPersonal;
      const { personal: envelope } = sealed(personal, dataBound(id));
      // The fields that a later event changes are named, so that rows need not keep values that were changed again.
      const isLater = revision + BigInt(index) > 0n;
      const fields = isLater && personal !== undefined && { fields: Object.keys(personal) };
      const data = {
        ...event.data,
        ...(envelope !== undefined && { personal: { ...envelope, ...fields } }),
      } as JsonObject; // its schema has just been checked: JSON values only
      const said = {
        actor: context.actor,
        causation_id: context.causation_id,
        correlation_id: context.correlation_id,
      };
      const more = {
        ...(context.imported === true && { imported: true as const }),
        ...(context.at !== recordedAt && { occurred_at: context.at }),
        recorded_at: recordedAt,
        schema_version: schemaOf(event.type).version,
      };
      // Without a customer who has a key, nothing seals a request's origin: then it is not kept.
      const request = key === undefined ? undefined : wellFormed(context.request);
      const after = request === undefined ? more : { ...more, ...sealed(request, metadataBound(id)) };
      const hashed = { id, type: event.type, data, stream, revision: revision + BigInt(index) };
      const { hash, texts } = chainTexts(hashed, { before: said, after }, previous);
      previous = hash;
      return {
        stored: { id, type: event.type, data, metadata: { ...said, ...after, hash }, texts },
        event,
        metadata: { ...said, ...more, hash, ...(request === undefined ? {} : { personal: request }) },
      };
    });
  };

  const checkedData = (stored: StoredEvent, opened: ReadonlyMap<string, DataKey>): Record<string, unknown> => {
    const where = `${stored.stream} revision ${stored.revision}`;
    // Logs written before text was made well-formed on its way in may hold text that no table can.
    const data = wellFormed(upcast(stored, openData(stored, opened, where)));
    check(stored.type, data, where);
    return data;
  };

  /** Projections that follow together share what was read. What was opened is not kept: its key may be destroyed. */
  const dataUnopened = oncePerObject((stored: StoredEvent) => checkedData(stored, new Map()));

  const decodeOne = (stored: StoredEvent, opened: ReadonlyMap<string, DataKey>, sealed: boolean): Recorded => {
    const data = opened.size === 0 ? dataUnopened(stored) : checkedData(stored, opened);
    const metadata = openLater(stored.metadata, opened, metadataBound(stored.id)) as EventMetadata; // written by encode only
    const { personal } = stored.data;
    const kept =
      sealed && isSealed(personal) ? { ...data, personal: unopened({ event: stored.id, ...personal }) } : data;
    const event = { type: stored.type, data: kept } as DomainEvent; // the schema of its type says so
    return {
      id: stored.id,
      stream: stored.stream,
      revision: stored.revision,
      position: stored.position,
      fact: { ...event, at: metadata.occurred_at ?? metadata.recorded_at, by: metadata.actor },
      metadata,
    };
  };

  return {
    encode,
    decode: async (events, { personal = true } = {}) => {
      const ids = personal === true ? events.flatMap(keysIn) : [];
      const opened = ids.length === 0 ? new Map<string, DataKey>() : await keys.byId(ids);
      return events.map((event) => decodeOne(event, opened, personal === 'sealed'));
    },
    openPersonal: createOpenPersonal(keys),
    blindIndex,
    forgetWords: () => void (index = undefined),
  };
};
