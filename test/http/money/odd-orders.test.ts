// time limit: 180 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { moveOrder, type ReturnJson } from '../../support/money-over-http.ts';
import { idOfItem, item, openMoneyShop, type MoneyShop } from '../../support/money-shop.ts';

/** Orders that are easy to count wrong. `settled` checks after each that documents and money agree. */
const test = suite('odd orders, over HTTP');
let shop: MoneyShop;
test.before(async () => {
  shop = await openMoneyShop();
});
test.after(() => shop.close());

const deliver = async (id: string): Promise<void> => {
  await shop.confirmed(id);
  await moveOrder(shop.api, id, ['start_processing', 'ship', 'deliver']);
};
const sums = async (id: string) => {
  const { credited, amount_due, overpaid, payment_status } = await shop.settled(id);
  return [credited, amount_due, overpaid, (await shop.books(id)).refunded, payment_status];
};

test('yen and dinars: thirds of a line add up, whichever is credited and whichever comes back', async () => {
  for (const [currency, unit_price, fee, total] of [
    ['JPY', 333, 500, 1_599],
    ['KWD', 3.333, 0.005, 11.004],
  ] as const) {
    const order = await shop.order({ currency, items: [item('A', { quantity: 3, unit_price })], delivery_fee: fee });
    assert.is(order.total, total);
    await shop.pay(order.id, { amount: total });
    await deliver(order.id);
    const order_item_id = idOfItem(order, 'A');
    await shop.credit(order.id, { items: [{ order_item_id, quantity: 1 }] });
    const opened = await shop.openReturn(order.id, { items: [{ order_item_id, quantity: 2 }], reason: 'damaged' });
    await shop.processReturn(opened.id);
    const rest = await shop.openReturn(order.id, { reason: 'damaged' });
    await shop.processReturn(rest.id);
    assert.equal(await sums(order.id), [total, 0, 0, total, 'settled'], currency);
  }
});

test('an order that is free, and one of which only tax is to pay', async () => {
  const free = await shop.order({ items: [item('A', { discount: 50, tax: 0 })], delivery_fee: 0 });
  assert.equal([free.total, free.payment_status], [0, 'paid']);
  await moveOrder(shop.api, free.id, ['confirm', 'start_processing', 'ship', 'deliver']);
  const opened = await shop.openReturn(free.id);
  await shop.processReturn(opened.id);
  assert.equal(await sums(free.id), [0, 0, 0, 0, 'paid']);
  const taxed = await shop.order({ items: [item('A', { discount: 50, tax: 7 })], delivery_fee: 0 });
  await shop.pay(taxed.id, { amount: 7 });
  await deliver(taxed.id);
  const back = await shop.openReturn(taxed.id);
  await shop.processReturn(back.id);
  await shop.settled(taxed.id);
  const { body } = await shop.call<ReturnJson>(`/returns/${back.id}`);
  assert.equal([body.refund_amount, body.refunded_amount], [7, 7]);
  assert.equal(await sums(taxed.id), [7, 0, 0, 7, 'settled']);
});

test('cancelled after a partial refund and an edit: all that is left goes back, once', async () => {
  const { id } = await shop.order();
  const first = await shop.pay(id, { amount: 100 });
  await shop.pay(id, { amount: 15, method: 'paypal' });
  await shop.refund(first.id, { amount: 30 });
  await shop.credit(id, { goodwill: 10 });
  await shop.putItems(id, [item('A')]);
  await shop.call(`/orders/${id}/cancel`, { method: 'POST' });
  const [, due, overpaid, refunded] = await sums(id);
  assert.equal([due, overpaid, refunded], [0, 0, 115]);
  const late = await shop.refund(first.id);
  assert.is(late.problem.code, 'refund.nothing_refundable');
});

test('a return after everything was given up is worth nothing, and has no memo', async () => {
  const order = await shop.order();
  await shop.pay(order.id);
  await deliver(order.id);
  await shop.credit(order.id, { goodwill: 115 });
  const opened = await shop.openReturn(order.id);
  assert.is(opened.refund_amount, 0);
  await shop.processReturn(opened.id);
  assert.equal(await sums(order.id), [115, 0, 0, 115, 'settled']);
  const { body } = await shop.call<readonly unknown[]>(`/invoices/return/${opened.id}`);
  assert.equal(body, []);
});

test('a fraudster sends what is not theirs to send, and nothing moves', async () => {
  const order = await shop.order();
  const { id: payment } = await shop.pay(order.id);
  const as = { role: 'customer', sub: 'c-1' } as const;
  const status = async (path: string, json: unknown) => (await shop.call(path, { json, as })).status;
  assert.is(await status(`/payments/${payment}/refund`, { amount: 1 }), 403);
  assert.is(await status(`/orders/${order.id}/refunds`, { goodwill: 1, reason_category: 'late' }), 403);
  assert.is(await status('/payments', { order_id: order.id, method: 'credit_card', amount: -1 }), 422);
  assert.is(await status('/payments', { order_id: order.id, method: 'credit_card', amount: 1e15 }), 422);
  const cash = await shop.call<{ id: string }>('/payments', {
    json: { order_id: order.id, method: 'cash_on_delivery', amount: 1 },
    as,
  });
  assert.is((await shop.call(`/payments/${cash.body.id}/process`, { method: 'POST', as })).status, 403);
  assert.equal(await sums(order.id), [0, 0, 0, 0, 'paid']);
});

test.run();
