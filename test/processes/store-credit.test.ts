import { randomBytes, randomUUID } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { findEvent, isOf, storeCreditIdOf } from '../../src/commands/index.ts';
import { wasRejected } from '../../src/commands/handle.ts';
import { isPaidByPeople, ledgerOf, reconcile } from '../../src/domain/order/index.ts';
import { paymentDecider } from '../../src/domain/payment/index.ts';
import { storeCreditDecider, type StoreCredit } from '../../src/domain/store-credit/index.ts';
import { openMemoryEventStore } from '../../src/event-store/memory.ts';
import { orderStream, paymentStream, storeCreditStream } from '../../src/event-store/stream-names.ts';
import { createSandboxGateway } from '../../src/gateways/payment/index.ts';
import { placeOrder, takeActions, testCore, type Core } from '../support/core.ts';
import { NOON, SYSTEM } from '../support/decider-spec.ts';
import { refunding } from '../../src/processes/refunding.ts';
import { runJob, workerDepsOf } from '../support/worker-deps.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { byAdmin, openReturn, startPayment, takeReturnActions, TO_RECEIVED } from '../support/payments.ts';
import { processRunner } from '../support/processes.ts';
import { readOrder, readPayment, readReturn } from '../support/reconcile.ts';

// The order of `placeOrder` costs 3358: two mugs, tax and shipping.
const TOTAL = 3_358;
const UNITS = 2_858;
const masterKey = randomBytes(32);

const test = suite<{ database: TestDatabase }>('store credit and pay-outs');
test.before(async (state) => void (state.database = await openTestDatabase()));
test.after(async ({ database }) => database.close());

const world = ({ db }: TestDatabase) => {
  const store = openMemoryEventStore();
  const core = testCore(db, store, masterKey);
  const processes = processRunner(store, core.codec);
  const gateway = createSandboxGateway({ db });
  return { core, run: () => processes.run(core, gateway) };
};

/** Money that an admin recorded, before any job has run. */
const completed = async ({ handle, readStream }: Core, id: string) => {
  const stream = paymentStream(id);
  const context = { ...byAdmin().context, command_id: randomUUID() };
  const command = { type: 'CompletePayment', data: { transaction_id: null }, at: context.at, by: SYSTEM } as const;
  await handle(paymentDecider, { stream, command, context });
  const event = findEvent((await (await readStream(paymentDecider, stream))?.events()) ?? [], 'PaymentCompleted');
  assert.ok(event);
  return event;
};

const storeCreditOf = async ({ readStream }: Core): Promise<StoreCredit> =>
  (await readStream(storeCreditDecider, storeCreditStream(storeCreditIdOf('c-1', 'EUR'))))?.state ??
  storeCreditDecider.initialState;

const delivered = async (core: Core, run: () => Promise<void>, changes: Parameters<typeof startPayment>[2] = {}) => {
  const order = await placeOrder(core);
  const payment = await startPayment(core, order, { amount: TOTAL, ...changes });
  await run();
  await takeActions(core, order, ['start_processing', 'ship', 'deliver']);
  return { order, payment };
};

test('a return gives store credit, which pays another order and comes back as such', async ({ database }) => {
  const { core, run } = world(database);
  const { order, payment } = await delivered(core, run);
  const returned = await openReturn(core, order);
  await takeReturnActions(core, returned, [...TO_RECEIVED, { action: 'process', refund_method: 'store_credit' }]);
  await run();
  assert.is((await storeCreditOf(core)).balance, UNITS);
  assert.is((await readReturn(core, returned)).refunded_amount, UNITS);
  assert.is((await readPayment(core, payment)).status, 'partially_refunded');
  assert.ok(reconcile(await readOrder(core, order)).agrees);

  const second = await placeOrder(core);
  const spent = await startPayment(core, second, { method: 'store_credit', amount: UNITS });
  await run();
  assert.is((await readPayment(core, spent)).status, 'completed');
  assert.is((await storeCreditOf(core)).balance, 0);
  const rejected = await startPayment(core, second, { method: 'store_credit', amount: 1 });
  await run();
  assert.is((await readPayment(core, rejected)).failure_reason, 'insufficient_funds');

  await takeActions(core, second, ['cancel']);
  await run();
  assert.is((await storeCreditOf(core)).balance, UNITS, 'what was paid by store credit goes back there');
  assert.is(ledgerOf(await readOrder(core, second)).balance, 0);
});

