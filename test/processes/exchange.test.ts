import { randomUUID } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { findEvent } from '../../src/commands/find-event.ts';
import { wasRejected } from '../../src/commands/handle.ts';
import { createPrepareExchange } from '../../src/commands/index.ts';
import { isInitiated, returnDecider } from '../../src/domain/return/index.ts';
import { returnStream } from '../../src/event-store/stream-names.ts';
import { ADMIN, AUDITOR, MEERA, startTestApi, type OrderJson, type TestApi } from '../support/api.ts';
import { newLine } from '../support/core.ts';
import { eventually } from '../support/eventually.ts';
import { deliveredOrder, moveReturn, pay, type PaymentJson, type ReturnJson } from '../support/money-over-http.ts';
import { context } from '../support/orders.ts';

const test = suite('exchanges');
let api: TestApi;

test.before(async () => {
  api = await startTestApi();
  await api.startWorker();
});
test.after(() => api.close());

/** One mug of two: 14.29 with its tax. */
const ONE = 14.29;
const PLATE = { product_id: 'p-plate', product_name: 'Plate', quantity: 1 };

/** A return of one of two mugs that has arrived. Each customer has a balance of their own. */
const receivedReturn = async ({
  isPaid = true,
  customer_id = randomUUID(),
}: { readonly isPaid?: boolean; readonly customer_id?: string } = {}) => {
  const order = await deliveredOrder(api, { customer_id, customer_name: 'मीरा शर्मा' });
  if (isPaid) await pay(api, order.id);
  const items = [{ order_item_id: order.items[0]?.id, quantity: 1 }];
  const { body } = await api.call<ReturnJson>('/returns', { json: { order_id: order.id, items } });
  return { order, customer_id, back: await moveReturn(api, body.id, ['approve', 'receive']) };
};

const exchange = (id: string, unit_price: number, more: Record<string, unknown> = {}) =>
  api.call<ReturnJson>(`/returns/${id}/exchange`, {
    json: { items: [{ ...PLATE, unit_price }], delivery_fee: 0, ...more },
  });

const orderOf = async ({ exchange: link }: Pick<ReturnJson, 'exchange'>): Promise<OrderJson> =>
  (await api.call(`/orders/${link?.order_id}`)).body;

/** The new order once the store credit was spent on it. */
const paidOrder = (back: ReturnJson, isWhole = true) =>
  eventually('the new order is paid', async () => {
    const order = await orderOf(back);
    const isPaid = order.payments.some(({ status }) => status === 'completed');
    return isPaid && (!isWhole || order.status === 'confirmed') ? order : undefined;
  });

const balanceOf = async (customer_id: string): Promise<number | undefined> =>
  (await api.call<readonly { readonly balance: number }[]>(`/admin/customers/${customer_id}/store-credit`)).body[0]
    ?.balance;

test('a return pays for another thing of the same price: both orders agree, and name each other', async () => {
  const { order, customer_id, back } = await receivedReturn();
  const { status, body } = await exchange(back.id, 12.99);
  assert.equal([status, body.status, body.refund_method], [201, 'processed', 'store_credit']);
  const paid = await paidOrder(body);
  assert.equal([paid.total, paid.amount_due, paid.status, paid.customer_name], [ONE, 0, 'confirmed', 'मीरा शर्मा']);
  assert.equal(paid.exchange_of, {
    return_id: back.id,
    return_number: back.return_number,
    order_id: order.id,
    order_number: order.order_number,
  });
  const { body: done } = await api.call<ReturnJson>(`/returns/${back.id}`);
  assert.equal([done.status, done.refunded_amount, done.exchange?.order_number], ['refunded', ONE, paid.order_number]);
  assert.is(await balanceOf(customer_id), 0);
  for (const id of [order.id, paid.id]) {
    const { body: books } = await api.call<{ readonly agrees: boolean }>(`/orders/${id}/reconciliation`, {
      as: AUDITOR,
    });
    assert.ok(books.agrees);
  }
});

test('what the new order costs more is due; what it costs less stays store credit', async () => {
  const dearer = await receivedReturn();
  const { body: more } = await exchange(dearer.back.id, 20);
  assert.is((await paidOrder(more, false)).amount_due, 7.71);
  const cheaper = await receivedReturn();
  const { body: less } = await exchange(cheaper.back.id, 10);
  assert.is((await paidOrder(less)).amount_due, 0);
  assert.equal([await balanceOf(dearer.customer_id), await balanceOf(cheaper.customer_id)], [0, 3.29]);
});

