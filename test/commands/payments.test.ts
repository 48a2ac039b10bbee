import { randomBytes, randomUUID } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { wasRejected, type Outcome } from '../../src/commands/handle.ts';
import { paymentDecider } from '../../src/domain/payment/index.ts';
import { WrongExpectedRevision } from '../../src/event-store/port.ts';
import { openMemoryEventStore } from '../../src/event-store/memory.ts';
import type { EventStore } from '../../src/event-store/port.ts';
import { orderStream, paymentStream } from '../../src/event-store/stream-names.ts';
import { type Core, placeOrder, takeActions, testCore } from '../support/core.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { by, byAdmin, createPayment, paymentInput, startPayment } from '../support/payments.ts';

// The order of `placeOrder` costs 3358: two mugs, tax and shipping.
const TOTAL = 3_358;
const masterKey = randomBytes(32);
const MEERA = { id: 'c-1', role: 'customer' } as const;

const test = suite<{ database: TestDatabase; store: EventStore; core: Core }>('payment commands');
test.before(async (state) => void (state.database = await openTestDatabase()));
test.before.each((state) => {
  state.store = openMemoryEventStore();
  state.core = testCore(state.database.db, state.store, masterKey);
});
test.after(async ({ database }) => database.close());

const typesOf = async (store: EventStore, stream: string) => (await store.readStream(stream)).map(({ type }) => type);
const said = ({ context: { at, actor } }: ReturnType<typeof byAdmin>) => ({ at, by: actor });
const codeOf = <S, R extends { readonly rejected: string }>(outcome: Outcome<S, R>) =>
  wasRejected(outcome) ? outcome.rejection.rejected : undefined;

test('processing starts on the order first, then on the payment', async ({ core, store }) => {
  const order = await placeOrder(core);
  const payment = await startPayment(core, order, { amount: TOTAL });
  assert.equal(await typesOf(store, orderStream(order)), ['OrderPlaced', 'PaymentStarted']);
  assert.equal(await typesOf(store, paymentStream(payment)), ['PaymentInitiated', 'PaymentProcessingStarted']);
});

test('a payment must fit the order', async ({ core }) => {
  const order = await placeOrder(core);
  const create = (changes: Parameters<typeof paymentInput>[1], caller = byAdmin()) =>
    core.payments.create(paymentInput(order, changes), caller);
  assert.is(codeOf(await create({ amount: TOTAL + 1 })), 'payment.exceeds_total');
  assert.is(codeOf(await create({ currency: 'USD' })), 'payment.wrong_currency');
  assert.is(codeOf(await create({ amount: 0 })), 'payment.invalid_amount');
  assert.is(codeOf(await create({ order_id: randomUUID() })), 'order.not_found');
  assert.is(codeOf(await create({}, by({ id: 'c-2', role: 'customer' }))), 'order.not_found', 'nor another customer');
  assert.is(codeOf(await create({}, by(MEERA))), undefined);
});

test('more than is due is rejected when it starts, and the payment stays pending', async ({ core, store }) => {
  const order = await placeOrder(core);
  await startPayment(core, order, { amount: TOTAL });
  const second = await createPayment(core, order, { amount: 1 });
  const outcome = await core.payments.process({ ...byAdmin(), id: second });
  assert.is(codeOf(outcome), 'payment.exceeds_amount_due');
  assert.equal(await typesOf(store, paymentStream(second)), ['PaymentInitiated']);
});

test('money that no gateway moves is for the staff to confirm', async ({ core }) => {
  const order = await placeOrder(core);
  const id = await createPayment(core, order, { method: 'cash_on_delivery' });
  assert.is(codeOf(await core.payments.process({ ...by(MEERA), id })), 'payment.action_not_permitted');
  assert.is(codeOf(await core.payments.process({ ...byAdmin(), id })), undefined);
});

test('two clicks on pay are one payment in progress', async ({ core, store }) => {
  const order = await placeOrder(core);
  const id = await createPayment(core, order);
  await Promise.all(Array.from({ length: 10 }, () => core.payments.process({ ...by(MEERA), id })));
  assert.is(codeOf(await core.payments.process({ ...byAdmin(), id })), 'payment.already_processing');
  assert.equal(await typesOf(store, orderStream(order)), ['OrderPlaced', 'PaymentStarted']);
  assert.equal(await typesOf(store, paymentStream(id)), ['PaymentInitiated', 'PaymentProcessingStarted']);
});

