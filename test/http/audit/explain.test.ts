import { randomUUID } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { AUDITOR, MEERA, startTestApi, type TestApi } from '../../support/api.ts';
import { eventually } from '../../support/eventually.ts';
import {
  deliveredOrder,
  moveReturn,
  pay,
  placeOrder,
  TO_RECEIVED,
  type PaymentJson,
  type ReturnJson,
} from '../../support/money-over-http.ts';

const test = suite('amounts explained over HTTP');
let api: TestApi;

test.before(async () => {
  api = await startTestApi();
  await api.startWorker();
});
test.after(() => api.close());

type Explanation = {
  readonly field: string;
  readonly amount: number;
  readonly currency: string;
  readonly rule: string;
  readonly terms: readonly {
    readonly label: string;
    readonly amount: number;
    readonly rule?: string;
    readonly event: { readonly type: string; readonly stream: string; readonly actor: { readonly role: string } };
  }[];
  readonly rounding?: object;
};

const explain = async (path: string, field: string): Promise<Explanation> => {
  const { status, body, text } = await api.call<Explanation>(`${path}/explain/${field}`, { as: AUDITOR });
  assert.is(status, 200, text);
  const minor = (amount: number): number => Math.round(amount * 100);
  const total = body.terms.reduce((sum, { amount }) => sum + minor(amount), 0);
  assert.is(total, minor(body.amount), `the terms of ${field}`);
  return body;
};

const termsOf = ({ terms }: Explanation) => terms.map(({ label, amount, event }) => [label, amount, event.type]);

test('an order, its return, payment and documents explain each amount by events', async () => {
  const order = await deliveredOrder(api);
  const payment = await pay(api, order.id);
  const { body: opened } = await api.call<ReturnJson>(`/orders/${order.id}/return`, {
    json: { reason: 'damaged', items: [{ order_item_id: order.items[0]?.id, quantity: 1 }] },
  });
  await moveReturn(api, opened.id, [...TO_RECEIVED, { action: 'process', restocking_fee: 4.29 }]);
  await eventually('the refund', async () => {
    const { body } = await api.call<ReturnJson>(`/returns/${opened.id}`);
    return body.refund_status === 'completed';
  });

  const total = await explain(`/orders/${order.order_number}`, 'total');
  assert.equal([total.amount, total.currency, total.rule], [order.total, order.currency, 'Money']);
  assert.equal(
    termsOf(total).map(([, amount, type]) => [amount, type]),
    [25.98, 2.6, 5].map((amount) => [amount, 'OrderPlaced']),
  );
  assert.equal(termsOf(await explain(`/orders/${order.id}`, 'credited')), [['Credit: return', 10, 'ReturnSettled']]);
  const due = await explain(`/orders/${order.id}`, 'amount_due');
  assert.equal(termsOf(due).slice(-3), [
    ['Credit: return', -10, 'ReturnSettled'],
    ['Payment: credit card', -order.total, 'PaymentCaptured'],
    ['Refund: original payment', 10, 'PaymentRefunded'],
  ]);
  const tax = await explain(`/orders/${order.id}`, `items.${order.items[0]?.id}.tax`);
  assert.equal(tax.rounding, { method: 'largest_remainder', share: 2.6, remainder: 0 });

  assert.equal(termsOf(await explain(`/returns/${opened.return_number}`, 'refund_amount')), [
    ['Returned units of Mug', 14.29, 'ReturnOpened'],
    ['Restocking fee', -4.29, 'ReturnSettled'],
  ]);
  assert.is((await explain(`/returns/${opened.id}`, 'refunded_amount')).amount, 10);
  assert.is((await explain(`/returns/${opened.id}`, 'restocking_fee')).amount, 4.29);

  const { refunded_amount } = (await api.call<PaymentJson>(`/payments/${payment.id}`)).body;
  const refunded = await explain(`/payments/${payment.payment_number}`, 'refunded_amount');
  assert.equal([refunded.amount, refunded.terms[0]?.event.type], [refunded_amount, 'RefundCompleted']);

  const documents = await eventually('both documents', async () => {
    const { body } = await api.call(`/orders/${order.id}`);
    return body.documents.length === 2 && body.documents.every(({ status }) => status === 'ready') && body.documents;
  });
  const [invoice, memo] = await Promise.all(documents.map(({ id }) => explain(`/invoices/${id}`, 'total')));
  assert.equal([invoice?.amount, memo?.amount], [order.total, 10]);

  for (const [path, known] of [
    [`/returns/${opened.id}`, 'refund_amount'],
    [`/payments/${payment.id}`, 'refunded_amount'],
    [`/invoices/${documents[0]?.id}`, 'total'],
  ] as const) {
    const { status, problem } = await api.call(`${path}/explain/amount_due`, { as: AUDITOR });
    assert.equal([status, problem.code], [404, 'explain.unknown_field'], path);
    assert.match(problem.detail, known);
  }
});

test('what does not exist has no amounts', async () => {
  for (const kind of ['orders', 'returns', 'payments', 'invoices']) {
    const { status, problem } = await api.call(`/${kind}/${randomUUID()}/explain/total`, { as: AUDITOR });
    assert.is(status, 404, kind);
    assert.not.match(problem.code, 'explain', kind);
  }
});

test('an unknown amount is 404 and names those that there are, and only auditors and admins may ask', async () => {
  const { id } = await placeOrder(api);
  for (const field of ['totals', 'items.x.tax', 'status']) {
    const { status, problem } = await api.call(`/orders/${id}/explain/${field}`);
    assert.equal([status, problem.code], [404, 'explain.unknown_field']);
    assert.match(problem.detail, /amount_due/);
  }
  assert.is((await api.call(`/orders/${id}/explain/total`, { as: MEERA })).status, 403);
});

test.run();
