import type {
  OrderDetailsChanged,
  OrderEvent,
  OrderItemsModified,
  OrderLine,
  OrderPersonal,
  OrderPlaced,
  ItemsShipped,
  OrderShipped,
  ShipmentDetailsChanged,
} from '../../domain/order/index.ts';
import type { Address } from '../../domain/shared/address.ts';
import { isErased, type Fact } from '../../domain/shared/decider.ts';
import type { MetaData } from '../../domain/shared/remarks.ts';
import { streamId } from '../../event-store/stream-names.ts';
import type { BlindIndex } from '../../platform/blind-index.ts';
import { projection, typesFolded, type StoredRows, type Tokens } from '../engine/index.ts';
import { termsOf, wordTerm } from './terms.ts';
import { typedWords, wordOfPhone, wordsOf, wordsOfEmail } from './tokenize.ts';

/** A word, or its token once the row has been written: the word itself is in no table. */
type Word = string | number;

/** Where the words of an order come from: when one source changes, the words of the others stay. */
type Sources = {
  /** Ids that do not change. */
  readonly placed: readonly Word[];
  readonly name: readonly Word[];
  readonly email: readonly Word[];
  readonly shipping: readonly Word[];
  readonly billing: readonly Word[];
  readonly meta: readonly Word[];
  readonly lines: readonly Word[];
  readonly tracking: readonly Word[];
};

/** What `GET /orders/search` finds an order by. */
export type OrderSearchRow = {
  readonly id: string;
  readonly revision: number;
  readonly created_at: string;
  /** In small letters. */
  readonly number: string;
  /** The digits at its end. */
  readonly serial: number | null;
  readonly sources: Sources;
  /** Each once. */
  readonly words: readonly Word[];
};

/** Of an order of 500 long lines not every word is kept. */
const MOST_WORDS = 2_000;
/** Meta data may hold anything; ids of other systems are short and stand at its top. */
const MOST_META = 20;
const LONGEST_META = 60;
const SERIAL = /(\d{1,15})$/;

const wordsOfAddress = (address: Address | null | undefined): readonly string[] => {
  if (address === null || address === undefined) return [];
  if (typeof address === 'string') return wordsOf(address);
  return Object.entries(address).flatMap(([name, value]) => {
    if (typeof value !== 'string' || name === 'country') return [];
    return name === 'phone' ? (wordOfPhone(value) ?? []) : wordsOf(value);
  });
};

const wordsOfMeta = (meta_data: MetaData | null | undefined): readonly string[] =>
  Object.values(meta_data ?? {})
    .slice(0, MOST_META)
    .flatMap((value) =>
      (typeof value === 'string' && value.length <= LONGEST_META) || typeof value === 'number'
        ? wordsOf(String(value))
        : [],
    );

const wordsOfLines = (lines: readonly OrderLine[]): readonly string[] =>
  lines.flatMap(({ product_id, product_name, product_sku }) => [
    ...typedWords(product_id),
    ...wordsOf(`${product_name ?? ''} ${product_sku ?? ''}`),
  ]);

const wordsIn = (sources: Sources): readonly Word[] => [...new Set(Object.values(sources).flat().slice(0, MOST_WORDS))];

const withSources = (row: OrderSearchRow, revision: number, changed: Partial<Sources>): OrderSearchRow => {
  const sources = { ...row.sources, ...changed };
  return { ...row, revision, sources, words: wordsIn(sources) };
};

const personalSources = (personal: Partial<OrderPersonal>): Partial<Sources> => {
  const { customer_name, customer_email, shipping_address, billing_address, meta_data } = personal;
  return {
    ...(customer_name !== undefined && { name: wordsOf(customer_name ?? '') }),
    ...(customer_email !== undefined && { email: wordsOfEmail(customer_email ?? '') }),
    ...(shipping_address !== undefined && { shipping: wordsOfAddress(shipping_address) }),
    ...(billing_address !== undefined && { billing: wordsOfAddress(billing_address) }),
    ...(meta_data !== undefined && { meta: wordsOfMeta(meta_data) }),
  };
};

const begin = (id: string, { data, at }: Fact<OrderPlaced>): OrderSearchRow => {
  const number = data.order_number.toLowerCase();
  const digits = SERIAL.exec(number)?.[1];
  const personal = isErased(data.personal) ? undefined : data.personal;
  const placed = [...typedWords(data.customer_id), ...wordsOf(data.external?.number ?? '')];
  const sources: Sources = {
    placed,
    name: [],
    email: [],
    shipping: [],
    billing: [],
    meta: [],
    ...(personal && personalSources(personal)),
    lines: wordsOfLines(data.lines),
    tracking: [],
  };
  const serial = digits === undefined ? null : Number(digits);
  return { id, revision: 0, created_at: at, number, serial, sources, words: wordsIn(sources) };
};

