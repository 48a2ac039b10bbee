import { randomBytes } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ledgerOf } from '../../src/domain/order/index.ts';
import { openMemoryEventStore } from '../../src/event-store/memory.ts';
import {
  GatewayUnavailable,
  type ChargeRequest,
  type GatewayOutcome,
  type PaymentGateway,
  type RefundRequest,
} from '../../src/gateways/payment/port.ts';
import { type Core, placeOrder, takeActions, testCore } from '../support/core.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { byAdmin, startPayment } from '../support/payments.ts';
import { Crash, dyingAt, dyingGateway, processRunner } from '../support/processes.ts';
import { readOrder, readPayment } from '../support/reconcile.ts';

const TOTAL = 3_358;
const masterKey = randomBytes(32);

const test = suite<{ database: TestDatabase }>('a gateway that does not honour keys');
test.before(async (state) => void (state.database = await openTestDatabase()));
test.after(async ({ database }) => database.close());

const YES: GatewayOutcome = { outcome: 'succeeded', transaction_id: 't-1', response: {} };
const LOST: GatewayOutcome = { outcome: 'unknown', reason: 'the payment service did not answer' };

/** Does whatever it is asked, each time it is asked; answers what it is told to, then yes. */
const forgetfulBank = (...answers: readonly (GatewayOutcome | 'unreachable')[]) => {
  const left = [...answers];
  const asked: (ChargeRequest | RefundRequest)[] = [];
  const ask = (request: ChargeRequest | RefundRequest): Promise<GatewayOutcome> => {
    const answer = left.shift() ?? YES;
    if (answer === 'unreachable') return Promise.reject(new GatewayUnavailable('no answer'));
    asked.push(request);
    return Promise.resolve(answer);
  };
  const gateway: PaymentGateway = { supportsIdempotency: false, charge: ask, refund: ask };
  return { gateway, asked };
};

const world = ({ db }: TestDatabase) => {
  const store = openMemoryEventStore();
  const core = testCore(db, store, masterKey);
  return { store, core, processes: processRunner(store, core.codec) };
};

const dies = async (run: Promise<void>): Promise<void> => {
  const error = await run.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.instance(error, Crash);
};

const moneyOf = async (core: Core, order: string) => {
  const state = await readOrder(core, order);
  return {
    in_flight: ledgerOf(state).being_paid,
    captured: ledgerOf(state).captured,
    refunded: ledgerOf(state).refunded,
  };
};

test('an answer that got lost parks the charge; it is never asked again, and an admin settles it', async ({
  database,
}) => {
  const { core, processes } = world(database);
  const { gateway, asked } = forgetfulBank(LOST);
  const order = await placeOrder(core);
  const id = await startPayment(core, order, { amount: TOTAL });
  await processes.run(core, gateway);
  assert.is((await readPayment(core, id)).status, 'processing');
  const [parked] = processes.parked();
  assert.is(parked?.task, 'charge-payment');
  assert.match(parked?.reason ?? '', /did not answer.*settle it by hand/);

  processes.redeliver();
  await processes.run(core, gateway);
  assert.is(asked.length, 1, 'tried again by hand or by mistake, it does not ask a second time');
  assert.equal(await moneyOf(core, order), { in_flight: TOTAL, captured: 0, refunded: 0 });

  await core.payments.settle({ ...byAdmin(), id }, { outcome: 'succeeded', transaction_id: 'from the bank’s list' });
  await processes.run(core, gateway);
  assert.equal(await moneyOf(core, order), { in_flight: 0, captured: TOTAL, refunded: 0 });
  assert.is((await readOrder(core, order)).status, 'confirmed');
});

test('settled as failed, the order has room again', async ({ database }) => {
  const { core, processes } = world(database);
  const { gateway } = forgetfulBank(LOST);
  const order = await placeOrder(core);
  const id = await startPayment(core, order, { amount: TOTAL });
  await processes.run(core, gateway);
  await core.payments.settle({ ...byAdmin(), id }, { outcome: 'failed', failure_reason: 'never arrived' });
  await processes.run(core, gateway);
  await startPayment(core, order, { amount: TOTAL });
  await processes.run(core, gateway);
  assert.equal(await moneyOf(core, order), { in_flight: 0, captured: TOTAL, refunded: 0 });
});

test('a process that dies while it asks leaves the charge parked, asked at most once', async ({ database }) => {
  for (const moment of ['before', 'after'] as const) {
    const { core, processes } = world(database);
    const { gateway, asked } = forgetfulBank();
    const order = await placeOrder(core);
    const id = await startPayment(core, order, { amount: TOTAL });
    await dies(processes.run(core, dyingGateway(gateway, 1, moment)));
    await processes.run(core, gateway);
    assert.is(asked.length, moment === 'before' ? 0 : 1, moment);
    assert.is((await readPayment(core, id)).status, 'processing');
    assert.match(processes.parked()[0]?.reason ?? '', /its answer is lost/);
  }
});

test('an answer that was heard but not yet recorded is not lost', async ({ database }) => {
  for (const moment of ['before', 'after'] as const) {
    const { core, store, processes } = world(database);
    const { gateway, asked } = forgetfulBank();
    const order = await placeOrder(core);
    const id = await startPayment(core, order, { amount: TOTAL });
    await dies(processes.run(testCore(database.db, dyingAt(store, 1, moment), masterKey), gateway));
    await processes.run(core, gateway);
    assert.is(asked.length, 1);
    const { status, transaction_id } = await readPayment(core, id);
    assert.equal([status, transaction_id], ['completed', 't-1']);
    assert.equal(processes.parked(), []);
  }
});

test('a bank that was not reached is asked again later', async ({ database }) => {
  const { core, processes } = world(database);
  const { gateway, asked } = forgetfulBank('unreachable', 'unreachable');
  const order = await placeOrder(core);
  await startPayment(core, order, { amount: TOTAL });
  await processes.run(core, gateway);
  assert.is(asked.length, 1);
  assert.equal(await moneyOf(core, order), { in_flight: 0, captured: TOTAL, refunded: 0 });
});

test('a refund whose answer got lost is parked too, its money reserved until it is settled', async ({ database }) => {
  const { core, processes } = world(database);
  const { gateway, asked } = forgetfulBank(YES, LOST);
  const order = await placeOrder(core);
  const id = await startPayment(core, order, { amount: TOTAL });
  await processes.run(core, gateway);
  await takeActions(core, order, ['cancel']);
  await processes.run(core, gateway);
  assert.is(processes.parked()[0]?.task, 'refund-payment');
  const again = await core.payments.refund({ ...byAdmin(), id }, { amount: null });
  assert.is('rejection' in again && again.rejection.rejected, 'refund.nothing_refundable');
  const [refund] = (await readPayment(core, id)).refunds;
  await core.payments.settleRefund({ ...byAdmin(), id }, refund?.refund_id ?? '', {
    outcome: 'succeeded',
    transaction_id: null,
  });
  processes.redeliver();
  await processes.run(core, gateway);
  assert.is(asked.length, 2);
  assert.equal(await moneyOf(core, order), { in_flight: 0, captured: TOTAL, refunded: TOTAL });
});

test.run();
