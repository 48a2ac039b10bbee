import fc from 'fast-check';
import type { Knex } from 'knex';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { applyBatch, liveTarget, openCheckpoint, rebuildProjection } from '../../../src/projections/engine/index.ts';
import { customerFigures, openFigures, plusDays, type Period } from '../../../src/projections/figures/index.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';
import { openEventLog, type EventLog } from '../../support/event-log.ts';
import { orderPlaced } from '../../support/orders.ts';
import { forget } from '../../support/projection-spec.ts';
import { seed } from '../../support/random.ts';
import { orderIdOf } from './histories.ts';

const test = suite<{ database: TestDatabase }>('customers who come back');
test.before(async (context) => void (context.database = await openTestDatabase()));
test.after(({ database }) => database.close());

/** An order as the log has it: who, on which day it counts, and on which day that was known. */
type Ordered = { readonly customer: string; readonly day: string; readonly booked: string };

const FIRST = '2025-11-20';

/** Orders of a few customers over some months; some are imported long after they were placed. */
const aLog = fc
  .array(
    fc.record({
      customer: fc.constantFrom('c-1', 'c-2', 'c-3', 'c-4'),
      after: fc.integer({ min: 0, max: 6 }),
      importedAfter: fc.option(fc.integer({ min: 0, max: 90 }), { freq: 2 }),
    }),
    { minLength: 1, maxLength: 30 },
  )
  .map((orders) => {
    let booked = FIRST;
    return orders.map(({ customer, after, importedAfter }) => {
      booked = plusDays(booked, after);
      return { customer, booked, day: plusDays(booked, -(importedAfter ?? 0)), isImported: importedAfter !== null };
    });
  });

const aPeriod = fc.record({
  from: fc.integer({ min: -100, max: 170 }),
  days: fc.integer({ min: 0, max: 120 }),
  as_of: fc.option(fc.integer({ min: 0, max: 170 })),
});

const tell = async (orders: readonly (Ordered & { readonly isImported: boolean })[]): Promise<EventLog> => {
  const log = openEventLog();
  for (const [n, { customer, day, booked, isImported: imported }] of orders.entries()) {
    const event = orderPlaced({ customer_id: customer });
    const [at, recordedAt] = [`${day}T10:00:00.000Z`, `${booked}T10:00:00.000Z`];
    await log.append(orderIdOf(n), [event], { at, recordedAt, imported, customerId: customer });
  }
  return log;
};

const project = async (db: Knex, { store, codec }: EventLog, limit: number): Promise<void> => {
  await forget(db, customerFigures);
  const { epoch } = await openCheckpoint(db, customerFigures);
  const writer = { db, codec, projection: customerFigures, target: liveTarget(customerFigures) };
  for (let from = 0n; ;) {
    const read = await store.readAll({ after: from, limit, prefixes: customerFigures.prefixes });
    if (read.position === from) return;
    assert.ok(await applyBatch(writer, read, { epoch, from }));
    from = read.position;
  }
};

/** Counted one by one from what was known. */
const counted = (orders: readonly Ordered[], { from, to, as_of }: Period) => {
  const known = orders.filter(({ booked }) => as_of === undefined || booked <= as_of);
  const daysOf = (customer: string) => known.filter((one) => one.customer === customer).map(({ day }) => day);
  const all = [...new Set(known.map(({ customer }) => customer))].map(daysOf);
  const active = all.filter((days) => days.some((day) => day >= from && day <= to));
  const returning = active.filter((days) => days.some((day) => day < from)).length;
  return { customers: active.length, new_customers: active.length - returning, returning_customers: returning };
};

const cohortsOf = (orders: readonly Ordered[], months: readonly string[]) => {
  const all = [...new Set(orders.map(({ customer }) => customer))].map((customer) =>
    orders
      .filter((one) => one.customer === customer)
      .map(({ day }) => day.slice(0, 7))
      .toSorted(),
  );
  return months.map((month, n) => {
    const own = all.filter(([first]) => first === month);
    const later = months.slice(n).map((one) => own.filter((ordered) => ordered.includes(one)).length);
    return { month, customers: own.length, months: later };
  });
};

const sumsIn = async (db: Knex): Promise<unknown> => {
  const { rows } = await db.raw<{ rows: unknown }>(
    'select dimension, key, day, booked, customers from figure_customer_sums where customers <> 0 order by 1, 2, 3, 4',
  );
  return rows;
};

test(`they are counted as the orders one by one say, in every period and as of every day (SEED=${seed})`, async ({
  database: { db },
}) => {
  const figures = openFigures(db);
  await fc.assert(
    fc.asyncProperty(aLog, fc.array(aPeriod, { minLength: 12, maxLength: 12 }), async (orders, periods) => {
      const log = await tell(orders);
      await project(db, log, 7);
      for (const { from: first, days, as_of: known } of periods) {
        const from = plusDays(FIRST, first);
        const period = { from, to: plusDays(from, days), as_of: known === null ? undefined : plusDays(FIRST, known) };
        assert.equal(await figures.customerCounts(period), counted(orders, period), JSON.stringify(period));
      }
      const winter = { from: '2025-10-01', to: '2026-02-28' };
      const { cohorts, ...counts } = await figures.customers(winter);
      assert.equal(counts, counted(orders, winter));
      assert.equal(cohorts, cohortsOf(orders, ['2025-10', '2025-11', '2025-12', '2026-01', '2026-02']));
      const before = await sumsIn(db);
      await rebuildProjection(customerFigures, { db, ...log, pageSize: 5, cachedRows: 2 });
      assert.equal(await sumsIn(db), before, 'a rebuild comes to the same sums');
    }),
    { seed, numRuns: 6 * Number(process.env['RUNS'] ?? 1) },
  );
});

test('a day that is known already changes nothing', () => {
  const recorded = (order: number) =>
    ({ stream: `order-${orderIdOf(order)}`, fact: orderPlaced(), metadata: {} }) as unknown as Parameters<
      typeof customerFigures.evolve
    >[1];
  const days = { booked: '2026-03-01', happened: '2026-03-01' };
  const row = customerFigures.evolve(undefined, recorded(1), days);
  assert.is(customerFigures.evolve(row, recorded(2), days), row);
});

test.run();
