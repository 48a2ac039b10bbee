// time limit: 120 s
import { randomBytes } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { refundStatusOf, refundedOfReturn } from '../../../src/domain/order/index.ts';
import { openMemoryEventStore } from '../../../src/event-store/memory.ts';
import type { EventStore } from '../../../src/event-store/port.ts';
import { createSandboxGateway } from '../../../src/gateways/payment/sandbox.ts';
import { listJobs } from '../../../src/jobs/admin.ts';
import { backfillDocuments } from '../../../src/processes/backfilling.ts';
import { createDrawNumber } from '../../../src/numbers/index.ts';
import { projectionStatus, rebuildProjection, startProjectors } from '../../../src/projections/engine/index.ts';
import { decodeCursor } from '../../../src/projections/list/index.ts';
import { findIdByNumber, numbers } from '../../../src/projections/numbers/index.ts';
import { listPayments, paymentList, paymentsOfOrders } from '../../../src/projections/payments/index.ts';
import { listReturns, returnList, returnsOfOrders } from '../../../src/projections/returns/index.ts';
import { projections } from '../../../src/projections/registry.ts';
import { type Core, placeOrder, takeActions, testCore } from '../../support/core.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';
import { decideOnOrder } from '../../support/decide-on-order.ts';
import { eventually } from '../../support/eventually.ts';
import { refundOrder } from '../../support/order-money.ts';
import { openReturn, startPayment, takeReturnActions, TO_RECEIVED } from '../../support/payments.ts';
import { processRunner } from '../../support/processes.ts';
import { countersOf, rowsOf } from '../../support/projection-spec.ts';
import { readReturn } from '../../support/reconcile.ts';

type Context = {
  database: TestDatabase;
  core: Core;
  store: EventStore;
  run: () => Promise<void>;
  stop: () => Promise<void>;
};

const test = suite<Context>('return_list and payment_list');
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const PREFIXES = { order: 'ORD', return: 'RET', payment: 'PAY' };

test.before.each(async (state) => {
  const database = await openTestDatabase();
  const store = openMemoryEventStore();
  const draw = createDrawNumber(database.db);
  const core = testCore(database.db, store, randomBytes(32), (kind, _at, id) =>
    draw({ kind, id, year: 2026, prefix: PREFIXES[kind] }),
  );
  const processes = processRunner(store, core.codec);
  const stopping = new AbortController();
  const projecting = startProjectors({ projections, ...core, log: silent, signal: stopping.signal });
  const caughtUp = () =>
    eventually('the read models have caught up', async () =>
      (await projectionStatus({ projections, db: database.db, store })).every(({ lag_events }) => lag_events === 0),
    );
  Object.assign(state, {
    database,
    store,
    core,
    run: async () => {
      await processes.run(core, createSandboxGateway({ db: database.db }));
      await caughtUp();
    },
    stop: async () => {
      stopping.abort();
      await projecting;
      await database.close();
    },
  });
});
test.after.each(({ stop }) => stop());

const delivered = async (core: Core, customer_id: string): Promise<string> => {
  const order = await placeOrder(core, { customer_id });
  await startPayment(core, order, { amount: 3_358 });
  await takeActions(core, order, ['confirm', 'start_processing', 'ship', 'deliver']);
  return order;
};

test('returns are listed with their money, by status, order and customer', async ({ core, run }) => {
  const [meera, eleni] = [await delivered(core, 'meera'), await delivered(core, 'eleni')];
  await run();
  const refunded = await openReturn(core, meera, { reason: 'defective' });
  await takeReturnActions(core, refunded, [...TO_RECEIVED, 'process']);
  const open = await openReturn(core, eleni);
  await run();

  const all = await listReturns(core, { filters: {}, limit: 10 });
  assert.equal(new Set(all.rows.map(({ id }) => id)), new Set([open, refunded]));
  assert.equal(all.total, { count: 2, exact: true });
  const byCustomer = await listReturns(core, { filters: { customer_id: 'meera' }, limit: 10 });
  assert.equal(byCustomer.total, { count: 1, exact: true });
  const [row] = byCustomer.rows;
  assert.equal(row?.state, await readReturn(core, refunded));
  assert.is(row && refundStatusOf(row.money), 'completed');
  assert.is(row && refundedOfReturn(row.money), 3_358);

  const idsWith = async (filters: Parameters<typeof listReturns>[1]['filters']) => {
    const { rows, total } = await listReturns(core, { filters, limit: 10 });
    assert.is(total.count, rows.length);
    return rows.map(({ id }) => id);
  };
  assert.equal(await idsWith({ status: ['initiated'] }), [open]);
  assert.equal(await idsWith({ status: ['refunded', 'rejected'] }), [refunded]);
  assert.equal(await idsWith({ order_id: eleni }), [open]);
  assert.equal(await idsWith({ refund_status: ['completed', 'failed'] }), [refunded]);
  assert.equal(await idsWith({ refund_status: ['pending'] }), []);
  assert.equal(await idsWith({ reason: 'defective', customer_id: 'meera' }), [refunded]);
  assert.equal(await idsWith({ created_from: '2027-01-01T00:00:00.000Z' }), []);
  assert.equal(
    (await returnsOfOrders(core, [meera])).map(({ id, revision }) => [id, revision]),
    [[refunded, '6']],
  );
});

