import type { OrderPlaced } from '../../domain/order/index.ts';
import type { Fact } from '../../domain/shared/decider.ts';
import { orderStream, streamId, STREAM_PREFIXES } from '../../event-store/stream-names.ts';
import type { Recorded } from '../../event-store/recorded.ts';
import { mapAtMost } from '../../platform/map-at-most.ts';
import { projection, type Addend } from '../engine/index.ts';

/** A day on which a customer ordered, the business day of the log on which that was known, and an order of that day. */
export type OrderDay = readonly [day: string, booked: string, order_id: string];

export type CustomerRow = {
  readonly customer_id: string;
  /** Each day once, in the order of the log: what is imported comes later than what happened after it. */
  readonly days: readonly OrderDay[];
};

/**
 * `day`, `month`: customers by the day on which they ordered, under the day or month of their order before it, '' for the
 * first. So those who ordered in a period are those whose order before it lies before the period.
 * `cohort`: customers by the month in which they ordered, under the month of their first order.
 */
export type CustomerDimension = 'day' | 'month' | 'cohort';

export const monthOf = (day: string): string => day.slice(0, 'YYYY-MM'.length);

/** Read together where a row is folded again. */
const STREAMS_AT_ONCE = 16;

/** Where a day belongs among days in order. */
const placeOf = (days: readonly string[], day: string): number => {
  let [low, high] = [0, days.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((days[middle] ?? '') < day) low = middle + 1;
    else high = middle;
  }
  return low;
};

/**
 * A day that becomes known is booked as the difference that it makes: an earlier day that is imported takes the place of
 * the day before the next one, and may move the customer to another cohort.
 */
const addendsOf = ({ days }: CustomerRow): readonly Addend[] => {
  const addends: Addend[] = [];
  const known: string[] = [];
  const months = new Set<string>();
  for (const [day, booked] of days) {
    const add = (dimension: CustomerDimension, key: string, on: string, by: number): void =>
      void addends.push({ key: [dimension, key, on, booked], values: [by] });
    const addAfter = (previous: string, on: string, by: number): void => {
      if (previous !== '') add('day', previous, on, by);
      add('month', monthOf(previous), on, by);
    };
    const addToCohort = (first: string, month: string, by: number): void => add('cohort', first, `${month}-01`, by);

    const [month, first] = [monthOf(day), known[0] === undefined ? monthOf(day) : monthOf(known[0])];
    const at = placeOf(known, day);
    const [previous = '', next] = [known[at - 1], known[at]];
    addAfter(previous, day, 1);
    if (next !== undefined) {
      addAfter(previous, next, -1);
      addAfter(day, next, 1);
    }
    known.splice(at, 0, day);
    if (month < first)
      for (const one of months) {
        addToCohort(first, one, -1);
        addToCohort(month, one, 1);
      }
    if (!months.has(month)) addToCohort(month < first ? month : first, month, 1);
    months.add(month);
  }
  return addends;
};

const placedIn = ({ fact }: Recorded) => (fact as Fact<OrderPlaced>).data; // no other type is folded

export const customerFigures = projection<CustomerRow>({
  name: 'customer_figures',
  version: 1,
  // Every stream: a business day is a range of the whole log.
  prefixes: STREAM_PREFIXES,
  isDated: true,
  personal: false,
  types: new Set(['OrderPlaced']),
  table: 'figure_customers',
  key: 'customer_id',
  keyOf: (recorded) => placedIn(recorded).customer_id,
  columns: { customer_id: 'text', days: 'json' },
  keysElsewhere: 'select distinct customer_id from order_list',
  streamsElsewhere: "select 'order-' || id from order_list where customer_id = k.key",
  eventsOf: async (_, { row, stream, elsewhere, read }) => {
    const known = (row?.['days'] ?? []) as readonly OrderDay[]; // as `evolve` has written them
    const streams = new Set([...known.map(([, , order_id]) => orderStream(order_id)), ...elsewhere]);
    if (stream?.startsWith('order-') === true) streams.add(stream);
    // Of an order only its first event counts.
    return (await mapAtMost(STREAMS_AT_ONCE, [...streams], (one) => read(one, 0n, () => true))).flat();
  },
  evolve: (row, recorded, { booked, happened }) => {
    const day = recorded.metadata.imported === true ? happened : booked;
    const days = row?.days ?? [];
    if (row !== undefined && days.some(([known]) => known === day)) return row;
    return { customer_id: placedIn(recorded).customer_id, days: [...days, [day, booked, streamId(recorded.stream)]] };
  },
  sums: {
    table: 'figure_customer_sums',
    key: { dimension: 'text', key: 'text', day: 'date', booked: 'date' },
    values: ['customers'],
    of: addendsOf,
  },
});
