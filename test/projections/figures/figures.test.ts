import fc from 'fast-check';
import type { Knex } from 'knex';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isPlaced, ledgerOf, NO_ORDER, orderFold, type OrderState } from '../../../src/domain/order/index.ts';
import type { Recorded } from '../../../src/event-store/recorded.ts';
import { businessDayIn } from '../../../src/platform/business-day.ts';
import { applyBatch, liveTarget, openCheckpoint, rebuildProjection } from '../../../src/projections/engine/index.ts';
import { figures, openFigures, plusDays, type SalesRow } from '../../../src/projections/figures/index.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';
import { openEventLog, type EventLog } from '../../support/event-log.ts';
import { forget } from '../../support/projection-spec.ts';
import { seed } from '../../support/random.ts';
import { aHistory, tell, type History } from './histories.ts';
import { bookAll, dayOf, daysOf, type Entry, type RawEvent } from './reference.ts';

const test = suite<{ database: TestDatabase }>('figures');
test.before(async (context) => void (context.database = await openTestDatabase()));
test.after(({ database }) => database.close());

const SALES = [
  'gross_sales',
  'discounts',
  'returns',
  'shipping',
  'taxes',
  'totals',
  'orders',
  'units',
  'captured',
  'refunded',
] as const;

/** Tells the log and projects it, in batches of this size. */
const project = async (
  db: Knex,
  { events, timeZone, batch }: { events: readonly RawEvent[]; timeZone: string; batch: number },
): Promise<EventLog> => {
  await forget(db, figures);
  const log = openEventLog();
  const customers = new Map<string, string>();
  for (const { order, at, recorded: recordedAt, isImported: imported, event } of events) {
    if (event.type === 'OrderPlaced') customers.set(order, event.data.customer_id);
    await log.append(order, [event], { at, recordedAt, imported, customerId: customers.get(order) ?? '' });
  }
  const { store, codec } = log;
  const { epoch } = await openCheckpoint(db, figures);
  const target = liveTarget(figures);
  const writer = { db, codec, projection: figures, target, dayOf: businessDayIn(timeZone) };
  for (let from = 0n; ;) {
    const read = await store.readAll({ after: from, limit: batch, prefixes: figures.prefixes });
    if (read.position === from) return log;
    assert.ok(await applyBatch(writer, read, { epoch, from }));
    assert.not.ok(await applyBatch(writer, read, { epoch, from }), 'a batch that comes again changes nothing');
    from = read.position;
  }
};

type Sum = Readonly<Record<string, number>>;

const sumsOf = (entries: readonly Entry[]): Sum =>
  Object.fromEntries(
    SALES.map((what) => [
      what,
      entries.filter((one) => one.what === what).reduce((sum, { amount }) => sum + amount, 0),
    ]),
  );

const isSomething = (sum: Sum): boolean => Object.values(sum).some((value) => value !== 0);

/** What a report should say, by day, currency and group. */
const expected = (entries: readonly Entry[], keyOf: (entry: Entry) => string): Readonly<Record<string, Sum>> => {
  const names = new Set(entries.map((entry) => `${entry.day} ${entry.currency} ${keyOf(entry)}`));
  const sums = [...names].map((name) => {
    const own = entries.filter((entry) => `${entry.day} ${entry.currency} ${keyOf(entry)}` === name);
    return [name, sumsOf(own)] as const;
  });
  return Object.fromEntries(sums.filter(([, sum]) => isSomething(sum)).toSorted(([a], [b]) => (a < b ? -1 : 1)));
};

const found = (rows: readonly SalesRow[]): Readonly<Record<string, Sum>> => {
  const sums = rows.map(({ period, currency, key, sums }) => {
    const numbers = Object.fromEntries(SALES.map((what) => [what, Number(sums[what])]));
    return [`${period} ${currency} ${key}`, numbers] as const;
  });
  return Object.fromEntries(sums.filter(([, sum]) => isSomething(sum)).toSorted(([a], [b]) => (a < b ? -1 : 1)));
};

/** Orders as such are not of a product; of a product those that have it count. */
const asWhole = (entries: readonly Entry[]): readonly Entry[] =>
  entries.filter(({ what, product }) => what !== 'orders' || product === '');
const byProduct = (entries: readonly Entry[]): readonly Entry[] =>
  entries.filter(({ what, product }) => what !== 'orders' || product !== '');