test('the same request again is answered as the first time', async ({ core }) => {
  const order = await placeOrder(core);
  const key = randomUUID();
  const first = await core.payments.create(paymentInput(order), byAdmin(key, true));
  const second = await core.payments.create(paymentInput(order), byAdmin(key, true));
  assert.is(second.id, first.id);
  const processPayment = () =>
    core.payments.process({ ...byAdmin('6c1f0b5e-6f5f-4f6e-9a3b-3a8d7b2c1d0e', true), id: first.id });
  assert.is(codeOf(await processPayment()), undefined);
  assert.is(codeOf(await processPayment()), undefined, 'and not as already processing');
});

test('a crash between order and payment is repaired by a repeated request', async ({
  core,
  store,
  database: { db },
}) => {
  const order = await placeOrder(core);
  const id = await createPayment(core, order);
  const killed: EventStore = {
    ...store,
    append: (stream, ...rest) =>
      stream.startsWith('payment-') ? Promise.reject(new Error('killed')) : store.append(stream, ...rest),
  };
  const dying = testCore(db, killed, masterKey);
  const died = await dying.payments.process({ ...by(MEERA), id }).catch((error: unknown) => error);
  assert.match(String(died), /killed/);
  assert.equal(await typesOf(store, orderStream(order)), ['OrderPlaced', 'PaymentStarted']);
  assert.is(codeOf(await core.payments.process({ ...byAdmin(), id })), undefined);
  assert.equal(await typesOf(store, orderStream(order)), ['OrderPlaced', 'PaymentStarted']);
  assert.equal(await typesOf(store, paymentStream(id)), ['PaymentInitiated', 'PaymentProcessingStarted']);
});

test('an outdated If-Match stops processing before the order hears of it', async ({ core, store }) => {
  const order = await placeOrder(core);
  const id = await createPayment(core, order);
  const error = await core.payments.process({ ...byAdmin(), id, expected: 3n }).catch((e: unknown) => e);
  assert.instance(error, WrongExpectedRevision);
  assert.equal(await typesOf(store, orderStream(order)), ['OrderPlaced']);
});

test('the token is kept sealed, and in no event', async ({ core, store, database: { db } }) => {
  const order = await placeOrder(core);
  const id = await createPayment(core, order, { payment_token: 'tok_of_meeras_card' });
  assert.is(await core.paymentTokens.open(id), 'tok_of_meeras_card');
  const all = [...(await store.readStream(paymentStream(id))), ...(await store.readStream(orderStream(order)))];
  assert.not.match(JSON.stringify(all.map(({ data, metadata }) => ({ data, metadata }))), 'tok_of_meeras_card');
  const row = await db<{ sealed: Buffer }>('payment_tokens').where('payment_id', id).first();
  assert.not.ok(row?.sealed.includes('tok_of_meeras_card'));
  await core.payments.cancel({ ...byAdmin(), id });
  assert.is(await core.paymentTokens.open(id), null, 'and forgotten once the payment has its outcome');
});

test('only a completed payment can be refunded', async ({ core }) => {
  const order = await placeOrder(core);
  const id = await startPayment(core, order);
  const outcome = await core.payments.refund({ ...byAdmin(), id }, { amount: null });
  assert.is(codeOf(outcome), 'payment.not_refundable');
  assert.is(codeOf(await core.payments.refund({ ...byAdmin(), id: randomUUID() }, { amount: 1 })), 'payment.not_found');
});

test('a refund is allocated by the order and reserved on the payment, with what was said of it', async ({
  core,
  store,
}) => {
  const order = await placeOrder(core);
  const id = await startPayment(core, order, { amount: TOTAL });
  await core.payments.settle({ ...byAdmin(), id }, { outcome: 'succeeded', transaction_id: 't-1' });
  const outcome = await core.payments.refund({ ...byAdmin(), id }, { amount: 358, reason: 'a scratch' });
  assert.is(codeOf(outcome), undefined);
  if (outcome.state.status === 'none') throw new Error('it is there');
  const { refunds } = outcome.state;
  assert.equal(
    refunds.map(({ amount, status, kind, reason }) => ({ amount, status, kind, reason })),
    [{ amount: 358, status: 'pending', kind: 'money', reason: 'a scratch' }],
  );
  const refund = (amount: number | null) => core.payments.refund({ ...byAdmin(), id }, { amount });
  assert.is(codeOf(await refund(3_001)), 'refund.exceeds_refundable');
  assert.is(codeOf(await refund(0)), 'refund.exceeds_refundable');
  assert.is(codeOf(await refund(null)), undefined);
  assert.is(codeOf(await refund(null)), 'refund.nothing_refundable');
  const types = await typesOf(store, orderStream(order));
  assert.equal(types.slice(2), ['PaymentCaptured', 'RefundAllocated', 'RefundAllocated']);
});