/** The rows with tokens for words, and for each word that is new the tokens of what else it is found by. */
const toStored = (rows: readonly OrderSearchRow[], index: BlindIndex, known: Tokens): StoredRows => {
  const fresh = new Map<string, number>();
  const tokenOf = (word: Word): number => {
    if (typeof word === 'number') return word;
    const before = known.get(word) ?? fresh.get(word);
    if (before !== undefined) return before;
    const token = index(wordTerm(word));
    fresh.set(word, token);
    return token;
  };
  const stored = rows.map((row) => ({
    ...row,
    sources: Object.fromEntries(Object.entries(row.sources).map(([name, from]) => [name, from.map(tokenOf)])),
    words: row.words.map(tokenOf),
  }));
  const beside = [...fresh].map(([word, token]) => ({ word: token, terms: termsOf(word).map(index) }));
  return { rows: stored, beside, learnt: fresh };
};

export const orderSearch = projection<OrderSearchRow>({
  name: 'order_search',
  version: 4,
  prefixes: ['order-'],
  types: typesFolded<OrderEvent['type']>({
    OrderPlaced: true,
    OrderReleased: false,
    OrderConfirmed: false,
    OrderProcessingStarted: false,
    OrderShipped: true,
    OrderOutForDelivery: false,
    OrderDelivered: false,
    ItemsShipped: true,
    ShipmentOutForDelivery: false,
    ShipmentDelivered: false,
    ShipmentFailed: false,
    ShipmentReturnedToSender: false,
    ShipmentLost: false,
    ShipmentResolved: false,
    ShipmentDetailsChanged: true,
    OrderCancelled: false,
    OrderReturned: false,
    OrderItemsModified: true,
    OrderDetailsChanged: true,
    DeliveryPartnerAssigned: false,
    ItemsCancelled: false,
    OrderHeld: false,
    HoldReleased: false,
    PaymentStarted: false,
    PaymentCaptured: false,
    PaymentFailed: false,
    OrderCredited: false,
    RefundAllocated: false,
    PaymentRefunded: false,
    PaymentRefundFailed: false,
    RefundResolved: false,
    RefundWithdrawn: false,
    ReturnOpened: false,
    ReturnSettled: false,
    ReturnClosed: false,
    FeedbackGiven: false,
    NoteAdded: false,
  }),
  table: 'order_search',
  key: 'id',
  keysElsewhere: "select id from numbers where kind = 'order'",
  columns: {
    id: 'uuid',
    revision: 'bigint',
    created_at: 'timestamptz',
    number: 'text',
    serial: 'bigint',
    sources: 'json',
    words: 'bigint[]',
  },
  evolve: (row, { stream, revision, fact }) => {
    // No other type is opened.
    const event = fact as Fact<OrderPlaced | Changing>;
    if (event.type === 'OrderPlaced') return begin(streamId(stream), event);
    if (row === undefined) return undefined;
    const change = changeBy(row.sources, event);
    return Object.keys(change).length === 0 ? row : withSources(row, Number(revision), change);
  },
  toStored,
  // Every write inserts into `search_words`, be it nothing, and so holds the lock that `tidySearchWords` needs: words that
  // the writer knew when it read the generation are still there, or the generation is another one.
  generation: 'select n from search_words_generation',
  // A word that is known has its terms already: both are written in one statement.
  alongside: (written, named) => ({
    given: `select word, terms from json_to_recordset(?::json) as r (word bigint, terms bigint[])
      where exists (select from ${written})`,
    fresh: `insert into search_words (word) select word from ${named('given')} order by 1
      on conflict do nothing returning word`,
    terms: `insert into search_terms (token, word)
      select distinct unnest(terms), word from ${named('given')} join ${named('fresh')} using (word) order by 1, 2
      on conflict do nothing`,
  }),
});

type Changing = OrderItemsModified | OrderDetailsChanged | OrderShipped | ItemsShipped | ShipmentDetailsChanged;

const changeBy = (sources: Sources, { type, data }: Fact<Changing>): Partial<Sources> => {
  if (type === 'OrderItemsModified') return { lines: wordsOfLines(data.lines) };
  if (type === 'OrderDetailsChanged') return isErased(data.personal) ? {} : personalSources(data.personal);
  if (data.tracking_number === null) return {};
  // Every number that a parcel of the order had finds it, also one that was corrected.
  return { tracking: [...new Set([...sources.tracking, ...wordsOf(data.tracking_number)])] };
};