const compare = async (db: Knex, entries: readonly Entry[]): Promise<void> => {
  const days = entries.map(({ day }) => day).toSorted();
  const bookedOn = entries.map(({ booked }) => booked).toSorted();
  const period = { from: days[0] ?? '', to: days.at(-1) ?? '', defaultCurrency: 'EUR', interval: 'day' as const };
  assert.equal(
    found(await openFigures(db).sales(period)),
    expected(asWhole(entries), () => ''),
    'all',
  );
  for (const [group, given, keyOf] of [
    ['product', byProduct(entries), ({ product }: Entry) => product],
    ['customer', asWhole(entries), ({ customer }: Entry) => customer],
    ['country', asWhole(entries), ({ country }: Entry) => country],
  ] as const)
    assert.equal(found(await openFigures(db).sales({ ...period, group })), expected(given, keyOf), group);
  const middle = bookedOn[Math.floor(bookedOn.length / 2)] ?? '';
  const known = asWhole(entries).filter(({ booked }) => booked <= middle);
  assert.equal(
    found(await openFigures(db).sales({ ...period, as_of: middle })),
    expected(known, () => ''),
    'as of',
  );
};

/** Whole months are added up from sums of months, and as of a day all is added up from days: both come to the same. */
const compareDurations = async (db: Knex, entries: readonly Entry[]): Promise<void> => {
  const days = entries.map(({ day }) => day).toSorted();
  const { durations } = openFigures(db);
  for (const kind of ['time_to_ship', 'time_to_deliver'] as const)
    for (const around of [40, 3, 0]) {
      const period = { from: plusDays(days[0] ?? '', -around), to: plusDays(days.at(-1) ?? '', around) };
      assert.equal(await durations(kind, period), await durations(kind, { ...period, as_of: '9999-12-31' }), kind);
    }
};

const SOLD: readonly string[] = ['gross_sales', 'discounts', 'returns', 'shipping', 'taxes'];

/** In each currency, customers who ordered in the period, by what was sold to them in it. */
const bestCustomers = (entries: readonly Entry[], limit: number): readonly string[] => {
  const whole = asWhole(entries);
  return [...new Set(whole.map(({ currency }) => currency))].toSorted().flatMap((currency) => {
    const own = whole.filter((one) => one.currency === currency);
    const buyers = new Set(
      own.flatMap(({ what, amount, customer }) => (what === 'orders' && amount > 0 ? customer : [])),
    );
    const soldTo = (customer: string): number =>
      own.reduce((sum, one) => (one.customer === customer && SOLD.includes(one.what) ? sum + one.amount : sum), 0);
    return [...buyers]
      .map((customer) => ({ customer, sold: soldTo(customer) }))
      .toSorted((a, b) => b.sold - a.sold || (a.customer < b.customer ? -1 : 1))
      .slice(0, limit)
      .map(({ customer, sold }) => `${currency} ${customer} ${sold}`);
  });
};

const compareTopCustomers = async (db: Knex, entries: readonly Entry[]): Promise<void> => {
  const days = entries.map(({ day }) => day).toSorted();
  const [first = '', middle = '', last = ''] = [days[0], days[days.length >> 1], days.at(-1)];
  for (const [from, to, as_of] of [
    [first, last, undefined],
    [middle, last, undefined],
    [first, last, middle],
  ] as const)
    for (const limit of [1, 3]) {
      const found = await openFigures(db).topCustomers({ from, to, as_of, limit });
      const known = entries.filter(
        ({ day, booked }) => day >= from && day <= to && (as_of === undefined || booked <= as_of),
      );
      const sold = (sums: (typeof found)[number]['sums']): bigint =>
        sums.gross_sales + sums.discounts + sums.returns + sums.shipping + sums.taxes;
      assert.equal(
        found.map(({ key, currency, sums }) => `${currency} ${key} ${sold(sums)}`),
        bestCustomers(known, limit),
        `top ${limit} from ${from} to ${to} as of ${as_of ?? 'now'}`,
      );
    }
};

/** Σ total_sales over all days is what the orders come to: total − credited, and 0 where cancelled. */
const compareWithOrders = (entries: readonly Entry[], events: readonly RawEvent[]): void => {
  const totals = ['gross_sales', 'discounts', 'returns', 'shipping', 'taxes'];
  for (const order of new Set(events.map((one) => one.order))) {
    const state = events
      .filter((one) => one.order === order)
      .reduce<OrderState>(
        (before, { event, at }) => orderFold.evolve(before, { ...event, at, by: { id: 'x', role: 'system' } }),
        NO_ORDER,
      );
    const total_sales = entries
      .filter((one) => one.order === order && totals.includes(one.what))
      .reduce((sum, { amount }) => sum + amount, 0);
    const { owed, captured, refunded } = isPlaced(state) ? ledgerOf(state) : { owed: 0, captured: 0, refunded: 0 };
    const moved = sumsOf(entries.filter((one) => one.order === order));
    assert.equal([total_sales, moved['captured'], moved['refunded']], [owed, captured, refunded]);
  }
};

const TYPES = [
  'OrderCancelled',
  'OrderItemsModified',
  'OrderCredited',
  'ReturnSettled',
  'PaymentRefundFailed',
  'ItemsShipped',
  'ItemsCancelled',
  'ShipmentDelivered',
  'ShipmentLost',
  'ShipmentResolved',
] as const;

