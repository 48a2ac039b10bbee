// time limit: 240 s
import { randomBytes, randomUUID } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createOrderDecider, ledgerOf, type OrderDecider } from '../../src/domain/order/index.ts';
import { accept } from '../../src/domain/shared/decider.ts';
import { openMemoryEventStore } from '../../src/event-store/memory.ts';
import type { EventStore } from '../../src/event-store/port.ts';
import { orderStream } from '../../src/event-store/stream-names.ts';
import { retryingGateway } from '../../src/gateways/payment/retrying-gateway.ts';
import type { PaymentGateway } from '../../src/gateways/payment/port.ts';
import { createSandboxGateway } from '../../src/gateways/payment/sandbox.ts';
import { type Core, newLine, placeOrder, takeActions, testCore } from '../support/core.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import {
  byAdmin,
  createPayment,
  openReturn,
  startPayment,
  takeReturnActions,
  TO_RECEIVED,
} from '../support/payments.ts';
import { Crash, dyingAt, dyingGateway, processRunner } from '../support/processes.ts';
import { assertReconciled, readOrder, readPayment, readReturn } from '../support/reconcile.ts';

// The order of `placeOrder` costs 3358: two mugs at 1299, tax and shipping.
const TOTAL = 3_358;
const masterKey = randomBytes(32);

type World = {
  readonly store: EventStore;
  readonly core: Core;
  readonly gateway: PaymentGateway;
  readonly processes: ReturnType<typeof processRunner>;
  readonly run: () => Promise<void>;
};
import { refund, refundAllocated } from '../support/order-money.ts';

const test = suite<{ database: TestDatabase }>('money');
test.before(async (state) => void (state.database = await openTestDatabase()));
test.after(async ({ database }) => database.close());

const world = ({ db }: TestDatabase): World => {
  const store = openMemoryEventStore();
  const core = testCore(db, store, masterKey);
  const gateway = retryingGateway(createSandboxGateway({ db, slowMs: 1 }), { pausesMs: [0, 0] });
  const processes = processRunner(store, core.codec);
  return { store, core, gateway, processes, run: () => processes.run(core, gateway) };
};

const deliver = (core: Core, order: string) => takeActions(core, order, ['start_processing', 'ship', 'deliver']);

test('captured money that covers the total confirms the order', async ({ database }) => {
  const { core, run } = world(database);
  const order = await placeOrder(core);
  await startPayment(core, order, { amount: 3_000 });
  await run();
  assert.is((await readOrder(core, order)).status, 'pending');
  const second = await startPayment(core, order, { amount: 358 });
  await run();
  const paid = await assertReconciled(core, order);
  assert.is(paid.status, 'confirmed');
  assert.is(ledgerOf(paid).amount_due, 0);
  const { status, transaction_id } = await readPayment(core, second);
  assert.is(status, 'completed');
  assert.match(transaction_id ?? '', /^sbx_/);
});

test('the history shows what processes did, with its cause', async ({ database }) => {
  const { core, run, store } = world(database);
  const order = await placeOrder(core);
  await startPayment(core, order, { amount: TOTAL });
  await run();
  const events = await core.codec.decode(await store.readStream(`order-${order}`));
  const confirmed = events.find(({ fact }) => fact.type === 'OrderConfirmed');
  const paid = events.find(({ fact }) => fact.type === 'PaymentCaptured');
  assert.is(confirmed?.fact.by.role, 'system');
  assert.is(confirmed?.metadata.causation_id, paid?.id);
});

for (const [token, status] of [
  ['tok_declined', 'failed'],
  ['tok_timeout', 'completed'],
  ['tok_flaky', 'completed'],
  ['tok_slow', 'completed'],
] as const)
  test(`a card that is ${token} leaves the payment ${status}, once`, async ({ database }) => {
    const { core, run } = world(database);
    const order = await placeOrder(core);
    const id = await startPayment(core, order, { amount: TOTAL, payment_token: token });
    await run();
    const after = await assertReconciled(core, order);
    assert.is((await readPayment(core, id)).status, status);
    assert.is(ledgerOf(after).being_paid, 0);
    assert.is(await core.paymentTokens.open(id), null, 'the token is forgotten');
    if (status === 'failed') await startPayment(core, order, { amount: TOTAL });
  });

test('cash on delivery is recorded without a gateway, and so is its pay-out', async ({ database }) => {
  const { core, run } = world(database);
  const order = await placeOrder(core);
  const id = await startPayment(core, order, { amount: TOTAL, method: 'cash_on_delivery' });
  await run();
  await core.payments.refund({ ...byAdmin(), id }, { amount: 358 });
  await run();
  const after = await readOrder(core, order);
  assert.is(ledgerOf(after).captured - ledgerOf(after).refunded, 3_000);
  assert.is((await readPayment(core, id)).status, 'partially_refunded');
  assert.is((await database.db('sandbox_ledger').where('order_id', order)).length, 0);
});

