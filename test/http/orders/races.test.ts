// time limit: 180 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { MEERA, startTestApi, type Answer, type TestApi } from '../../support/api.ts';
import { eventually } from '../../support/eventually.ts';
import {
  createPayment,
  deliveredOrder,
  moveOrder,
  moveReturn,
  pay,
  placeOrder,
  processPayment,
  TO_RECEIVED,
  TOTAL,
  type PaymentJson,
  type ReturnJson,
} from '../../support/money-over-http.ts';
import { assertReconciled } from '../../support/reconcile.ts';

const races = suite('races over HTTP');
let api: TestApi;
/** Orders whose books must balance in the end. */
const orders = new Set<string>();

races.before(async () => {
  api = await startTestApi({ options: { outcomeTimeoutMs: 1_000 } });
  await api.startWorker();
});
races.after(() => api.close());

const atOnce = <T>(times: number, ask: (n: number) => Promise<T>): Promise<readonly T[]> =>
  Promise.all(Array.from({ length: times }, (_, n) => ask(n)));

const statuses = (answers: readonly Answer<unknown>[]): readonly number[] => answers.map(({ status }) => status).sort();
const won = (answers: readonly Answer<unknown>[]): number => answers.filter(({ status }) => status < 300).length;
const never5xx = (answers: readonly Answer<unknown>[]): void => {
  for (const { status, text } of answers) assert.ok(status < 500, text);
};

const placed = async () => {
  const order = await placeOrder(api);
  orders.add(order.id);
  return order;
};
const delivered = async () => {
  const order = await deliveredOrder(api);
  orders.add(order.id);
  return order;
};
const readPayment = async (id: string): Promise<PaymentJson> => (await api.call<PaymentJson>(`/payments/${id}`)).body;
const ledgerOf = async (orderId: string) =>
  (await api.call<readonly { kind: string; outcome: string }[]>(`/admin/sandbox/ledger?order_id=${orderId}`)).body;
const cancel = (id: string) => api.call(`/orders/${id}/cancel`, { method: 'POST' });
const act = (id: string, action: string) => api.call(`/orders/${id}/state`, { json: { action } });

races('fifty refunds of one payment at once give back no more than it had', async () => {
  const order = await placed();
  const { id } = await pay(api, order.id);
  const answers = await atOnce(50, () => api.call<PaymentJson>(`/payments/${id}/refund`, { json: { amount: 5 } }));
  never5xx(answers);
  const payment = await eventually('every refund has its outcome', async () => {
    const now = await readPayment(id);
    return now.refunds.every(({ status }) => status !== 'pending') && now;
  });
  assert.ok(won(answers) >= 1 && won(answers) <= 6, `${won(answers)} were accepted`);
  assert.is(payment.refunded_amount, won(answers) * 5);
  assert.is((await ledgerOf(order.id)).filter(({ kind }) => kind === 'refund').length, won(answers));
});

races('fifty returns of the last unit at once open one', async () => {
  const order = await delivered();
  const item = order.items[0]?.id;
  const one = { order_id: order.id, items: [{ order_item_id: item, quantity: 1 }] };
  await api.call('/returns', { json: one });
  const answers = await atOnce(50, () => api.call<ReturnJson>('/returns', { json: one, as: MEERA }));
  never5xx(answers);
  assert.is(won(answers), 1);
  const { body } = await api.call(`/orders/${order.id}`);
  assert.is(body.items[0]?.return_requested_quantity, 2);
});

races('two full returns at once: one takes everything, the other finds nothing left', async () => {
  const order = await delivered();
  const answers = await atOnce(2, () => api.call<ReturnJson>(`/orders/${order.id}/return`, { method: 'POST' }));
  assert.equal(statuses(answers), [201, 409]);
});

races('cancelling against shipping: one of the two', async () => {
  for (let round = 0; round < 5; round++) {
    const order = await placed();
    await moveOrder(api, order.id, ['confirm', 'start_processing']);
    const [cancelled, shipped] = await Promise.all([cancel(order.id), act(order.id, 'ship')]);
    assert.equal(statuses([cancelled, shipped]), [200, 409]);
    const { body } = await api.call(`/orders/${order.id}`);
    assert.is(body.status, cancelled.status === 200 ? 'cancelled' : 'shipped');
  }
});

races('confirming against cancelling ends cancelled, and no confirmation comes after it', async () => {
  for (let round = 0; round < 5; round++) {
    const order = await placed();
    const [cancelled, confirmed] = await Promise.all([cancel(order.id), act(order.id, 'confirm')]);
    never5xx([cancelled, confirmed]);
    assert.is(cancelled.status, 200);
    const { body } = await api.call(`/orders/${order.id}`);
    assert.equal(
      [body.status, body.previous_status],
      ['cancelled', confirmed.status === 200 ? 'confirmed' : 'pending'],
    );
  }
});