/** Rows folded from the events, without a database: the sums of what they add. */
const foldAll = (events: readonly RawEvent[], timeZone: string): Readonly<Record<string, number>> => {
  const days = daysOf(events, timeZone);
  const rows = new Map<string, ReturnType<typeof figures.evolve>>();
  events.forEach(({ order, at, isImported, event }, n) => {
    const fact = { ...event, at, by: { id: 'x', role: 'system' } };
    const metadata = { imported: isImported };
    const recorded = { stream: `order-${order}`, fact, metadata } as Recorded;
    const told = { booked: days[n] ?? '', happened: dayOf(at, timeZone) };
    if (figures.types?.has(event.type) === true) rows.set(order, figures.evolve(rows.get(order), recorded, told));
  });
  const sums: Record<string, number> = {};
  for (const row of rows.values()) {
    if (row === undefined) continue;
    for (const { key, values } of figures.sums?.of(row) ?? []) {
      const [dimension = '', day = '', currency = '', name = ''] = key;
      figures.sums?.values.forEach((what, n) => {
        const at = `${dimension} ${day} ${currency} ${name} ${what}`;
        sums[at] = (sums[at] ?? 0) + (values[n] ?? 0);
      });
    }
  }
  return sorted(sums);
};

const sorted = (sums: Readonly<Record<string, number>>): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(sums)
      .filter(([at, sum]) => sum !== 0 && !at.startsWith('status '))
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );

/** Where an entry is counted: the dimensions, and the key and the column in each. */
const placesOf = (entry: Entry): readonly string[] => {
  const { what, day, currency, product, method, customer, country } = entry;
  if (method !== '') return [`method ${day} ${currency} ${method} ${what.slice(0, -'_by'.length)}`];
  const [kind = '', key, column] = what.split('|');
  if (key !== undefined && column !== undefined) {
    const byMonth = kind.startsWith('time_to_') ? [`${kind}_month ${day.slice(0, 7)}-01  ${key} ${column}`] : [];
    return [`${kind} ${day} ${currency} ${key} ${column}`, ...byMonth];
  }
  const whole = [`all ${day} ${currency}  ${what}`, `customer ${day} ${currency} ${customer} ${what}`];
  const all = [...whole, `country ${day} ${currency} ${country} ${what}`];
  const ofProduct = `product ${day} ${currency} ${product} ${what}`;
  if (what !== 'orders') return [...all, ofProduct];
  return product === '' ? all : [ofProduct];
};

const addUp = (entries: readonly Entry[]): Readonly<Record<string, number>> => {
  const sums: Record<string, number> = {};
  for (const entry of entries) for (const at of placesOf(entry)) sums[at] = (sums[at] ?? 0) + entry.amount;
  return sorted(sums);
};

test(`every figure is the one that the raw events come to (SEED=${seed})`, () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(aHistory, (history) => {
      const events = tell(history);
      for (const { event } of events) seen.set(event.type, (seen.get(event.type) ?? 0) + 1);
      const entries = bookAll(events, history.timeZone);
      compareWithOrders(entries, events);
      assert.equal(foldAll(events, history.timeZone), addUp(entries));
    }),
    { seed, numRuns: 80 * Number(process.env['RUNS'] ?? 1) },
  );
  for (const type of TYPES) assert.ok((seen.get(type) ?? 0) > 2, `${type}: ${seen.get(type) ?? 0} times`);
});

const rowsIn = async (db: Knex): Promise<unknown> => {
  const { rows } = await db.raw<{ rows: unknown }>(
    `select dimension, day, currency, key, booked, ${SALES.join(', ')} from figure_sums where (${SALES.map((name) => `${name} <> 0`).join(' or ')})
     order by dimension, day, currency, key, booked`,
  );
  return rows;
};

const check = async (db: Knex, history: History, batch: number): Promise<void> => {
  const events = tell(history);
  const { timeZone } = history;
  const log = await project(db, { events, timeZone, batch });
  const entries = bookAll(events, timeZone);
  compareWithOrders(entries, events);
  await compare(db, entries);
  await compareDurations(db, entries);
  await compareTopCustomers(db, entries);
  const before = await rowsIn(db);
  await rebuildProjection(figures, { db, ...log, dayOf: businessDayIn(timeZone), pageSize: 7, cachedRows: 2 });
  assert.equal(await rowsIn(db), before, 'a rebuild comes to the same sums');
};

test(`reports say it, whatever the batches, and a rebuild says the same (SEED=${seed})`, async ({
  database: { db },
}) => {
  await fc.assert(
    fc.asyncProperty(aHistory, fc.integer({ min: 1, max: 40 }), (history, batch) => check(db, history, batch)),
    { seed, endOnFailure: true, numRuns: 2 * Number(process.env['RUNS'] ?? 1) },
  );
});

test.run();
