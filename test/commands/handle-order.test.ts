import { randomBytes } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { wasRejected, type Outcome } from '../../src/commands/handle.ts';
import { saidBy } from '../../src/commands/process-context.ts';
import { DEFAULT_ORDER_SETTINGS, ledgerOf } from '../../src/domain/order/index.ts';
import { paymentDecider } from '../../src/domain/payment/index.ts';
import { openMemoryEventStore } from '../../src/event-store/memory.ts';
import { paymentStream } from '../../src/event-store/stream-names.ts';
import { type Core, newLine, placeOrder, shipOrder, takeActions, testCore } from '../support/core.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import {
  byAdmin,
  createPayment,
  openReturn,
  startPayment,
  takeReturnActions,
  TO_RECEIVED,
} from '../support/payments.ts';
import { readOrder } from '../support/reconcile.ts';

// The order of `placeOrder` costs 3358: two mugs, tax and shipping.
const TOTAL = 3_358;
const masterKey = randomBytes(32);

const test = suite<{ database: TestDatabase; core: Core }>('a decision about money');
test.before(async (state) => void (state.database = await openTestDatabase()));
test.before.each((state) => {
  const settings = { ...DEFAULT_ORDER_SETTINGS, paymentRequired: true };
  state.core = testCore(state.database.db, openMemoryEventStore(), masterKey, undefined, settings);
});
test.after(async ({ database }) => database.close());

const codeOf = (outcome: Outcome<unknown, { readonly rejected: string }>) =>
  wasRejected(outcome) ? outcome.rejection.rejected : undefined;

/** The payment has ended, and its order has not heard of it. */
const end = async (core: Core, id: string, how: 'completed' | 'declined' = 'completed'): Promise<void> => {
  const { context } = byAdmin();
  const outcome = await core.handle(paymentDecider, {
    stream: paymentStream(id),
    context,
    command:
      how === 'completed'
        ? { type: 'CompletePayment', data: { transaction_id: null }, ...saidBy(context) }
        : { type: 'DeclinePayment', data: { failure_reason: 'declined' }, ...saidBy(context) },
  });
  assert.not.ok(wasRejected(outcome));
};

const pay = async (core: Core, order: string, amount = TOTAL): Promise<string> => {
  const id = await startPayment(core, order, { amount });
  await end(core, id);
  return id;
};

const refundsOf = async (core: Core, id: string) =>
  (await readOrder(core, id)).refunds.map(({ amount, method, kind, status }) => [amount, method, kind, status]);

/** Shipped unpaid, where the shop does not wait for the money. */
const unpaid = ({ database: { db } }: { readonly database: TestDatabase }): Core =>
  testCore(db, openMemoryEventStore(), masterKey);

test('a credit pays back money that came in just now, the way that was asked for', async ({ core }) => {
  const order = await placeOrder(core);
  await pay(core, order);
  const credited = await core.orderMoney.refund(
    { ...byAdmin(), id: order },
    { goodwill: 1_000, reason_category: 'late', method: 'cash' },
  );
  assert.is(codeOf(credited), undefined);
  assert.equal(await refundsOf(core, order), [[1_000, 'cash', 'goodwill', 'completed']]);
});

test('a refund of one payment counts what came in by another', async ({ core }) => {
  const order = await placeOrder(core);
  const first = await pay(core, order, 2_000);
  await core.orderMoney.refund({ ...byAdmin(), id: order }, { goodwill: 358, reason_category: 'late' });
  await pay(core, order, 1_000);
  const refunded = await core.payments.refund({ ...byAdmin(), id: first }, { amount: 500 });
  assert.is(codeOf(refunded), undefined);
  const { captured, amount_due, overpaid } = ledgerOf(await readOrder(core, order));
  assert.equal([captured, amount_due, overpaid], [3_000, 500, 0]);
});

test('an order whose payment has arrived is processed, and one whose payment was declined is not', async ({ core }) => {
  for (const [how, code] of [
    ['completed', undefined],
    ['declined', 'order.payment_required'],
  ] as const) {
    const order = await placeOrder(core);
    const payment = await startPayment(core, order, { amount: TOTAL });
    await takeActions(core, order, ['confirm']);
    await end(core, payment, how);
    const outcome = await core.orders.takeAction({ ...byAdmin(), id: order }, { action: 'start_processing' });
    assert.is(codeOf(outcome), code);
  }
});

test('cancelling and new items know what was paid', async ({ core }) => {
  for (const change of ['cancel', 'items'] as const) {
    const order = await placeOrder(core);
    await pay(core, order);
    const target = { ...byAdmin(), id: order };
    const outcome =
      change === 'cancel'
        ? await core.orders.takeAction(target, { action: 'cancel' })
        : await core.orders.replaceItems(target, { lines: [newLine({ quantity: 1 })] });
    assert.is(codeOf(outcome), undefined);
    assert.is(ledgerOf(await readOrder(core, order)).captured, TOTAL, change);
  }
});

test('a return pays back money that came in just now, as store credit where that was asked for', async (world) => {
  const core = unpaid(world);
  const order = await shipOrder(core);
  await takeActions(core, order, ['deliver']);
  const id = await openReturn(core, order);
  await takeReturnActions(core, id, TO_RECEIVED);
  await pay(core, order);
  await takeReturnActions(core, id, [{ action: 'process', refund_method: 'store_credit' }]);
  const [settled] = (await readOrder(core, order)).returns;
  assert.is(settled?.settlement?.pays, settled?.settlement?.amount);
  assert.equal(await refundsOf(core, order), [[2_858, 'store_credit', 'return', 'pending']]);
});

test('the books are not closed while money is here that the order has not heard of', async (world) => {
  const core = unpaid(world);
  const order = await shipOrder(core);
  await takeActions(core, order, ['deliver']);
  await pay(core, order);
  const outcome = await core.orders.takeAction({ ...byAdmin(), id: order }, { action: 'return_order' });
  assert.is(codeOf(outcome), 'order.captured_money_left');
});

test('25 receipts, and edits of the items beside credits, wait for each other', async ({ core }) => {
  const order = await placeOrder(core);
  const receipts = await Promise.all(
    Array.from({ length: 25 }, () => createPayment(core, order, { amount: 100, method: 'cash_on_delivery' })),
  );
  const outcomes = await Promise.all([
    ...receipts.map((id) => core.payments.process({ ...byAdmin(), id })),
    ...[1, 2, 3, 4, 5, 6, 7, 8].flatMap((quantity) => [
      core.orders.replaceItems({ ...byAdmin(), id: order }, { lines: [newLine({ quantity })] }),
      core.orderMoney.refund({ ...byAdmin(), id: order }, { goodwill: 1, reason_category: 'late' }),
    ]),
  ]);
  assert.equal(
    outcomes.map(codeOf),
    Array.from({ length: 41 }, () => undefined),
  );
  assert.is((await readOrder(core, order)).payments.length, 25);
});

test.run();