test('a cancelled order gives back everything, also what was still on its way', async ({ database }) => {
  const { core, run } = world(database);
  const order = await placeOrder(core);
  await startPayment(core, order, { amount: 1_000 });
  await run();
  await startPayment(core, order, { amount: 2_000 });
  await takeActions(core, order, ['cancel']);
  await run();
  const after = await assertReconciled(core, order);
  assert.is(ledgerOf(after).captured, 3_000);
  assert.is(ledgerOf(after).refunded, 3_000);
  assert.is(after.status, 'cancelled');
});

test('an order that became cheaper than what was paid gives the difference back', async ({ database }) => {
  const { core, run } = world(database);
  const order = await placeOrder(core);
  await startPayment(core, order, { amount: TOTAL });
  await run();
  const outcome = await core.orders.replaceItems({ ...byAdmin(), id: order }, { lines: [newLine({ quantity: 1 })] });
  assert.not('rejection' in outcome);
  await run();
  const after = await assertReconciled(core, order);
  assert.is(ledgerOf(after).captured - ledgerOf(after).refunded, 1_299 + 130 + 500);
  assert.is(ledgerOf(after).amount_due, 0);
});

test('a payment cancelled while the order made room gives the room back', async ({ database }) => {
  const { core, run, store } = world(database);
  const order = await placeOrder(core);
  const id = await createPayment(core, order, { amount: TOTAL });
  const killed: EventStore = {
    ...store,
    append: (stream, ...rest) =>
      stream.startsWith('payment-') ? Promise.reject(new Crash()) : store.append(stream, ...rest),
  };
  await testCore(database.db, killed, masterKey)
    .payments.process({ ...byAdmin(), id })
    .catch(() => undefined);
  assert.is(ledgerOf(await readOrder(core, order)).being_paid, TOTAL);
  await core.payments.cancel({ ...byAdmin(), id });
  await run();
  assert.is(ledgerOf(await readOrder(core, order)).being_paid, 0);
});

test('a refund that the gateway declines can be given back by another way', async ({ database }) => {
  const { core, run } = world(database);
  const order = await placeOrder(core);
  const id = await startPayment(core, order, { amount: TOTAL, payment_token: 'tok_refund_declined' });
  await run();
  await deliver(core, order);
  const returned = await openReturn(core, order, { reason: 'defective' });
  await takeReturnActions(core, returned, [...TO_RECEIVED, 'process']);
  await run();
  assert.is((await readReturn(core, returned)).status, 'processed');
  assert.equal(
    (await readPayment(core, id)).refunds.map(({ status, failure_reason }) => [status, failure_reason]),
    [['failed', 'refund_declined']],
  );
  await takeReturnActions(core, returned, ['refund']);
  await run();
  const after = await assertReconciled(core, order);
  assert.is(ledgerOf(after).refunded, 0);
  assert.equal(
    after.refunds.map(({ status, is_replaced }) => [status, is_replaced]),
    [
      ['withdrawn', true],
      ['failed', false],
    ],
    'the second goes in the stead of the first',
  );
});

test('an unpaid order is returned without a gateway, in one step', async ({ database }) => {
  const { core, run } = world(database);
  const order = await placeOrder(core);
  await takeActions(core, order, ['confirm']);
  await deliver(core, order);
  const returned = await openReturn(core, order);
  await takeReturnActions(core, returned, [...TO_RECEIVED, 'process']);
  assert.is((await readReturn(core, returned)).status, 'refunded', 'before any job has run');
  await run();
  const after = await assertReconciled(core, order);
  assert.is(after.status, 'returned');
  assert.is((await readReturn(core, returned)).refunded_amount, 0);
});

test('a rejected return frees its units, and the order is delivered again', async ({ database }) => {
  const { core, run } = world(database);
  const order = await placeOrder(core);
  await takeActions(core, order, ['confirm']);
  await deliver(core, order);
  const returned = await openReturn(core, order);
  const outcome = await core.returns.takeAction({ ...byAdmin(), id: returned }, { action: 'reject', reason: 'worn' });
  assert.not('rejection' in outcome);
  await run();
  assert.is((await readOrder(core, order)).status, 'delivered');
  await openReturn(core, order);
});