test('until it is settled, a return is worth at most what its order has left', async ({ core, run }) => {
  const order = await delivered(core, 'meera');
  await run();
  await openReturn(core, order, { reason: 'change_of_mind' });
  const worth = async () => {
    await run();
    return (await listReturns(core, { filters: {}, limit: 10 })).rows[0]?.expected?.amount;
  };
  assert.is(await worth(), 2_858);
  await decideOnOrder(core, order, refundOrder({ goodwill: 1_000 }));
  assert.is(await worth(), 2_358, 'never more than is owed');
});

test('payments are listed newest first, page by page, both ways', async ({ core, run }) => {
  const order = await placeOrder(core);
  for (const amount of [100, 200, 300]) await startPayment(core, order, { amount });
  await run();
  const first = await listPayments(core, { filters: { order_id: order }, limit: 2 });
  assert.equal(first.total, { count: 3, exact: true });
  assert.is(first.previous, undefined);
  const cursorOf = (text: string | undefined) => {
    const cursor = decodeCursor(text ?? '');
    if (cursor === undefined) throw new Error('a cursor was expected');
    return cursor;
  };
  const second = await listPayments(core, { filters: { order_id: order }, limit: 2, cursor: cursorOf(first.next) });
  assert.is(second.rows.length, 1);
  assert.is(second.next, undefined);
  const back = await listPayments(core, { filters: { order_id: order }, limit: 2, cursor: cursorOf(second.previous) });
  assert.equal(
    back.rows.map(({ id }) => id),
    first.rows.map(({ id }) => id),
  );
  const ids = [...first.rows, ...second.rows].map(({ id }) => id);
  assert.is(new Set(ids).size, 3);
  assert.equal(new Set((await paymentsOfOrders(core, [order])).map(({ id }) => id)), new Set(ids));
  assert.is((await listPayments(core, { filters: { status: ['completed'] }, limit: 1 })).total.count, 3);
});

test('the numbers of returns and payments find them, also after the table was lost', async ({ core, run, store }) => {
  const { db } = core;
  const order = await delivered(core, 'meera');
  const returned = await openReturn(core, order);
  await run();
  const { rows } = await listPayments(core, { filters: {}, limit: 1 });
  const payment = rows[0];
  const returnNumber = (await readReturn(core, returned)).return_number;
  assert.match(returnNumber, /^RET-2026-000001$/);
  assert.is(payment?.state.payment_number, 'PAY-2026-000001');
  await db('numbers').delete();
  await rebuildProjection(numbers, { ...core, store });
  assert.is(await findIdByNumber(db, 'return', returnNumber), returned);
  assert.is(await findIdByNumber(db, 'payment', 'PAY-2026-000001'), payment?.id);
  assert.is(await findIdByNumber(db, 'payment', returnNumber), undefined);
});

test('rebuilt from the first event, rows and counts are the same', async ({ core, run, store }) => {
  const { db } = core;
  const order = await delivered(core, 'meera');
  await run();
  const returned = await openReturn(core, order);
  await takeReturnActions(core, returned, [...TO_RECEIVED, { action: 'process', restocking_fee: 10 }]);
  await run();
  for (const one of [returnList, paymentList]) {
    const before = { rows: await rowsOf(db, one), counters: await countersOf(db, one) };
    assert.ok(before.rows.length > 0);
    await rebuildProjection(one, { ...core, store });
    assert.equal({ rows: await rowsOf(db, one), counters: await countersOf(db, one) }, before);
  }
});

test('a settled return without its credit memo is found, unless nothing was accepted', async ({ core, run }) => {
  const { db } = core;
  const order = await delivered(core, 'meera');
  await run();
  const first = await openReturn(core, order);
  const other = await delivered(core, 'eleni');
  const nothing = await openReturn(core, other);
  const items = (await readReturn(core, nothing)).items.map(({ order_item_id }) => ({
    order_item_id,
    accepted_quantity: 0,
  }));
  await takeReturnActions(core, nothing, [...TO_RECEIVED, { action: 'process', items }]);
  await takeReturnActions(core, first, [...TO_RECEIVED, 'process']);
  await run();
  await backfillDocuments(db);
  const keys = (await listJobs(db, { limit: 10 })).map(({ key }) => key).toSorted();
  assert.equal(keys, [`issue-credit-memo:${first}`, `issue-invoice:${order}`, `issue-invoice:${other}`].toSorted());
});

test.run();
