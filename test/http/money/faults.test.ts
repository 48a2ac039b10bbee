// time limit: 180 s
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { saidBy } from '../../../src/commands/process-context.ts';
import { paymentDecider } from '../../../src/domain/payment/index.ts';
import { paymentStream } from '../../../src/event-store/stream-names.ts';
import { createHttpGateway } from '../../../src/gateways/payment/http.ts';
import { MEERA } from '../../support/api.ts';
import { eventually } from '../../support/eventually.ts';
import { createPayment, moveOrder, moveReturn, processPayment, TO_RECEIVED } from '../../support/money-over-http.ts';
import type { PaymentJson, ReturnJson } from '../../support/money-over-http.ts';
import { context } from '../../support/orders.ts';
import { idOfItem, item, LINE, openMoneyShop, TOTAL, type MoneyShop } from '../../support/money-shop.ts';

/** The faults of issue 10, each tried from outside: over HTTP, with the worker and the sandbox gateway. */
const test = suite('the money of an order, over HTTP');
let shop: MoneyShop;

/** A merchant's payment service that answers as its test says, and keeps what it was asked. */
type Service = {
  status: number;
  body: object;
  /** Milliseconds before it answers. */
  delay: number;
  readonly charged: string[];
  readonly close: () => void;
  readonly url: string;
};
let service: Service;

