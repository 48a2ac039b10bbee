import type { OrderItemsModified, OrderLine, OrderPersonal, OrderPlaced } from '../../domain/order/index.ts';
import { isErased, type Fact, type Personal } from '../../domain/shared/decider.ts';
import { streamId } from '../../event-store/stream-names.ts';
import { projection } from '../engine/index.ts';
import { wordsOf, wordsOfEmail } from './tokenize.ts';

/** What `GET /orders/search` finds an order by. */
export type OrderSearchRow = {
  readonly id: string;
  readonly revision: number;
  readonly created_at: string;
  /** In small letters. */
  readonly number: string;
  /** The digits at its end. */
  readonly serial: number | null;
  /** Words of the customer's name and e-mail address. */
  readonly people: readonly string[];
  /** These and the lines' words, each once. */
  readonly words: readonly string[];
};

/** Of an order of 500 long lines not every word is kept. */
const MOST_WORDS = 2_000;
const SERIAL = /(\d{1,15})$/;

const peopleOf = (personal: Personal<OrderPersonal>): readonly string[] =>
  isErased(personal) ? [] : [...wordsOf(personal.customer_name ?? ''), ...wordsOfEmail(personal.customer_email ?? '')];

const withLines = (people: readonly string[], lines: readonly OrderLine[]): readonly string[] => {
  const things = lines.flatMap(({ product_name, product_sku }) =>
    wordsOf(`${product_name ?? ''} ${product_sku ?? ''}`),
  );
  return [...new Set([...people, ...things])].slice(0, MOST_WORDS);
};

const begin = (id: string, { data, at }: Fact<OrderPlaced>): OrderSearchRow => {
  const number = data.order_number.toLowerCase();
  const digits = SERIAL.exec(number)?.[1];
  const people = peopleOf(data.personal);
  return {
    id,
    revision: 0,
    created_at: at,
    number,
    serial: digits === undefined ? null : Number(digits),
    people,
    words: withLines(people, data.lines),
  };
};

export const orderSearch = projection<OrderSearchRow>({
  name: 'order_search',
  version: 1,
  prefixes: ['order-'],
  types: new Set(['OrderPlaced', 'OrderItemsModified']),
  table: 'order_search',
  key: 'id',
  columns: {
    id: 'uuid',
    revision: 'bigint',
    created_at: 'timestamptz',
    number: 'text',
    serial: 'bigint',
    people: 'text[]',
    words: 'text[]',
  },
  evolve: (row, recorded) => {
    const fact = recorded.fact as Fact<OrderPlaced | OrderItemsModified>; // no other type is opened
    if (fact.type === 'OrderPlaced') return begin(streamId(recorded.stream), fact);
    if (row === undefined) return undefined;
    return { ...row, revision: Number(recorded.revision), words: withLines(row.people, fact.data.lines) };
  },
  alongside: (written) => `insert into search_words (word)
    select distinct unnest(words) from ${written} order by 1 on conflict do nothing`,
});