test('fifty refunds of one payment at once never give back more than came in', async ({ core }) => {
  const order = await placeOrder(core);
  const id = await startPayment(core, order, { amount: TOTAL });
  await core.payments.settle({ ...byAdmin(), id }, { outcome: 'succeeded', transaction_id: null });
  await Promise.allSettled(
    Array.from({ length: 50 }, () => core.payments.refund({ ...byAdmin(), id }, { amount: 700 })),
  );
  const { state } = await core.payments.changeDetails({ ...byAdmin(), id }, {});
  if (state.status === 'none') throw new Error('it is there');
  assert.is(state.refunds.length, 4, '4 × 700 ≤ 3358 < 5 × 700');
});

test('a second card works at once after a decline, before the order has heard of it', async ({ core }) => {
  const order = await placeOrder(core);
  const first = await startPayment(core, order, { amount: TOTAL });
  const declined = { type: 'DeclinePayment', data: { failure_reason: 'declined' }, ...said(byAdmin()) } as const;
  const { context } = byAdmin();
  await core.handle(paymentDecider, { stream: paymentStream(first), command: declined, context });
  const second = await createPayment(core, order, { amount: TOTAL });
  assert.is(codeOf(await core.payments.process({ ...byAdmin(), id: second })), undefined);
});

test('money that an admin received outside the gateway is a fact, also too much and on a cancelled order', async ({
  core,
}) => {
  const order = await placeOrder(core);
  await takeActions(core, order, ['cancel']);
  const id = await startPayment(core, order, { method: 'bank_transfer', amount: TOTAL + 1 });
  assert.is(codeOf(await core.payments.process({ ...byAdmin(), id })), 'payment.already_processing');
  const asCustomer = paymentInput(order, { method: 'bank_transfer', amount: TOTAL + 1 });
  assert.is(codeOf(await core.payments.create(asCustomer, by(MEERA))), 'payment.exceeds_total');
});

test('a settled payment is not settled again', async ({ core }) => {
  const order = await placeOrder(core);
  const id = await startPayment(core, order, { amount: TOTAL });
  const succeeded = { outcome: 'succeeded', transaction_id: null } as const;
  assert.is(codeOf(await core.payments.settle({ ...byAdmin(), id }, succeeded)), undefined);
  assert.is(codeOf(await core.payments.settle({ ...byAdmin(), id }, succeeded)), 'payment.outcome_known');
});

test('twenty-five refunds of one payment at once wait for each other; each says what it credited', async ({ core }) => {
  const order = await placeOrder(core);
  const id = await startPayment(core, order, { amount: TOTAL });
  await core.payments.settle({ ...byAdmin(), id }, { outcome: 'succeeded', transaction_id: null });
  const refunds = await Promise.all(
    Array.from({ length: 25 }, () => core.payments.refund({ ...byAdmin(), id }, { amount: 10 })),
  );
  assert.equal(
    refunds.map(codeOf),
    Array.from({ length: 25 }, () => undefined),
  );
  await takeActions(core, order, ['confirm', 'start_processing', 'ship']);
  const after = await core.payments.refund({ ...byAdmin(), id }, { amount: 10, reason_category: 'late' });
  assert.is('credited' in after && after.credited, 10, 'goodwill after the invoice');
});

test('cancelling and paying at once: one of them wins, and room is never lost', async ({ core, store }) => {
  for (let round = 0; round < 10; round++) {
    const order = await placeOrder(core);
    const id = await createPayment(core, order, { amount: TOTAL });
    await Promise.all([core.payments.process({ ...byAdmin(), id }), core.payments.cancel({ ...byAdmin(), id })]);
    const types = await typesOf(store, paymentStream(id));
    assert.is(types.length, 2);
    if (types[1] === 'PaymentCancelled') await startPayment(core, order, { amount: TOTAL });
  }
});

test('customers reach their own payments only', async ({ core }) => {
  const id = await createPayment(core, await placeOrder(core));
  const stranger = by({ id: 'c-2', role: 'customer' });
  assert.is(codeOf(await core.payments.process({ ...stranger, id })), 'payment.not_found');
  assert.is(codeOf(await core.payments.cancel({ ...stranger, id })), 'payment.not_found');
});

test('an order that was cancelled takes no payment', async ({ core }) => {
  const order = await placeOrder(core);
  const id = await createPayment(core, order);
  await takeActions(core, order, ['cancel']);
  assert.is(codeOf(await core.payments.process({ ...byAdmin(), id })), 'payment.exceeds_amount_due');
});

test.run();
