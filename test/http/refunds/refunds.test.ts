import { randomUUID } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createSandboxGateway } from '../../../src/gateways/payment/sandbox.ts';
import { ADMIN, AUDITOR, MEERA, startTestApi, type OrderJson, type TestApi } from '../../support/api.ts';
import { eventually } from '../../support/eventually.ts';
import { deliveredOrder, pay, placeOrder, TOTAL, type PaymentJson } from '../../support/money-over-http.ts';
import { askingOnce } from '../../support/worker-deps.ts';

const refunds = suite('refunds with a reason over HTTP');
let api: TestApi;

refunds.before(async () => {
  api = await startTestApi({
    adjust: (deps) => ({ ...deps, payments: { ...deps.payments, outcomeTimeoutMs: 20_000 } }),
  });
  await api.startWorker({
    deps: { askGateway: askingOnce(api.core, createSandboxGateway({ db: api.core.db, slowMs: 100 })) },
  });
});
refunds.after(() => api.close());

const refund = (id: string, json: Record<string, unknown>, headers: Record<string, string> = {}) =>
  api.call(`/orders/${id}/refunds`, { json, headers });
const read = async (id: string, as = ADMIN): Promise<OrderJson> => (await api.call(`/orders/${id}`, { as })).body;
const settled = (id: string, status = 'done') =>
  eventually(`the refunds of ${id} are ${status}`, async () => {
    const order = await read(id);
    return order.refund_status === status && order;
  });

refunds('a damaged unit is credited at its share, with its reason, and goes back to the card', async () => {
  const order = await deliveredOrder(api);
  await pay(api, order.id);
  await eventually('it is paid', async () => (await read(order.id)).payment_status === 'paid');
  const items = [{ order_item_id: order.items[0]?.id, quantity: 1 }];
  const headers = { 'idempotency-key': randomUUID() };
  const asked = { items, reason_category: 'damaged', note: 'Handle broken' };
  const { status, body } = await refund(order.id, asked, headers);
  assert.equal([status, body.credited, body.amount_due, body.overpaid], [201, 14.29, 0, 0]);
  assert.equal(
    body.refunds.map(({ kind, amount, method }) => [kind, amount, method]),
    [['line', 14.29, 'original_payment']],
  );
  const again = await refund(order.id, asked, headers);
  assert.equal([again.status, again.body.credited, again.body.refunds.length], [201, 14.29, 1]);
  const done = await settled(order.id);
  assert.equal([done.payments[0]?.refunded_amount, done.payment_status], [14.29, 'paid']);
  assert.not.match(JSON.stringify(await read(order.id, MEERA)), 'Handle broken');
});

refunds('what is not paid yet is set off: nothing goes back', async () => {
  const order = await placeOrder(api);
  const { body } = await refund(order.id, { goodwill: 3.58, reason_category: 'late' });
  assert.equal([body.credited, body.amount_due, body.refunds], [3.58, 30, []]);
});

refunds('more than was agreed is not credited', async () => {
  const order = await placeOrder(api);
  const why = async (json: Record<string, unknown>) => {
    const { status, problem } = await refund(order.id, { reason_category: 'price', ...json });
    return [status, problem.code];
  };
  assert.equal(await why({ goodwill: TOTAL + 1 }), [422, 'refund.exceeds_creditable']);
  assert.equal(await why({ shipping: 5.01 }), [422, 'refund.exceeds_creditable']);
  assert.equal(await why({ items: [{ order_item_id: randomUUID() }] }), [422, 'refund.unknown_item']);
  assert.equal(await why({ items: [{ order_item_id: order.items[0]?.id, quantity: 3 }] }), [
    422,
    'refund.invalid_quantity',
  ]);
  await refund(order.id, { items: [{ order_item_id: order.items[0]?.id, quantity: 2 }], reason_category: 'damaged' });
  const { problem } = await refund(order.id, {
    items: [{ order_item_id: order.items[0]?.id, quantity: 1 }],
    reason_category: 'damaged',
  });
  assert.equal(
    [problem.code, problem.detail],
    ['refund.invalid_quantity', `All units of ${order.items[0]?.id} are refunded or cancelled already.`],
  );
  assert.equal(await why({ goodwill: 1, reason_category: 'because' }), [422, 'request.invalid']);
  assert.equal(await why({ goodwill: 1, method: 'shells' }), [422, 'request.invalid']);
  assert.equal(await why({}), [409, 'refund.nothing_to_credit']);
});

refunds('a refund by hand says what it credited: nothing before the invoice, goodwill after it', async () => {
  const back = async (id: string, json: Record<string, unknown>) => {
    const { status, body } = await api.call<PaymentJson & { credited: number }>(`/payments/${id}/refund`, { json });
    return [status, body.refunded_amount, body.credited];
  };
  const waiting = await placeOrder(api);
  const { id: early } = await pay(api, waiting.id);
  assert.equal(await back(early, { amount: 10, reason_category: 'customer_request' }), [200, 10, 0]);
  assert.is((await read(waiting.id)).amount_due, 10);

  const sent = await deliveredOrder(api);
  const { id: late } = await pay(api, sent.id);
  assert.equal(await back(late, { amount: 10 }), [200, 10, 10]);
  assert.equal(await back(late, { amount: 5, credit: false }), [200, 15, 0]);
  const { amount_due, credited } = await read(sent.id);
  assert.equal([amount_due, credited], [5, 10]);
});

refunds('documents and money are compared, and agree', async () => {
  const order = await deliveredOrder(api);
  await pay(api, order.id);
  await eventually('it is paid', async () => (await read(order.id)).payment_status === 'paid');
  await refund(order.id, { shipping: 5, reason_category: 'late' });
  await settled(order.id);
  const { body } = await api.call<unknown>(`/orders/${order.id}/reconciliation`, { as: AUDITOR });
  assert.equal(body, {
    invoiced: TOTAL,
    credited_by_documents: 5,
    uninvoiced: 0,
    owed: 28.58,
    captured: TOTAL,
    refunded: 5,
    in_flight: 0,
    failed: 0,
    amount_due: 0,
    overpaid: 0,
    agrees: true,
  });
});

refunds('a refund that the gateway declines is visible, and is resolved by a person', async () => {
  const order = await deliveredOrder(api);
  await pay(api, order.id, { payment_token: 'tok_refund_declined' });
  await eventually('it is paid', async () => (await read(order.id)).payment_status === 'paid');
  await refund(order.id, { goodwill: 4, reason_category: 'late' });
  const failed = await settled(order.id, 'failed');
  assert.equal([failed.overpaid, failed.refunds[0]?.status], [4, 'failed']);
  const resolve = (json: unknown) => api.call(`/orders/${order.id}/refunds/${failed.refunds[0]?.id}/resolve`, { json });
  const early = await resolve({ method: 'withdraw' });
  assert.equal([early.status, early.problem.code], [409, 'refund.still_overpaid']);
  const { status, body } = await resolve({ method: 'bank_transfer', note: 'From the shop account' });
  assert.equal([status, body.refund_status, body.overpaid, body.refunds[0]?.status], [200, 'done', 0, 'resolved']);
  assert.is(body.payments[0]?.refunded_amount, 4);
  const late = await resolve({ method: 'retry' });
  assert.equal([late.status, late.problem.code], [409, 'refund.already_ended']);
  assert.is((await api.call(`/orders/${order.id}/refunds/nope/resolve`, { json: { method: 'cash' } })).status, 404);
});

refunds.run();