const startService = async (): Promise<Service> => {
  const charged: string[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      charged.push((JSON.parse(text) as { readonly payment_id: string }).payment_id);
      setTimeout(() => {
        response.writeHead(service.status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(service.body));
      }, service.delay);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on a port
  const url = `http://127.0.0.1:${port}`;
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { status: 200, body: { status: 'approved' }, delay: 0, charged, url, close };
};

test.before(async () => {
  service = await startService();
  const http = createHttpGateway({ url: service.url, timeoutMs: 2_000 });
  shop = await openMoneyShop({
    gateway: (sandbox) => ({
      supportsIdempotency: false,
      charge: (request) => (request.payment_token === 'tok_service' ? http : sandbox).charge(request),
      refund: (request) => sandbox.refund(request),
    }),
    orderSettings: { paymentRequired: true },
  });
});
test.before.each(() => {
  Object.assign(service, { status: 200, body: { status: 'approved' }, delay: 0 });
});
test.after(async () => {
  await shop.close();
  service.close();
});

/** Paid, which confirms it, and delivered. */
const paidAndDelivered = async (changes: Record<string, unknown> = {}, payment: Record<string, unknown> = {}) => {
  const { id } = await shop.order(changes);
  const paid = await shop.pay(id, payment);
  await shop.confirmed(id);
  await moveOrder(shop.api, id, ['start_processing', 'ship', 'deliver']);
  return { id, paid, order: await shop.read(id) };
};

const CASH = { payment_method: 'cash_on_delivery' };
const moneyOf = async (id: string) => {
  const { total, credited, amount_due, overpaid, payment_status, refund_status } = await shop.settled(id);
  return { total, credited, amount_due, overpaid, payment_status, refund_status };
};
const refunded = async (id: string) => (await shop.books(id)).refunded;
const act = (id: string, action: string) => shop.call(`/orders/${id}/state`, { json: { action } });

test('1: what is refunded in full before the invoice is due again, and does not ship free', async () => {
  const { id } = await shop.order();
  const paid = await shop.pay(id);
  await shop.confirmed(id);
  assert.is((await shop.refund(paid.id)).status, 200);
  const { amount_due, payment_status } = await moneyOf(id);
  assert.equal([amount_due, payment_status], [TOTAL, 'unpaid']);
  const started = await act(id, 'start_processing');
  assert.equal([started.status, started.problem.code], [409, 'order.payment_required']);
  const moved = await shop.api.core.scheduling.autoProcess(id, { at: new Date().toISOString(), run: 'test' });
  assert.is(moved, false, 'nor does the clock process it');
  await shop.pay(id);
  await shop.confirmed(id);
  assert.is((await act(id, 'start_processing')).status, 200);
});

test('a replacement of which everything was credited is started by an admin, by force', async () => {
  for (const by of ['state', 'status'] as const) {
    const { id } = await shop.order();
    await shop.credit(id, { goodwill: TOTAL, reason_category: 'damaged' });
    assert.is((await act(id, 'confirm')).status, 200);
    assert.not.ok((await shop.read(id)).allowed_actions.includes('start_processing'));
    assert.is((await act(id, 'start_processing')).problem.code, 'order.payment_required');
    const start = (more: object) =>
      by === 'state'
        ? shop.call(`/orders/${id}/state`, { json: { action: 'start_processing', ...more } })
        : shop.call(`/orders/${id}/status`, { method: 'PUT', json: { status: 'processing', ...more } });
    assert.is((await start({ force: true })).status, 200);
  }
});

test('2: what was refunded for a line is not refunded again when the line is removed', async () => {
  for (const back of ['payment', 'order'] as const) {
    const order = await shop.order();
    const paid = await shop.pay(order.id);
    const reason = { reason_category: 'out_of_stock' };
    const answer =
      back === 'payment'
        ? await shop.refund(paid.id, { amount: LINE, ...reason })
        : await shop.credit(order.id, { items: [{ order_item_id: idOfItem(order, 'B') }], ...reason });
    assert.ok(answer.status < 300, answer.text);
    await shop.settled(order.id);
    assert.is((await shop.putItems(order.id, [item('A')])).status, 200);
    const { total, amount_due, overpaid } = await moneyOf(order.id);
    assert.equal([total, amount_due, overpaid, await refunded(order.id)], [60, 0, 0, 55]);
  }
});

test('3: goodwill and a lower total end in the same sums, while it is pending and when it is done', async () => {
  for (const wait of [true, false]) {
    const { id } = await shop.order();
    await shop.pay(id, { payment_token: 'tok_slow' });
    assert.is((await shop.credit(id, { goodwill: 30 })).status, 201);
    if (wait) await shop.settled(id);
    await shop.putItems(id, [item('A')]);
    assert.equal(await moneyOf(id), {
      total: 60,
      credited: 30,
      amount_due: 0,
      overpaid: 0,
      payment_status: 'paid',
      refund_status: 'done',
    });
    assert.is(await refunded(id), 85);
  }
});

test('4: a return whose refund the gateway declines is visible, and has a way out', async () => {
  const { id } = await paidAndDelivered({}, { payment_token: 'tok_refund_declined' });
  const opened = await shop.openReturn(id);
  await shop.processReturn(opened.id);
  const order = await shop.settled(id);
  assert.equal([order.refund_status, order.overpaid], ['failed', 110]);
  const failed = await shop.call<ReturnJson>(`/returns/${opened.id}`);
  assert.is(failed.body.refund_status, 'failed');
  const listed = await eventually('it is listed', async () => {
    const { body } = await shop.call<readonly { id: string }[]>('/orders?needs=resolution');
    return body.some((one) => one.id === id) && body;
  });
  assert.ok(listed);
  const [refund] = order.refunds;
  const settle = await shop.call(`/payments/${order.payments[0]?.id}/settle`, {
    json: { outcome: 'succeeded', refund_id: refund?.id },
  });
  assert.equal([settle.status, settle.problem.code], [409, 'payment.outcome_known']);
  const way = await moveReturn(shop.api, opened.id, [{ action: 'refund', refund_method: 'bank_transfer' }]);
  assert.equal(
    [way.status, way.refunded_amount, way.refund_status, way.refund_method],
    ['refunded', 110, 'completed', 'bank_transfer'],
  );
  const done = await shop.settled(id);
  assert.equal([done.refund_status, done.overpaid, await refunded(id)], ['done', 0, 110]);
  assert.is(done.refunds.at(-1)?.method, 'bank_transfer');
});

test('5: estimate, mails, memo and money of a return are one number', async () => {
  const { id, paid } = await paidAndDelivered();
  assert.is((await shop.refund(paid.id, { amount: 30 })).body.credited, 30);
  await shop.settled(id);
  const opened = await shop.openReturn(id, { reason: 'defective' });
  assert.is(opened.refund_amount, 85);
  const processed = await shop.processReturn(opened.id);
  assert.is(processed.refund_amount, 85);
  await shop.settled(id);
  const { body } = await shop.call<ReturnJson>(`/returns/${opened.id}`);
  assert.equal([body.refund_amount, body.refunded_amount], [85, 85]);
  const { body: memos } = await shop.call<readonly { total: number; return_id: string }[]>(
    `/invoices/return/${opened.id}`,
  );
  assert.equal(
    memos.map(({ total }) => total),
    [85],
  );
  const { invoiced, credited_by_documents, refunded: back } = await shop.books(id);
  assert.equal([invoiced, credited_by_documents, back], [TOTAL, TOTAL, TOTAL]);
});

test('5: a return of an unpaid order pays nothing, and a free item gets no memo', async () => {
  const unpaid = await shop.delivered(CASH);
  const opened = await shop.openReturn(unpaid.id);
  await shop.processReturn(opened.id);
  const { amount_due } = await moneyOf(unpaid.id);
  assert.equal([amount_due, await refunded(unpaid.id)], [5, 0]);
  const { body } = await shop.call<ReturnJson>(`/returns/${opened.id}`);
  assert.equal([body.status, body.refund_amount, body.refunded_amount], ['refunded', 110, 0]);

  const free = await shop.delivered({ ...CASH, items: [item('A'), item('gift', { discount: 50, tax: 0 })] });
  const gift = await shop.openReturn(free.id, { items: [{ order_item_id: idOfItem(free, 'gift'), quantity: 1 }] });
  await shop.processReturn(gift.id);
  await shop.settled(free.id);
  const memos = await shop.call<readonly unknown[]>(`/invoices/return/${gift.id}`);
  assert.equal([memos.status, memos.body], [200, []]);
});

test('6: a rejected call is no decline: the payment waits, visibly, and goes through once the service works', async () => {
  for (const status of [401, 403, 404, 405, 409]) {
    const { id } = await shop.order();
    Object.assign(service, { status, body: { message: 'key sk_live_… revoked' } });
    const { body } = await createPayment(shop.api, id, { amount: TOTAL, payment_token: 'tok_service' });
    const asked = processPayment(shop.api, body.id);
    const job = await eventually('the job is parked', async () =>
      (await shop.jobs()).find(({ task, next_try_at, reason, key }) => {
        return task === 'charge-payment' && next_try_at === null && reason !== null && key?.includes(body.id);
      }),
    );
    assert.match(job.reason ?? '', String(status));
    const { status: still } = (await shop.call<PaymentJson>(`/payments/${body.id}`)).body;
    assert.is(still, 'processing');
    const settled = await shop.call<PaymentJson>(`/payments/${body.id}/settle`, {
      json: { outcome: 'succeeded', transaction_id: 'found-in-the-books' },
    });
    assert.is(settled.body.status, 'completed');
    assert.is((await asked).body.status, 'completed');
    assert.is((await moneyOf(id)).amount_due, 0);
    assert.equal(await shop.jobs(), []);
  }
});

test('7: a service without idempotency is asked once, whatever runs twice', async () => {
  const { id } = await shop.order();
  const { body } = await createPayment(shop.api, id, { amount: TOTAL, payment_token: 'tok_service' });
  service.delay = 100;
  const clicks = await Promise.all([1, 2, 3].map(() => processPayment(shop.api, body.id)));
  assert.ok(clicks.some(({ status }) => status === 200));
  await shop.settled(id);
  assert.equal(
    service.charged.filter((asked) => asked === body.id),
    [body.id],
  );
  assert.is((await shop.books(id)).captured, TOTAL);
});

test('8: store credit is a balance, in any spelling, and an unpaid order gives none', async () => {
  const balance = async (customer: string) =>
    (await shop.call<readonly { balance: number }[]>(`/admin/customers/${customer}/store-credit`)).body[0]?.balance ??
    0;
  const paid = await paidAndDelivered({ customer_id: 'c-8' });
  const unpaid = await shop.delivered({ ...CASH, customer_id: 'c-8' });
  for (const { id } of [paid, unpaid]) {
    const opened = await shop.openReturn(id);
    await shop.processReturn(opened.id, { refund_method: 'Store Credit' });
    await shop.settled(id);
  }
  await eventually('the balance is read', async () => (await balance('c-8')) === 110);
  assert.equal([await refunded(paid.id), await refunded(unpaid.id)], [110, 0]);
  assert.is((await shop.read(paid.id)).refunds[0]?.method, 'store_credit');

  const next = await shop.order({ customer_id: 'c-8' });
  const spent = await shop.pay(next.id, { method: 'store-credit', amount: 110 });
  assert.equal([spent.status, spent.method], ['completed', 'store_credit']);
  const more = await shop.pay(next.id, { method: 'store_credit', amount: 5 });
  assert.equal([more.status, more.failure_reason], ['failed', 'insufficient_funds']);
  await eventually('the balance is read', async () => (await balance('c-8')) === 0);
  const wrong = await shop.credit(next.id, { goodwill: 1, method: 'a cheque' });
  assert.is(wrong.status, 422);
});

test('9: money that came outside the gateway is a fact, and what is too much goes back by people', async () => {
  const late = await shop.delivered(CASH);
  const opened = await shop.openReturn(late.id);
  await shop.processReturn(opened.id);
  await shop.pay(late.id, { method: 'cash_on_delivery' });
  const cancelled = await shop.order();
  await shop.call(`/orders/${cancelled.id}/cancel`, { method: 'POST' });
  await shop.pay(cancelled.id, { method: 'bank_transfer', amount: 115.01 });
  for (const [id, amount, method] of [
    [late.id, 110, 'cash'],
    [cancelled.id, 115.01, 'bank_transfer'],
  ] as const) {
    const order = await shop.settled(id);
    const [refund] = order.refunds;
    assert.equal([refund?.amount, refund?.method, refund?.status, order.amount_due], [amount, method, 'pending', 0]);
    await eventually('it is listed as to pay out', async () => {
      const { body } = await shop.call<readonly { id: string }[]>('/orders?needs=payout');
      return body.some((one) => one.id === id);
    });
    const { status } = await shop.resolve(id, refund?.id ?? '', { method });
    assert.is(status, 200);
    assert.equal([(await shop.settled(id)).refund_status, await refunded(id)], ['done', amount]);
  }
});

test('10: customers read neither the gateway’s words nor the staff’s, and keep their own note', async () => {
  const order = await shop.order({ notes: 'Ring twice' });
  Object.assign(service, { status: 402, body: { status: 'declined', reason: 'key sk_live_… revoked' } });
  const failed = await shop.pay(order.id, { payment_token: 'tok_service' });
  assert.match(failed.failure_reason ?? '', 'sk_live');
  await shop.call(`/payments/${failed.id}`, { method: 'PATCH', json: { notes: 'suspected fraud' } });
  const patched = await shop.call(`/orders/${order.id}`, { method: 'PATCH', json: { notes: 'suspected fraud' } });
  assert.is(patched.body.notes, 'suspected fraud');
  const seen = await shop.call<PaymentJson>(`/payments/${failed.id}`, { as: MEERA });
  assert.equal([seen.body.failure_reason, seen.body.notes, seen.body.gateway_response], ['other', null, null]);
  const own = await shop.call(`/orders/${order.id}`, { as: MEERA });
  assert.is(own.body.notes, 'Ring twice');
  assert.not.match(own.text + seen.text, /fraud|sk_live/);
});

test('11: a customer does not change what staff priced, nor what is paid', async () => {
  const priced = await shop.order({ items: [item('A', { tax: 28 })] });
  const asCustomer = (id: string, items: readonly object[]) => shop.putItems(id, items, { as: MEERA });
  const again = await asCustomer(priced.id, [item('A')]);
  assert.equal([again.status, again.problem.code], [409, 'order.items_priced_by_staff']);
  assert.equal([(await shop.putItems(priced.id, [item('A')])).body.tax], [28], 'a line keeps its own tax');
  const own = await shop.order({ customer_id: undefined, items: [item('A')] }, { as: MEERA });
  await shop.pay(own.id, { amount: 60 });
  const cheap = await asCustomer(own.id, [item('A', { unit_price: 0.01 })]);
  assert.equal([cheap.status, cheap.problem.code], [409, 'order.items_paid']);
  assert.equal([(await moneyOf(own.id)).total, await refunded(own.id)], [60, 0]);
});

test('12: a fee above the value is rejected, items say what was settled, and nothing is offered in between', async () => {
  const { order } = await paidAndDelivered();
  const opened = await shop.openReturn(order.id, {
    items: [{ order_item_id: idOfItem(order, 'A'), quantity: 1 }],
  });
  await moveReturn(shop.api, opened.id, TO_RECEIVED);
  const tooMuch = await shop.call(`/returns/${opened.id}/state`, { json: { action: 'process', restocking_fee: 250 } });
  assert.equal([tooMuch.status, tooMuch.problem.code], [422, 'return.fee_exceeds_value']);
  const rejected = [{ order_item_id: idOfItem(order, 'A'), accepted_quantity: 0 }];
  const processed = await moveReturn(shop.api, opened.id, [{ action: 'process', items: rejected }]);
  assert.equal([processed.refund_amount, processed.items[0]?.refund_amount], [0, 0]);

  const second = await shop.openReturn(order.id, { items: [{ order_item_id: idOfItem(order, 'B'), quantity: 1 }] });
  await shop.stopWorker();
  const pending = await shop.processReturn(second.id, { restocking_fee: 5 });
  assert.equal([pending.refund_amount, pending.restocking_fee, pending.allowed_actions], [50, 5, []]);
  await shop.startWorker();
  assert.is((await shop.settled(order.id)).refunds.at(-1)?.status, 'completed');
});

test('13: a second card works directly after a decline, also after a crash between the two streams', async () => {
  const first = await shop.order();
  const { body: declined } = await createPayment(shop.api, first.id, {
    amount: TOTAL,
    payment_token: 'tok_declined',
  });
  assert.is((await processPayment(shop.api, declined.id)).body.status, 'failed');
  const { body: card } = await createPayment(shop.api, first.id, { amount: TOTAL });
  assert.is((await processPayment(shop.api, card.id)).body.status, 'completed');

  const second = await shop.order();
  await shop.stopWorker();
  const { body: lost } = await createPayment(shop.api, second.id, { amount: TOTAL });
  const { core } = shop.api;
  await core.payments.process({ context: context({ command_id: randomUUID() }), repeatable: false, id: lost.id });
  const died = context({ command_id: randomUUID() });
  const command = { type: 'DeclinePayment', data: { failure_reason: 'card_declined' }, ...saidBy(died) } as const;
  await core.handle(paymentDecider, { stream: paymentStream(lost.id), command, context: died });
  const { body: other } = await createPayment(shop.api, second.id, { amount: TOTAL });
  const processing = processPayment(shop.api, other.id);
  await eventually('there is room for it', async () => {
    const { payments } = await shop.read(second.id);
    return payments.some(({ id, status }) => id === other.id && status === 'processing');
  });
  await shop.startWorker();
  assert.is((await processing).body.status, 'completed');
  assert.equal([(await moneyOf(second.id)).amount_due, (await shop.books(second.id)).captured], [0, TOTAL]);
});

test('14: refunds of one payment that race wait for each other', async () => {
  const { id } = await shop.order();
  const paid = await shop.pay(id);
  const answers = await Promise.all(Array.from({ length: 25 }, () => shop.refund(paid.id, { amount: 4.6 })));
  assert.equal(
    answers.map(({ status }) => status),
    answers.map(() => 200),
  );
  assert.is((await shop.refund(paid.id, { amount: 0.01 })).problem.code, 'refund.nothing_refundable');
  assert.equal([(await moneyOf(id)).amount_due, await refunded(id)], [TOTAL, TOTAL]);
});

test.run();
