import type { Knex } from 'knex';
import { documentDecider, type DocumentEvent, type DocumentState } from '../domain/document/index.ts';
import { withBooksRestored, type ExternalDocument, type OrderEvent } from '../domain/order/index.ts';
import type { Fact } from '../domain/shared/decider.ts';
import { canonicalJson } from '../event-store/canonical-json.ts';
import type { Codec } from '../event-store/codec.ts';
import type { EventStore, JsonValue, Position } from '../event-store/port.ts';
import type { Recorded } from '../event-store/recorded.ts';
import { documentStream, orderStream, paymentStream, returnStream } from '../event-store/stream-names.ts';
import { mapAtMost } from '../platform/map-at-most.ts';
import { documentList, documentsOfOrders } from '../projections/documents/index.ts';
import { orderList, orderPlaces, type OrderPlace } from '../projections/orders/index.ts';
import { paymentIdsOfOrders, paymentList } from '../projections/payments/index.ts';
import type { Chunk } from './chunk.ts';

export type HistoryDeps = {
  readonly db: Knex;
  readonly store: Pick<EventStore, 'readStream'>;
  readonly codec: Pick<Codec, 'decode'>;
};

/** Orders whose streams are read at a time, and in memory. */
const AT_ONCE = 16;

/** Says of each line how it is to be read. */
const HISTORY_FORMAT = 1;

/** The read models that say which orders, payments and documents there are. */
export const HISTORY_READS = [orderList.name, paymentList.name, documentList.name];

const factOf = ({ fact: { type, at, by, data } }: Recorded) => ({ type, at, by, data });

/** An order with its returns, payments and documents as one line; undefined: it was placed after the position. */
const lineOf = async ({ db, store, codec }: HistoryDeps, { id }: OrderPlace, until: Position) => {
  const read = async (stream: string): Promise<readonly Recorded[]> =>
    codec.decode((await store.readStream(stream)).filter(({ position }) => position <= until));
  const part = async (name: 'payment_id' | 'return_id', part_id: string, stream: string) => {
    const events = (await read(stream)).map(factOf);
    return events.length === 0 ? [] : [{ [name]: part_id, events }];
  };
  const order = await read(orderStream(id));
  const [first] = order;
  if (first === undefined) return undefined;

  const returnIds = order.flatMap(({ fact }) => (fact.type === 'ReturnOpened' ? [fact.data.return_id] : []));
  const [payments, returns, documents] = await Promise.all([
    paymentIdsOfOrders(db, [id]).then((ids) => mapAtMost(4, ids, (one) => part('payment_id', one, paymentStream(one)))),
    mapAtMost(4, returnIds, (one) => part('return_id', one, returnStream(one))),
    documentsOf({ db, store, codec }, id, until),
  ]);
  const external = first.fact.type === 'OrderPlaced' ? (first.fact.data.external_documents ?? []) : [];
  const events = order.map(factOf).map(({ type, at, by, data }) => ({
    ...withBooksRestored({ type, data } as OrderEvent), // order streams hold nothing else
    at,
    by,
  }));
  const byNumber = (a: ExternalDocument, b: ExternalDocument): number => (a.number < b.number ? -1 : 1);
  const line = {
    waybill_history: HISTORY_FORMAT,
    order_id: id,
    events,
    payments: payments.flat(),
    returns: returns.flat(),
    documents: [...external, ...documents].toSorted(byNumber),
  };
  return `${canonicalJson(line as unknown as JsonValue)}\n`; // facts are JSON, as their schemas have it
};

/** Documents of ours that were complete at the position. */
const documentsOf = async (
  { db, store, codec }: HistoryDeps,
  orderId: string,
  until: Position,
): Promise<readonly ExternalDocument[]> => {
  const found = await documentsOfOrders(db, [orderId]);
  const complete = await mapAtMost(4, found, async (row): Promise<readonly ExternalDocument[]> => {
    const stored = await store.readStream(documentStream(row.id));
    const events = await codec.decode(
      stored.filter(({ position }) => position <= until),
      { personal: false },
    );
    const state = events.reduce<DocumentState>(
      (folded, { fact }) => documentDecider.evolve(folded, fact as Fact<DocumentEvent>), // document streams hold nothing else
      documentDecider.initialState,
    );
    if (state.status !== 'rendered' || row.number === null) return [];
    const { document_type, number, amount, requested_at: issued_at, return_id, credit_id } = row;
    return [{ document_type, number, amount, issued_at, return_id, credit_id }];
  });
  return complete.flat();
};

/** A place as a chunk had it; undefined: the beginning. */
const placeIn = (place: unknown): OrderPlace | undefined =>
  typeof place === 'object' &&
  place !== null &&
  'created_at' in place &&
  'id' in place &&
  typeof place.created_at === 'string' &&
  typeof place.id === 'string'
    ? { created_at: place.created_at, id: place.id }
    : undefined;

/**
 * Every order with its returns, payments and documents, the oldest first, as they were at one position. What is recorded
 * later is left out, so an export that is resumed says the same.
 */
export async function* historyLines(
  deps: HistoryDeps,
  { until, after }: { readonly until: Position; readonly after?: unknown },
): AsyncGenerator<Chunk> {
  for await (const places of orderPlaces(deps.db, { after: placeIn(after), atOnce: AT_ONCE })) {
    const lines = await mapAtMost(AT_ONCE, places, (place) => lineOf(deps, place, until));
    const written = lines.filter((line) => line !== undefined);
    yield { text: written.join(''), rows: written.length, place: places.at(-1) ?? null };
  }
}