test('an unpaid order that is returned gives no store credit', async ({ database }) => {
  const { core, run } = world(database);
  const order = await placeOrder(core);
  await takeActions(core, order, ['confirm', 'start_processing', 'ship', 'deliver']);
  const returned = await openReturn(core, order);
  await takeReturnActions(core, returned, [...TO_RECEIVED, { action: 'process', refund_method: 'store_credit' }]);
  await run();
  assert.is((await storeCreditOf(core)).balance, 0);
});

test('a balance never falls below zero when many spend it at once', async ({ database }) => {
  const { core } = world(database);
  const adjust = (amount: number) =>
    core.storeCredit.adjust({ customer_id: 'c-1', currency: 'EUR', amount, reason_category: 'goodwill' }, byAdmin());
  await adjust(100);
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => adjust(-30)));
  assert.is(outcomes.filter((outcome) => !wasRejected(outcome)).length, 3);
  assert.is((await storeCreditOf(core)).balance, 10);
});

test('money that people pay out waits for their word, and then counts on order, payment and return', async ({
  database,
}) => {
  const { core, run } = world(database);
  const { order, payment } = await delivered(core, run, { method: 'bank_transfer' });
  const returned = await openReturn(core, order);
  await takeReturnActions(core, returned, [...TO_RECEIVED, 'process']);
  await run();
  const [waiting] = (await readOrder(core, order)).refunds;
  assert.ok(waiting?.status === 'pending' && isPaidByPeople(waiting.method));
  assert.is((await readReturn(core, returned)).status, 'processed');
  const resolved = await core.orderMoney.resolveRefund(
    { ...byAdmin(), id: order },
    { refund_id: waiting.refund_id, method: 'bank_transfer' },
  );
  assert.not('rejection' in resolved);
  await run();
  assert.is((await readReturn(core, returned)).status, 'refunded');
  assert.is((await readPayment(core, payment)).status, 'partially_refunded');
  assert.equal(
    (await readPayment(core, payment)).refunds.map(({ status, amount }) => [status, amount]),
    [['completed', UNITS]],
  );
});

test('a declined refund is paid out otherwise, or credited to the balance', async ({ database }) => {
  for (const method of ['cash', 'store_credit'] as const) {
    const { core, run } = world(database);
    const { order } = await delivered(core, run, { payment_token: 'tok_refund_declined' });
    const returned = await openReturn(core, order);
    await takeReturnActions(core, returned, [...TO_RECEIVED, 'process']);
    await run();
    const failed = (await readOrder(core, order)).refunds.find(({ status }) => status === 'failed');
    assert.ok(failed, method);
    assert.is(ledgerOf(await readOrder(core, order)).refund_status, 'failed');
    const { refund_id } = failed;
    await core.orderMoney.resolveRefund({ ...byAdmin(), id: order }, { refund_id, method });
    await run();
    const after = await readOrder(core, order);
    assert.is(ledgerOf(after).refund_status, 'done', method);
    assert.is(ledgerOf(after).refunded, UNITS, method);
    assert.is((await readReturn(core, returned)).status, 'refunded', method);
    assert.ok(reconcile(after).agrees);
  }
});

