import { types, type QueryArrayConfig } from 'pg';
import type { Signal } from '../signal.ts';
import {
  PAGE_BYTES,
  type Batch,
  type Counted,
  type CountOptions,
  type EventText,
  type HashPage,
  type JsonObject,
  type Position,
  type ReadAllOptions,
  type ReadStreamOptions,
  type StoredEvent,
  type TextPage,
} from '../port.ts';
import { asOutage } from './failure.ts';
import type { Reader } from './reader.ts';

/** How far one page looks for matches: a page of a rare prefix costs as much as one of a frequent one. */
const WINDOW = 10_000;
const NO_LIMIT = null;

const COLUMNS = 'e.position, e.stream, e.revision, e.id, e.type, e.data, e.metadata';

type EventRow = readonly [
  position: bigint,
  stream: string,
  revision: bigint,
  id: string,
  type: string,
  data: JsonObject,
  metadata: JsonObject,
];
type PageRow = readonly [head: bigint, upTo: bigint, ...EventRow] | readonly [head: bigint, upTo: null, ...null[]];

const parsers = new Map<number, (text: string) => unknown>([
  [types.builtins.INT8, BigInt],
  [types.builtins.JSON, JSON.parse],
]);
const asIs = (text: string): string => text;
const parsed = { getTypeParser: (oid: number) => parsers.get(oid) ?? asIs };

const toEvent = ([position, stream, revision, id, type, data, metadata]: EventRow): StoredEvent => ({
  id,
  type,
  data,
  metadata,
  stream,
  revision,
  position,
});

/** Rows as arrays; what the columns are is known from the query's own text. */
const select = async <Row>(reader: Reader, query: Omit<QueryArrayConfig, 'rowMode'>): Promise<readonly Row[]> => {
  try {
    const { rows } = await reader.query({ types: parsed, ...query, rowMode: 'array' });
    return rows as Row[];
  } catch (error) {
    throw asOutage(error) ?? error;
  }
};

/** A stream from its first event on; `limit`: its first events alone. */
export type Beginning = { readonly stream: string; readonly limit: number | undefined };

/** The beginnings of several streams at once, in the order in which they are given. */
export const readStreams = async (
  reader: Reader,
  wanted: readonly Beginning[],
): Promise<readonly (readonly StoredEvent[])[]> => {
  const streams = [...new Set(wanted.map(({ stream }) => stream))];
  // Revisions count up from 0. Of several limits the highest is read for all.
  const most = wanted.reduce((highest, { limit = Infinity }) => Math.max(highest, limit), 0);
  const isWhole = most === Infinity;
  const rows = await select<EventRow>(reader, {
    name: isWhole ? 'read_streams' : 'read_beginnings',
    text: `select ${COLUMNS} from events e where e.stream = any ($1)${isWhole ? '' : ' and e.revision < $2'}
      order by e.stream, e.revision`,
    values: isWhole ? [streams] : [streams, most],
  });
  const found = new Map<string, StoredEvent[]>();
  for (const row of rows) {
    const event = toEvent(row);
    const events = found.get(event.stream);
    if (events === undefined) found.set(event.stream, [event]);
    else events.push(event);
  }
  return wanted.map(({ stream, limit }) => (found.get(stream) ?? []).slice(0, limit));
};

export const readStream = async (
  reader: Reader,
  stream: string,
  { from, direction = 'forwards', limit }: ReadStreamOptions,
): Promise<readonly StoredEvent[]> => {
  const [compare, order] = direction === 'forwards' ? ['>=', 'asc'] : ['<=', 'desc'];
  const rows = await select<EventRow>(reader, {
    name: `read_stream_${direction}${from === undefined ? '' : '_from'}`,
    text: `select ${COLUMNS} from events e where e.stream = $1${from === undefined ? '' : ` and e.revision ${compare} $3`}
      order by e.revision ${order} limit $2`,
    values: [stream, limit ?? NO_LIMIT, ...(from === undefined ? [] : [from])],
  });
  return rows.map(toEvent);
};

/**
 * One statement, so head and events are of one snapshot: nothing at or below that head can appear later. `up_to`: bytes of
 * the page up to and including this event.
 */
const pageOf = (columns: string): string => `select h.head, e.up_to, ${columns}
  from (select coalesce(max(position), 0) as head from events) h
  left join lateral (
    select w.*, sum(bytes) over (order by position) as up_to
    from (
      select *, octet_length(data::text) + octet_length(metadata::text) as bytes from events
      where position > $1 and position <= $1 + ${WINDOW} and stream ^@ any ($2)
      order by position limit $3
    ) w
  ) e on e.up_to - e.bytes < ${PAGE_BYTES}
  order by e.position`;

const PAGE = pageOf(COLUMNS);

