import { isUuid } from '../../platform/uuid.ts';
import type { QueryArrayConfig } from 'pg';
import {
  AppendTooLarge,
  MAX_APPEND_BYTES,
  WrongExpectedRevision,
  type Appended,
  type ExpectedRevision,
  type NewEvent,
} from '../port.ts';
import { int4Array, int8Array, jsonArray, textArray, uuidArray } from '../../platform/binary-array.ts';
import { asOutage, isLostConnection } from './failure.ts';
import type { SingleConnection } from './single-connection.ts';

type SerializedEvent = {
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
};

/** An append as text, ready to be sent. */
export type PreparedAppend = {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly SerializedEvent[];
  readonly bytes: number;
};

const NO_STREAM = -1n;

const serialize = ({ id, type, data, metadata, texts }: NewEvent): SerializedEvent => {
  if (!isUuid(id)) throw new TypeError(`an event id must be a UUID, not ${id}`);
  return { id, type, ...(texts ?? { data: JSON.stringify(data), metadata: JSON.stringify(metadata) }) };
};

export const prepareAppend = (
  stream: string,
  events: readonly NewEvent[],
  expected: ExpectedRevision,
): PreparedAppend => {
  if (events.length === 0) throw new RangeError('an append needs at least one event');
  const serialized = events.map(serialize);
  const bytes = serialized.reduce((sum, { data, metadata }) => sum + data.length + metadata.length, 0);
  if (bytes > MAX_APPEND_BYTES) throw new AppendTooLarge(bytes, MAX_APPEND_BYTES);
  return { stream, expected, events: serialized, bytes };
};

const toNumber = (expected: ExpectedRevision): bigint => (expected === 'no_stream' ? NO_STREAM : expected);
const toExpected = (revision: bigint): ExpectedRevision => (revision === NO_STREAM ? 'no_stream' : revision);

/** Named, so that the server parses it once per connection. */
const appendQuery = (batch: readonly PreparedAppend[]): QueryArrayConfig => {
  const events = batch.flatMap((append) => append.events);
  return {
    name: 'append_events',
    text: `select append, outcome, revision, "position" from append_events($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    rowMode: 'array',
    values: [
      textArray(batch.map(({ stream }) => stream)),
      int8Array(batch.map(({ expected }) => toNumber(expected))),
      int4Array(batch.map((append) => append.events.length)),
      int4Array(batch.flatMap((append, index) => append.events.map(() => index + 1))),
      int4Array(batch.flatMap((append) => append.events.map((_, index) => index + 1))),
      uuidArray(events.map(({ id }) => id)),
      textArray(events.map(({ type }) => type)),
      jsonArray(events.map(({ data }) => data)),
      jsonArray(events.map(({ metadata }) => metadata)),
    ],
  };
};

type Row = readonly [append: number, outcome: 'stored' | 'repeated' | 'refused', revision: string, position: string];

const toOutcome = ({ stream, expected }: PreparedAppend, [, outcome, revision, position]: Row) =>
  outcome === 'refused'
    ? new WrongExpectedRevision(stream, expected, toExpected(BigInt(revision)))
    : { revision: BigInt(revision), position: BigInt(position) };

type Outcomes = readonly (Appended | Error)[];

/** The cheaper way for one event alone; undefined when the stream is not where it should be. */
const sendOne = async (connection: SingleConnection, append: PreparedAppend): Promise<Appended | undefined> => {
  const [event] = append.events;
  if (event === undefined) return undefined;
  const expected = toNumber(append.expected);
  const { rows } = await connection.query({
    name: 'append_event',
    text: 'select append_event($1, $2, $3, $4, $5, $6)',
    rowMode: 'array',
    values: [append.stream, expected, event.id, event.type, event.data, event.metadata],
  });
  const [position] = (rows as [string | null][])[0] ?? [null];
  return position === null ? undefined : { revision: expected + 1n, position: BigInt(position) };
};

const send = async (connection: SingleConnection, batch: readonly PreparedAppend[]): Promise<Outcomes> => {
  const [first] = batch;
  if (batch.length === 1 && first?.events.length === 1) {
    const stored = await sendOne(connection, first);
    if (stored !== undefined) return [stored];
  }
  const { rows } = await connection.query(appendQuery(batch));
  const outcomes: (Appended | Error)[] = [];
  for (const row of rows as unknown as Row[]) {
    // The columns of append_events, as its migration declares them.
    const append = batch[row[0] - 1];
    if (append !== undefined) outcomes[row[0] - 1] = toOutcome(append, row);
  }
  return outcomes;
};

/**
 * Writes a batch. After a lost connection the batch is sent once more on a new one: if the first attempt was stored after
 * all, the second finds its own events and answers the same. If a bug makes the whole batch fail, its appends are sent one
 * by one, so that only the faulty one fails.
 */
export const createWriteBatch = (connection: SingleConnection) => {
  const sendTwice = async (batch: readonly PreparedAppend[]): Promise<Outcomes> => {
    try {
      return await send(connection, batch);
    } catch (error) {
      if (!isLostConnection(error)) throw error;
      return send(connection, batch);
    }
  };

  const writeBatch = async (batch: readonly PreparedAppend[]): Promise<Outcomes> => {
    try {
      return await sendTwice(batch);
    } catch (error) {
      const outage = asOutage(error);
      if (outage !== undefined) return batch.map(() => outage);
      if (batch.length === 1) throw error;
      const outcomes: (Appended | Error)[] = [];
      for (const append of batch)
        outcomes.push(
          ...(await writeBatch([append]).catch((own: unknown) => [
            own instanceof Error ? own : new Error(String(own)),
          ])),
        );
      return outcomes;
    }
  };
  return writeBatch;
};