test('an unpaid order gives no credit: the new order is due', async () => {
  const { back } = await receivedReturn({ isPaid: false });
  const { body } = await exchange(back.id, 12.99);
  const done = await eventually('the return is refunded', async () => {
    const { body: now } = await api.call<ReturnJson>(`/returns/${back.id}`);
    return now.status === 'refunded' ? now : undefined;
  });
  assert.is(done.refunded_amount, 0);
  const order = await orderOf(body);
  assert.equal([order.amount_due, order.payments], [ONE, []]);
});

test('of exchanges that race, and of one that is sent again, there is one', async () => {
  const { customer_id, back } = await receivedReturn();
  const key = { headers: { 'idempotency-key': randomUUID() } };
  const again = () =>
    api.call<ReturnJson>(`/returns/${back.id}/exchange`, {
      json: { items: [{ ...PLATE, unit_price: 12.99 }], delivery_fee: 0 },
      ...key,
    });
  const answers = await Promise.all([again(), exchange(back.id, 11), exchange(back.id, 10), again()]);
  const done = answers.filter(({ status }) => status === 201);
  assert.is(new Set(done.map(({ body }) => body.exchange?.order_id)).size, 1);
  for (const { status, problem } of answers.filter((answer) => answer.status !== 201))
    assert.ok(status === 409 && /^return\.(already_processed|invalid_transition)$/.test(problem.code), problem.code);
  const [first] = done;
  assert.ok(first !== undefined);
  await paidOrder(first.body, false);
  const orders = await eventually('the list has the new order', async () => {
    const { body } = await api.call<OrderJson[]>(`/orders?customer_id=${customer_id}`);
    return body.length > 1 ? body : undefined;
  });
  assert.is(orders.length, 2);
  const late = await exchange(back.id, 12.99);
  assert.match(late.problem.code, /^return\.(already_processed|invalid_transition)$/);
});

test('a process that dies between the streams is made up for, and deliveries that repeat change nothing', async () => {
  const { back } = await receivedReturn();
  const { core } = api;
  const { decider, handle, exchangeProcess, readStream } = core;
  const at = new Date().toISOString();
  const by = context({ at });
  const drawNumber = () => Promise.resolve(`ORD-9999-${String(Date.now())}`);
  const prepare = createPrepareExchange({ decider, drawNumber, taxRate: '0.1', shippingFee: () => 0 });
  const one = (await readStream(returnDecider, returnStream(back.id)))?.state;
  assert.ok(one !== undefined && isInitiated(one));
  const input = { lines: [newLine({ quantity: 1 })], inspected: [] };
  const exchanged = await prepare({ id: back.id, one, context: by }, input);
  assert.ok(!('rejected' in exchanged));
  // Nothing but the decision itself: its process dies right after it.
  const decided = await handle(returnDecider, {
    stream: returnStream(back.id),
    command: { type: 'ExchangeReturn', data: { exchanged }, at, by: by.actor },
    context: by,
  });
  assert.not.ok(wasRejected(decided));
  const found = await eventually('the return is refunded', async () => {
    const { body } = await api.call<ReturnJson>(`/returns/${back.id}`);
    return body.status === 'refunded' ? body : undefined;
  });
  await paidOrder(found, false);
  const events = (await (await readStream(returnDecider, returnStream(back.id)))?.events()) ?? [];
  const [cause, end] = [findEvent(events, 'ReturnExchanged'), findEvent(events, 'ReturnRefunded')];
  assert.ok(cause !== undefined && end !== undefined);
  await Promise.all([1, 2, 3].flatMap(() => [exchangeProcess.place(cause), exchangeProcess.pay(end, at)]));
  const payments = await eventually('the list of payments has caught up', async () => {
    const { body } = await api.call<PaymentJson[]>(`/payments?order_id=${exchanged.order_id}`);
    return body.length > 0 && body.every(({ status }) => status !== 'processing') ? body : undefined;
  });
  assert.equal(
    payments.map(({ method, amount, status }) => [method, amount, status]),
    [['store_credit', ONE, 'completed']],
  );
});

test('what the new order would be rejected for is said before anything moves; customers cannot exchange', async () => {
  const { back } = await receivedReturn({ customer_id: 'c-1' });
  const wrong = await exchange(back.id, 12.99, { restocking_fee: 99 });
  assert.is(wrong.problem.code, 'return.fee_exceeds_value');
  const huge = { items: [{ ...PLATE, unit_price: 999_999_999_999, quantity: 1_000_000 }] };
  assert.is((await api.call(`/returns/${back.id}/exchange`, { json: huge })).problem.code, 'order.amount_too_large');
  const own = { items: [{ ...PLATE, unit_price: 1 }] };
  assert.is((await api.call(`/returns/${back.id}/exchange`, { json: own, as: MEERA })).status, 403);
  const { body } = await api.call<ReturnJson>(`/returns/${back.id}`, { as: ADMIN });
  assert.equal([body.status, body.exchange], ['received', null]);
});

test.run();