races('the same request twenty times with one key takes effect once', async () => {
  const order = await delivered();
  const headers = { 'idempotency-key': 'twenty' };
  const repeat = <T>(path: string, json?: unknown) =>
    atOnce(20, () => api.call<T>(path, { method: 'POST', json, headers }));

  const begun = await repeat<PaymentJson>('/payments', { order_id: order.id, method: 'credit_card', amount: TOTAL });
  const paymentId = begun[0]?.body.id ?? '';
  assert.equal(new Set(begun.map(({ status, body }) => `${status} ${body.id}`)), new Set([`201 ${paymentId}`]));
  const paid = await repeat<PaymentJson>(`/payments/${paymentId}/process`);
  assert.is(new Set(paid.map(({ status }) => status)).size, 1);
  await eventually('it is paid', async () => (await readPayment(paymentId)).status === 'completed');
  const back = await repeat<PaymentJson>(`/payments/${paymentId}/refund`, { amount: 1 });
  never5xx(back);
  await eventually('it is back', async () => (await readPayment(paymentId)).refunded_amount === 1);
  assert.equal(
    (await ledgerOf(order.id)).map(({ kind, outcome }) => [kind, outcome]),
    [
      ['charge', 'succeeded'],
      ['refund', 'succeeded'],
    ],
  );
  const opened = await repeat<ReturnJson>(`/orders/${order.id}/return`);
  assert.is(new Set(opened.map(({ body }) => body.id)).size, 1);
});

races('two clicks on pay charge once', async () => {
  const order = await placed();
  const { body } = await createPayment(api, order.id);
  const clicks = await atOnce(2, () => processPayment(api, body.id));
  never5xx(clicks);
  const other = await placed();
  const [first, second] = await atOnce(2, () => createPayment(api, other.id));
  const payments = [first?.body.id ?? '', second?.body.id ?? ''];
  const pays = await atOnce(2, (n) => processPayment(api, payments[n] ?? ''));
  assert.equal(statuses(pays).at(-1), 409);
  for (const id of [order.id, other.id])
    await eventually('it was charged once', async () => {
      const { body: now } = await api.call(`/orders/${id}`);
      return now.amount_due === 0;
    });
  assert.is((await ledgerOf(order.id)).length, 1);
  assert.is((await ledgerOf(other.id)).length, 1);
});

races('money that arrives after the order was cancelled goes back', async () => {
  const order = await placed();
  const { body } = await createPayment(api, order.id, { payment_token: 'tok_slow' });
  const asking = processPayment(api, body.id);
  await eventually('the gateway is being asked', async () => (await ledgerOf(order.id)).length === 1);
  const cancelled = await cancel(order.id);
  assert.equal([cancelled.status, cancelled.body.refund_initiated], [200, true]);
  assert.is((await asking).status, 202);
  await eventually('it is all back', async () => (await readPayment(body.id)).status === 'refunded');
});

races('returns processed at the same moment get one credit memo each, numbered without a gap', async () => {
  const made = await atOnce(6, async () => {
    const order = await delivered();
    await pay(api, order.id);
    const { body } = await api.call<ReturnJson>(`/orders/${order.id}/return`, { method: 'POST' });
    await moveReturn(api, body.id, TO_RECEIVED);
    return body.id;
  });
  const processReturn = (id: string) => api.call<ReturnJson>(`/returns/${id}/state`, { json: { action: 'process' } });
  const answers = await Promise.all(made.flatMap((id) => [processReturn(id), processReturn(id)]));
  assert.equal(statuses(answers), [...made.map(() => 200), ...made.map(() => 409)]);

  type Memo = { return_id: string | null; invoice_number: string | null };
  const memos = await eventually('every memo is numbered', async () => {
    const { body } = await api.call<readonly Memo[]>('/invoices?type=return&limit=1000');
    return made.every((id) => body.some((memo) => memo.return_id === id && memo.invoice_number !== null)) && body;
  });
  // Refunds by hand of the tests before have memos too: those are of no return.
  const ofReturns = memos.flatMap(({ return_id }) => return_id ?? []);
  assert.equal(ofReturns.toSorted(), made.toSorted());
  const numbers = memos.map(({ invoice_number }) => Number(invoice_number?.slice(-6))).sort((a, b) => a - b);
  assert.equal(
    numbers,
    memos.map((_, n) => n + 1),
  );
});

races('afterwards the ledger, the payments and the orders tell the same', async () => {
  const failed = async (): Promise<number> =>
    (await api.call<readonly unknown[]>('/admin/jobs?state=failed')).body.length;
  await eventually('no job is left', async () => {
    const { body } = await api.call<readonly unknown[]>('/admin/jobs?limit=1000');
    return body.length === 0;
  });
  assert.is(await failed(), 0);
  for (const id of orders) {
    const order = await assertReconciled(api.core, id);
    for (const { id: lineId, quantity } of order.lines) {
      const { body } = await api.call(`/orders/${id}`);
      const item = body.items.find((one) => one.id === lineId);
      assert.ok((item?.return_requested_quantity ?? 0) + (item?.returned_quantity ?? 0) <= quantity, 'over-returned');
    }
  }
});

races.run();