/** Where a page ends. `bytes`: of its events. */
const pageEnd = (
  { after, limit }: Pick<ReadAllOptions, 'after' | 'limit'>,
  { head, last, count, bytes }: Readonly<Record<'head' | 'last' | 'bytes', bigint>> & { readonly count: number },
): Pick<Batch, 'position' | 'caughtUp'> => {
  const end = after + BigInt(WINDOW) < head ? after + BigInt(WINDOW) : head;
  const isFull = count === limit || bytes >= PAGE_BYTES;
  const position = isFull || end < after ? last : end;
  return { position, caughtUp: position >= head };
};

export const readPage = async (reader: Reader, { after, limit, prefixes }: ReadAllOptions): Promise<Batch> => {
  const rows = await select<PageRow>(reader, { name: 'read_page', text: PAGE, values: [after, prefixes, limit] });
  const events = rows.flatMap(([, , ...row]) => (row[0] === null ? [] : [toEvent(row as EventRow)]));
  const [head, bytes] = [rows[0]?.[0] ?? 0n, rows.at(-1)?.[1] ?? 0n];
  const last = events.at(-1)?.position ?? after;
  return { events, ...pageEnd({ after, limit }, { head, last, bytes, count: events.length }) };
};

const TEXTS = pageOf(`${COLUMNS}, e.metadata->>'hash' as hash`);

type TextRow = readonly [
  head: string,
  upTo: string | null,
  position: string | null,
  stream: string,
  revision: string,
  id: string,
  type: string,
  data: string,
  metadata: string,
  hash: string | null,
];

const unread = { getTypeParser: () => asIs };

export const readTexts = async (
  reader: Reader,
  { after, limit }: Pick<ReadAllOptions, 'after' | 'limit'>,
): Promise<TextPage> => {
  const query = { name: 'read_texts', text: TEXTS, values: [after, [''], limit], types: unread };
  const rows = await select<TextRow>(reader, query);
  const events: EventText[] = [];
  for (const [, , position, stream, revision, id, type, data, metadata, hash] of rows)
    if (position !== null)
      events.push({ position: BigInt(position), stream, revision: BigInt(revision), id, type, data, metadata, hash });
  const [head, bytes] = [BigInt(rows[0]?.[0] ?? 0), BigInt(rows.at(-1)?.[1] ?? 0)];
  const last = events.at(-1)?.position ?? after;
  return { events, ...pageEnd({ after, limit }, { head, last, bytes, count: events.length }) };
};

const COUNT = `select count(*)::int, (
    select metadata->>'recorded_at' from events e where e.position = min(found.position)
  )
  from (
    select position from events
    where position > $1 and position <= $1 + ${WINDOW} and stream ^@ any ($2) and ($4::text[] is null or type = any ($4))
    order by position limit $3
  ) found`;

export const countAfter = async (
  reader: Reader,
  { after, limit, prefixes, types: wanted }: CountOptions,
): Promise<Counted> => {
  const values = [after, prefixes, limit, wanted === undefined ? null : [...wanted]];
  const rows = await select<[string, string | null]>(reader, { name: 'count_after', text: COUNT, values });
  const [count, since] = rows[0] ?? ['0', null];
  return { count: Number(count), since: since ?? undefined };
};

type HashRow = readonly [stream: string, revision: bigint, position: bigint, hash: string | null];

const HASHES = `select stream, revision, position, metadata->>'hash' from events where position > $1 order by position limit $2`;

export const readHashes = async (
  reader: Reader,
  { after, limit }: Pick<ReadAllOptions, 'after' | 'limit'>,
): Promise<HashPage> => {
  const rows = await select<HashRow>(reader, { name: 'read_hashes', text: HASHES, values: [after, limit] });
  const hashes = rows.map(([stream, revision, position, hash]) => ({ stream, revision, position, hash }));
  return { hashes, position: hashes.at(-1)?.position ?? after, caughtUp: hashes.length < limit };
};

/**
 * Subscribers that read from the same position at the same moment share one read, unless the signal was raised since that
 * read began: a subscriber that has counted the signal before would miss the new events and wait.
 */
export const sharePages = (appended: Signal, read: (options: ReadAllOptions) => Promise<Batch>) => {
  const reads = new Map<string, Promise<Batch>>();
  return (options: ReadAllOptions): Promise<Batch> => {
    const { after, limit, prefixes } = options;
    const key = [appended.count(), after, limit, ...prefixes].join(' ');
    const page = reads.get(key) ?? read(options).finally(() => reads.delete(key));
    reads.set(key, page);
    return page;
  };
};

export const readHead = async (reader: Reader): Promise<Position> => {
  const rows = await select<[Position]>(reader, {
    name: 'read_head',
    text: 'select coalesce(max(position), 0) from events',
  });
  return rows[0]?.[0] ?? 0n;
};
