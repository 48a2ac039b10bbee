import { randomUUID } from 'node:crypto';
import { documentFilesIn } from '../../documents/index.ts';
import type { ChangeRow, PackDeps } from '../../audit/index.ts';
import { streamsOfOrder, SYSTEM } from '../../commands/index.ts';
import { isPlaced, orderFold } from '../../domain/order/index.ts';
import { sentenceOf } from '../../domain/sentences.ts';
import { isErased } from '../../domain/shared/decider.ts';
import { remarkOf } from '../../domain/shared/history.ts';
import type { EventContext } from '../../event-store/codec.ts';
import type { StoredEvent } from '../../event-store/port.ts';
import type { Recorded } from '../../event-store/recorded.ts';
import { orderStream, storeCreditStream, STREAM_PREFIXES } from '../../event-store/stream-names.ts';
import { businessDayIn } from '../../platform/business-day.ts';
import { isUuid } from '../../platform/uuid.ts';
import { recordKeptRead } from '../../privacy/index.ts';
import { findIdByNumber } from '../../projections/numbers/index.ts';
import { orderIdsOfCustomer } from '../../projections/orders/index.ts';
import { paymentIdsOfOrders } from '../../projections/payments/index.ts';
import { findStoreCreditIds } from '../../projections/store-credit/index.ts';
import type { Container } from '../container.ts';

/** What a pack is about. */
export type PackSubject =
  | { readonly order: string }
  | { readonly customer: string }
  /** Business days, both included. */
  | { readonly from: string; readonly to: string };

/** The read models that name what belongs to an order or a customer. */
export const PACK_READS = ['order_list', 'payment_list', 'numbers', 'store_credit'] as const;

type Reading = Pick<Container, 'db' | 'store' | 'codec' | 'readStream'>;

const PAGE = 500;

const streamsOf = async ({ db, readStream }: Reading, id: string): Promise<readonly string[]> => {
  const found = await readStream(orderFold, orderStream(id));
  if (found === undefined || !isPlaced(found.state)) return [];
  return streamsOfOrder(id, found.state, await paymentIdsOfOrders(db, [id]));
};

/** The streams of a subject; none: there is no such order, or the customer has none. */
export const streamsOfSubject = async (
  reading: Reading,
  subject: Exclude<PackSubject, { readonly from: string }>,
): Promise<readonly string[]> => {
  const { db } = reading;
  if ('order' in subject) {
    const id = isUuid(subject.order) ? subject.order.toLowerCase() : await findIdByNumber(db, 'order', subject.order);
    return id === undefined ? [] : streamsOf(reading, id);
  }
  const streams: string[] = [];
  for (const id of await orderIdsOfCustomer(db, subject.customer)) streams.push(...(await streamsOf(reading, id)));
  const balances = await findStoreCreditIds(db, subject.customer);
  return [...streams, ...balances.map(storeCreditStream)];
};

/** The events of streams in the order of the log. */
export async function* eventsOfStreams(
  { store }: Pick<Container, 'store'>,
  streams: readonly string[],
): AsyncGenerator<readonly StoredEvent[]> {
  const events: StoredEvent[] = [];
  for (const stream of streams) events.push(...(await store.readStream(stream)));
  events.sort((a, b) => (a.position < b.position ? -1 : 1));
  for (let at = 0; at < events.length; at += PAGE) yield events.slice(at, at + PAGE);
}

/**
 * The events of business days. An event belongs to the later one of its own day and that of the event before it in the
 * log, so that days are ranges of the log.
 */
export async function* eventsOfDays(
  { store }: Pick<Container, 'store'>,
  { from, to }: { readonly from: string; readonly to: string },
  timeZone: string,
): AsyncGenerator<readonly StoredEvent[]> {
  const dayOf = businessDayIn(timeZone);
  let [after, day] = [0n, ''];
  for (;;) {
    const { events, position, caughtUp } = await store.readAll({ after, limit: PAGE, prefixes: STREAM_PREFIXES });
    const within: StoredEvent[] = [];
    for (const event of events) {
      const recorded = event.metadata['recorded_at'];
      const own = typeof recorded === 'string' ? dayOf(recorded) : day;
      if (own > day) day = own;
      if (day > to) break;
      if (day >= from) within.push(event);
    }
    if (within.length > 0) yield within;
    if (caughtUp || day > to) return;
    after = position;
  }
}

/** ISO 4217's code for no currency: of streams without amounts, such as those of the audit. */
const NO_CURRENCY = 'XXX';

/** Currency of the amounts in each stream, as its first event has it. */
const openCurrencies = ({ store }: Pick<Container, 'store'>) => {
  const known = new Map<string, string>();
  return async (stream: string): Promise<string> => {
    const found = known.get(stream);
    if (found !== undefined) return found;
    const [first] = await store.readStream(stream, { limit: 1 });
    const named = first?.data['currency'];
    const currency = typeof named === 'string' ? named : NO_CURRENCY;
    known.set(stream, currency);
    return currency;
  };
};

const rowOf = ({ stream, revision, position, fact, metadata }: Recorded, currency: string): ChangeRow => {
  const { personal, actor, correlation_id } = metadata;
  const origin = personal === undefined || isErased(personal) ? {} : personal;
  return {
    position: String(position),
    at: fact.at,
    stream,
    revision: String(revision),
    event: fact.type,
    what: sentenceOf(fact, currency),
    actor_id: actor.id,
    actor_role: actor.role,
    remark: remarkOf(fact.data),
    ip: origin.ip ?? null,
    user_agent: origin.user_agent ?? null,
    request_id: correlation_id,
  };
};

/** Of what one export does on its own: each export reads kept documents anew, and says so. */
const aboutExport = (at: Date) => {
  const id = randomUUID();
  return (documentId: string): EventContext => ({
    command_id: `ReadKeptDocument/${id}/${documentId}`,
    correlation_id: `ExportPack/${id}`,
    causation_id: `ExportPack/${id}`,
    actor: SYSTEM,
    at: at.toISOString(),
  });
};

/** What one pack of this installation is written from. */
export const packDeps = (
  keys: PackDeps['keys'],
  { db, store, codec, dataKeys, handle }: Pick<Container, 'db' | 'store' | 'codec' | 'dataKeys' | 'handle'>,
): PackDeps => {
  const files = documentFilesIn(db, dataKeys);
  const contextOf = aboutExport(new Date());
  const currencyOf = openCurrencies({ store });
  return {
    db,
    store,
    keys,
    readDocument: async (id) => {
      const file = await files.find(id);
      if (file === undefined) return undefined;
      // Before its bytes leave: a read that is not recorded must not happen.
      if ((await files.keysOf([id])).get(id)?.state === 'restricted') await recordKeptRead(handle, id, contextOf(id));
      return file.bytes;
    },
    describe: async (events) => {
      const rows: ChangeRow[] = [];
      for (const recorded of await codec.decode(events)) rows.push(rowOf(recorded, await currencyOf(recorded.stream)));
      return rows;
    },
  };
};