test('a payment whose process died after it was spent is completed, and no admin can contradict its balance', async ({
  database,
}) => {
  const { core, run } = world(database);
  const give = { customer_id: 'c-1', currency: 'EUR', amount: TOTAL, reason_category: 'goodwill' } as const;
  await core.storeCredit.adjust(give, byAdmin());
  const order = await placeOrder(core);
  const id = await startPayment(core, order, { method: 'store_credit', amount: TOTAL });
  // The job spends it, and dies before the payment hears of it.
  await core.storeCredit.spend(id, await readPayment(core, id), byAdmin().context);
  for (const finding of [
    { outcome: 'failed', failure_reason: 'it hangs' },
    { outcome: 'succeeded', transaction_id: null },
  ] as const) {
    const settled = await core.payments.settle({ ...byAdmin(), id }, finding);
    assert.is(wasRejected(settled) && settled.rejection.rejected, 'payment.settles_itself');
  }
  await run();
  assert.is((await readPayment(core, id)).status, 'completed');
  assert.equal([(await storeCreditOf(core)).balance, ledgerOf(await readOrder(core, order)).captured], [0, TOTAL]);

  const refunded = await core.payments.refund({ ...byAdmin(), id }, { amount: 500 });
  assert.not('rejection' in refunded);
  const [refund] = (await readPayment(core, id)).refunds;
  assert.ok(refund);
  await core.storeCredit.give(refund, await readPayment(core, id), byAdmin().context);
  const finding = { outcome: 'failed', failure_reason: 'it hangs' } as const;
  const settled = await core.payments.settleRefund({ ...byAdmin(), id }, refund.refund_id, finding);
  assert.is(wasRejected(settled) && settled.rejection.rejected, 'payment.settles_itself');
  await run();
  assert.is((await storeCreditOf(core)).balance, 500);
  assert.is(ledgerOf(await readOrder(core, order)).refunded, 500);
});

test('a pay-out that another replaced before its payment reserved it keeps nothing of the payment', async ({
  database,
}) => {
  const { core, run } = world(database);
  const order = await placeOrder(core);
  const card = await startPayment(core, order, { amount: TOTAL });
  await run();
  const transfer = await startPayment(core, order, { method: 'bank_transfer', amount: 1_000 });
  await core.paymentProcess.recordOutcome(await completed(core, transfer), NOON);
  const context = { ...byAdmin().context, command_id: randomUUID() };
  const rule = { type: 'RefundOverpaid', data: {}, at: context.at, by: context.actor } as const;
  // The order has allocated it; the job that reserves it on the payment has not run.
  await core.handle(core.decider, { stream: orderStream(order), command: rule, context });
  const [waiting] = (await readOrder(core, order)).refunds;
  assert.equal([waiting?.payment_id, waiting?.status, waiting?.method], [transfer, 'pending', 'bank_transfer']);
  const instead = { refund_id: waiting?.refund_id ?? '', method: 'other_payment', payment_id: card } as const;
  await core.orderMoney.resolveRefund({ ...byAdmin(), id: order }, instead);
  const decided = await (await core.readStream(core.decider, orderStream(order)))?.events();
  const [first, second] = decided?.filter(isOf('RefundAllocated')) ?? [];
  assert.ok(first && second);
  await core.paymentProcess.requestRefunds(second);
  await core.paymentProcess.requestRefunds(first);
  const stream = paymentStream(transfer);
  const requested = findEvent(
    (await (await core.readStream(paymentDecider, stream))?.events()) ?? [],
    'RefundRequested',
  );
  const [, , , refundPayment] = refunding;
  const job = { stream, revision: String(requested?.revision) };
  await runJob(refundPayment, job, workerDepsOf(core));
  await runJob(refundPayment, job, workerDepsOf(core));
  const statusesOf = async (id: string) => (await readPayment(core, id)).refunds.map(({ status }) => status);
  assert.equal([await statusesOf(transfer), await statusesOf(card)], [['withdrawn'], ['pending']]);
  await run();
  assert.equal([await statusesOf(transfer), await statusesOf(card)], [['withdrawn'], ['completed']]);
  assert.is(ledgerOf(await readOrder(core, order)).overpaid, 0);
});

test('a price reduction of a delivered order is credited and pays back what is then overpaid', async ({ database }) => {
  const { core, run } = world(database);
  const { order } = await delivered(core, run);
  const target = { ...byAdmin(), id: order };
  const outcome = await core.orderMoney.refund(target, { goodwill: 300, reason_category: 'late' });
  assert.not('rejection' in outcome);
  await run();
  const after = await readOrder(core, order);
  const { credited, refunded, amount_due } = ledgerOf(after);
  assert.equal([credited, refunded, amount_due], [300, 300, 0]);
  assert.is(reconcile(after).credited_by_documents, 300);
});

test.run();
