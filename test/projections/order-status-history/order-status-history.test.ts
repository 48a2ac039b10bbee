import fc from 'fast-check';
import type { Knex } from 'knex';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createReadStream } from '../../../src/commands/read.ts';
import {
  isPlaced,
  NO_ORDER,
  orderFold,
  progressAfter,
  type Order,
  type OrderProgress,
  type OrderState,
} from '../../../src/domain/order/index.ts';
import { orderStream } from '../../../src/event-store/stream-names.ts';
import { applyBatch, liveTarget, openCheckpoint } from '../../../src/projections/engine/index.ts';
import { decodeCursor } from '../../../src/projections/list/index.ts';
import {
  listPastOrders,
  orderStatusHistory,
  type PastOrderFilters,
} from '../../../src/projections/order-status-history/index.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';
import { openEventLog, type EventLog } from '../../support/event-log.ts';
import { forget } from '../../support/projection-spec.ts';
import { seed } from '../../support/random.ts';
import { aHistory, tell } from '../figures/histories.ts';
import type { RawEvent } from '../figures/reference.ts';

const test = suite<{ database: TestDatabase }>('order_status_history');
test.before(async (context) => void (context.database = await openTestDatabase()));
test.after(({ database }) => database.close());

/** Tells the log and projects it, in batches of this size. */
const project = async (db: Knex, events: readonly RawEvent[], batch: number): Promise<EventLog> => {
  await forget(db, orderStatusHistory);
  const log = openEventLog();
  for (const { order, at, recorded: recordedAt, event } of events) await log.append(order, [event], { at, recordedAt });
  const { epoch } = await openCheckpoint(db, orderStatusHistory);
  const writer = { db, codec: log.codec, projection: orderStatusHistory, target: liveTarget(orderStatusHistory) };
  for (let from = 0n; ;) {
    const read = await log.store.readAll({ after: from, limit: batch, prefixes: orderStatusHistory.prefixes });
    if (read.position === from) return log;
    assert.ok(await applyBatch(writer, read, { epoch, from }));
    from = read.position;
  }
};

/** The orders that the first so many events tell of. */
const foldFirst = (events: readonly RawEvent[], count: number): ReadonlyMap<string, Order> => {
  const states = new Map<string, OrderState>();
  for (const { order, at, event } of events.slice(0, count))
    states.set(
      order,
      orderFold.evolve(states.get(order) ?? NO_ORDER, { ...event, at, by: { id: 'x', role: 'system' } }),
    );
  return new Map([...states].flatMap(([id, state]) => (isPlaced(state) ? [[id, state] as const] : [])));
};

/** The ids of all pages, followed by cursor. */
const walk = async (db: Knex, filters: PastOrderFilters, position: bigint): Promise<readonly string[]> => {
  const ids: string[] = [];
  for (let cursor: string | undefined; ;) {
    const decoded = cursor === undefined ? undefined : decodeCursor(cursor);
    const page = await listPastOrders(db, { filters, position, limit: 2, ...(decoded && { cursor: decoded }) });
    ids.push(...page.rows.map(({ id }) => id));
    if (page.next === undefined) {
      assert.equal(page.total, { count: ids.length, exact: true });
      return ids;
    }
    cursor = page.next;
  }
};

const newestFirst = (orders: ReadonlyMap<string, Order>, matches: (order: Order) => boolean): readonly string[] =>
  [...orders]
    .filter(([, order]) => matches(order))
    .map(([id, { created_at }]) => `${created_at} ${id}`)
    .toSorted()
    .toReversed()
    .map((text) => text.split(' ')[1] ?? '');

test(`orders of the past are those that the events up to then fold to (SEED=${seed})`, async ({ database: { db } }) => {
  const seen = new Map<string, number>();
  const property = async (history: Parameters<typeof tell>[0], batch: number, at: number) => {
    const events = tell(history);
    const { store, codec } = await project(db, events, batch);
    const count = Math.round((at / 100) * events.length);
    const position = BigInt(count);
    const orders = foldFirst(events, count);
    assert.equal(
      await walk(db, {}, position),
      newestFirst(orders, () => true),
    );
    const readStream = createReadStream({ store, codec });
    for (const [id, order] of orders) {
      const { status, customer_id, created_at } = order;
      const then = await readStream(orderFold, orderStream(id), { position });
      assert.ok(then !== undefined && isPlaced(then.state));
      assert.equal([then.state.status, then.state.lines.length], [status, order.lines.length]);
      seen.set(status, (seen.get(status) ?? 0) + 1);
      if ((seen.get(status) ?? 0) > 3) continue; // enough of these were listed
      for (const [filters, matches] of [
        [{ status: [status] }, (one: Order) => one.status === status],
        [{ status: [status, 'cancelled'] }, (one: Order) => one.status === status || one.status === 'cancelled'],
        [{ customer_id }, (one: Order) => one.customer_id === customer_id],
        [{ created_from: created_at }, (one: Order) => one.created_at >= created_at],
        [
          { created_to: created_at, customer_id, status: [status] },
          (one: Order) => one.created_at <= created_at && one.customer_id === customer_id && one.status === status,
        ],
      ] as const)
        assert.equal(await walk(db, filters, position), newestFirst(orders, matches), JSON.stringify(filters));
    }
  };
  await fc.assert(
    fc.asyncProperty(aHistory, fc.integer({ min: 10, max: 60 }), fc.integer({ min: 0, max: 100 }), property),
    { seed, numRuns: 4 },
  );
});

test(`a status follows from less than the order (SEED=${seed})`, () => {
  const seen = new Set<string>();
  const property = (history: Parameters<typeof tell>[0]) => {
    const [orders, progress] = [new Map<string, OrderState>(), new Map<string, OrderProgress | undefined>()];
    for (const { order, at, event } of tell(history)) {
      const fact = { ...event, at, by: { id: 'x', role: 'system' } } as const;
      const state = orderFold.evolve(orders.get(order) ?? NO_ORDER, fact);
      orders.set(order, state);
      progress.set(order, progressAfter(progress.get(order), fact));
      assert.is(progress.get(order)?.status, isPlaced(state) ? state.status : undefined);
      seen.add(isPlaced(state) ? state.status : 'none');
    }
  };
  fc.assert(fc.property(aHistory, property), { seed, numRuns: 60 });
  for (const status of ['delivered', 'return_requested', 'partially_returned', 'cancelled'])
    assert.ok(seen.has(status), `no history was ${status}`);
});

test('the last position of a log shows the orders as they are', async ({ database: { db } }) => {
  const [history] = fc.sample(aHistory, { seed, numRuns: 1 });
  assert.ok(history);
  const events = tell(history);
  await project(db, events, 1_000);
  const rows = await db<{ id: string; statuses: readonly string[] }>('order_status_history').select('id', 'statuses');
  const now = foldFirst(events, events.length);
  assert.is(rows.length, now.size);
  for (const { id, statuses } of rows) assert.is(statuses.at(-1), now.get(id)?.status);
});

test.run();