test('an allocation that a payment cannot honour is recorded as failed, and nothing moves', async ({ database }) => {
  const { core, run } = world(database);
  const order = await placeOrder(core);
  const id = await startPayment(core, order, { amount: 1_000 });
  await run();
  const refunds = [refund(randomUUID(), id, 1_001)];
  const forged: OrderDecider = {
    ...createOrderDecider(),
    decide: () => accept(refundAllocated('overpaid', refunds)),
  };
  const { context } = byAdmin();
  const command = { type: 'RefundOverpaid', data: {}, at: context.at, by: context.actor } as const;
  await core.handle(forged, { stream: orderStream(order), command, context });
  await run();
  const after = await assertReconciled(core, order);
  assert.equal(
    after.refunds.map(({ status }) => status),
    ['failed'],
  );
  assert.is(ledgerOf(after).refunded, 0);
});

/** Two payments, delivery, a partial return with a fee, the rest for a seller's fault: every process takes part. */
const wholeLife = async (core: Core, between: () => Promise<void>): Promise<string> => {
  const order = await placeOrder(core);
  await startPayment(core, order, { amount: 1_500 });
  await startPayment(core, order, { amount: 1_858 });
  await between();
  await deliver(core, order);
  const [line] = (await readOrder(core, order)).lines;
  const items = [{ order_item_id: line?.id ?? '', quantity: 1, reason: null }];
  const first = await openReturn(core, order, { items, reason: 'size_issue' });
  await takeReturnActions(core, first, [...TO_RECEIVED, { action: 'process', restocking_fee: 100 }]);
  await between();
  const second = await openReturn(core, order, { reason: 'defective' });
  await takeReturnActions(core, second, [...TO_RECEIVED, 'process']);
  await between();
  return order;
};

const assertWholeLife = async (core: Core, order: string, what: string): Promise<void> => {
  const after = await assertReconciled(core, order);
  assert.is(ledgerOf(after).captured, TOTAL, what);
  // Shipping is kept: the first unit came back for no fault of the seller's.
  assert.is(ledgerOf(after).refunded, TOTAL - 500 - 100, what);
  assert.is(after.status, 'returned', what);
  assert.is(ledgerOf(after).amount_due, 0, what);
  for (const { return_id } of after.returns) assert.is((await readReturn(core, return_id)).status, 'refunded', what);
};

test('two payments, two returns, a refund split over both: everything adds up', async ({ database }) => {
  const { core, run, processes, store } = world(database);
  const order = await wholeLife(core, run);
  await assertWholeLife(core, order, 'undisturbed');
  const head = await store.head();
  processes.redeliver();
  await run();
  assert.is(await store.head(), head, 'delivered again, it changes nothing');
  await assertReconciled(core, order);
});

/** Runs a process that dies once, and then one that lives. */
const untilDeath = (dying: () => Promise<void>, living: () => Promise<void>) => {
  const state = { died: false };
  return {
    between: async (): Promise<void> => {
      if (!state.died)
        await dying().catch((error: unknown) => {
          if (!(error instanceof Crash)) throw error;
          state.died = true;
        });
      await living();
    },
    hasDied: (): boolean => state.died,
  };
};

/** Dies at the first place, then at the second, until there is no such place. */
const countDeaths = async (isOver: (n: number) => Promise<boolean>): Promise<number> => {
  for (let n = 1; n <= 100; n++) if (await isOver(n)) return n - 1;
  throw new Error('there is no end to the places to die at');
};

for (const moment of ['before', 'after'] as const) {
  test(`killed ${moment} any append of a process, the next run finishes it`, async ({ database }) => {
    const isOver = async (n: number): Promise<boolean> => {
      const { core, store, gateway, processes, run } = world(database);
      const killed = testCore(database.db, dyingAt(store, n, moment), masterKey);
      const death = untilDeath(() => processes.run(killed, gateway), run);
      await assertWholeLife(core, await wholeLife(core, death.between), `killed ${moment} append ${n}`);
      assert.equal(processes.parked(), []);
      return !death.hasDied();
    };
    assert.ok((await countDeaths(isOver)) >= 10, 'the appends of every process');
  });

  test(`killed ${moment} any call of the gateway, the next run finishes it`, async ({ database }) => {
    const isOver = async (n: number): Promise<boolean> => {
      const { core, gateway, processes, run } = world(database);
      const dying = dyingGateway(gateway, n, moment);
      const death = untilDeath(() => processes.run(core, dying), run);
      await assertWholeLife(core, await wholeLife(core, death.between), `killed ${moment} call ${n}`);
      assert.equal(processes.parked(), []);
      return !death.hasDied();
    };
    assert.ok((await countDeaths(isOver)) >= 4, 'two charges and two refunds at least');
  });
}

test.run();
