import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createSandboxGateway } from '../../../src/gateways/payment/sandbox.ts';
import { ADMIN, anOrder, AUDITOR, COURIER, MEERA, startTestApi, type TestApi } from '../../support/api.ts';
import { eventually } from '../../support/eventually.ts';
import { deliveredOrder, moveReturn, pay, TO_RECEIVED, type ReturnJson } from '../../support/money-over-http.ts';
import { askingOnce } from '../../support/worker-deps.ts';

type Row = Readonly<Record<string, string | number | null>>;

const test = suite<{ api: TestApi }>('analytics over HTTP');
test.before(async (context) => {
  context.api = await startTestApi({
    adjust: (deps) => ({ ...deps, payments: { ...deps.payments, outcomeTimeoutMs: 20_000 } }),
  });
  await context.api.startWorker({
    deps: { askGateway: askingOnce(context.api.core, createSandboxGateway({ db: context.api.core.db })) },
  });
});
test.after(({ api }) => api.close());

type Counts = 'customers' | 'returning_customers' | 'returning_customer_rate';
type Summary = Readonly<
  Record<'orders' | 'cancelled' | 'cancellation_rate' | 'return_rate' | Counts, number | null>
> & {
  readonly orders_by_status: Readonly<Record<string, number>>;
  readonly return_rate_by_value: unknown;
  readonly sales: readonly Row[];
};

const today = (): string => new Date().toISOString().slice(0, 10);

const place = async (api: TestApi, order: Record<string, unknown>) => {
  const { status, body, headers } = await api.call('/orders', { json: anOrder(order) });
  assert.is(status, 201);
  return { id: body.id, position: headers.get('x-event-position') ?? '' };
};

const read = async <T = readonly Row[]>(api: TestApi, path: string, position?: string, as = ADMIN): Promise<T> => {
  const headers: Record<string, string> = position === undefined ? {} : { 'x-min-position': position };
  const { status, body } = await api.call<T>(`/analytics/${path}`, { as, headers });
  assert.is(status, 200, path);
  return body;
};

test('sales: every day of the default period has a row, and what was placed and cancelled counts', async ({ api }) => {
  const items = [{ product_id: 'p-a', unit_price: 50, quantity: 2, discount: 10, tax: 9 }];
  const address = { shipping_address: { street: 'Calle 1', city: 'Madrid', country: 'Spain' } };
  await place(api, { items, delivery_fee: 5, ...address });
  const { id } = await place(api, { items: [{ product_id: 'p-b', unit_price: 7, quantity: 1, tax: 0 }] });
  await place(api, {
    currency: 'JPY',
    delivery_fee: 0,
    items: [{ product_id: '=1+1', unit_price: 700, quantity: 1, tax: 0 }],
  });
  const cancelled = await api.call(`/orders/${id}/cancel`, { json: {} });
  const position = cancelled.headers.get('x-event-position') ?? '';

  const rows = await read(api, 'sales?currency=EUR', position, AUDITOR);
  assert.is(rows.length, 30);
  const row = rows.at(-1) ?? {};
  assert.equal(
    [
      row['period'],
      row['gross_sales'],
      row['discounts'],
      row['returns'],
      row['net_sales'],
      row['shipping'],
      row['taxes'],
    ],
    [today(), 107, -10, -7, 90, 5, 9],
  );
  assert.equal([row['total_sales'], row['orders'], row['units'], row['average_order_value']], [104, 2, 3, 48.5]);
  assert.equal(rows[0]?.['average_order_value'], null, 'a day without orders has no average');

  const both = await read(api, `revenue?interval=month&start_date=${today()}`);
  assert.equal(
    both.map(({ currency, gross_sales }) => [currency, gross_sales]),
    [
      ['EUR', 107],
      ['JPY', 700],
    ],
  );
  const products = await read(api, `sales?group_by=product&currency=EUR&start_date=${today()}`);
  assert.equal(
    products.map(({ product_id, gross_sales, orders, shipping }) => [product_id, gross_sales, orders, shipping]),
    [
      [null, 0, 0, 5],
      ['p-a', 100, 1, 0],
      ['p-b', 7, 1, 0],
    ],
  );
  const countries = await read(api, `sales?group_by=country&currency=EUR&start_date=${today()}`);
  assert.equal(
    countries.map(({ country, gross_sales }) => [country, gross_sales]),
    [
      ['ES', 100],
      ['unknown', 7],
    ],
  );
  const file = await api.call(`/analytics/sales?format=csv&group_by=product&start_date=${today()}&currency=JPY`);
  assert.match(file.headers.get('content-type') ?? '', 'text/csv');
  assert.match(file.text, `${today()},JPY,'=1+1,700,`, 'no cell is a formula');
});

test('the other reports say what happened to orders, in each currency', async ({ api }) => {
  const items = [{ product_id: 'p-c', unit_price: 10, quantity: 4, tax: 4 }];
  const order = await deliveredOrder(api, { customer_id: 'c-9', currency: 'GBP', items, delivery_fee: 0 });
  await pay(api, order.id, { method: 'cash_on_delivery', amount: 44, currency: 'GBP' });
  const [item] = order.items;
  const { body: opened } = await api.call<ReturnJson>(`/orders/${order.id}/return`, {
    json: { reason: 'damaged', items: [{ order_item_id: item?.id, quantity: 1 }] },
  });
  await moveReturn(api, opened.id, [...TO_RECEIVED, 'process']);
  await eventually('the return is settled', async () => (await api.call(`/orders/${order.id}`)).body.credited === 11);
  const refunded = await api.call(`/orders/${order.id}/refunds`, {
    json: { goodwill: 5, reason_category: 'goodwill', method: 'cash' },
  });
  assert.is(refunded.status, 201, refunded.text);
  const position = refunded.headers.get('x-event-position') ?? '';

  const summary = await read<Summary>(api, 'summary?currency=GBP', position);
  const [sales] = summary.sales;
  assert.equal(
    [sales?.['gross_sales'], sales?.['returns'], sales?.['taxes'], sales?.['total_sales']],
    [40, -15, 3, 28],
  );
  assert.equal([sales?.['captured'], sales?.['refunded']], [44, 5], 'the refund of the return waits to be paid out');
  assert.equal([summary.orders, summary.cancelled, summary.cancellation_rate], [4, 1, 0.25], 'over all currencies');
  assert.equal([summary.customers, summary.returning_customers, summary.returning_customer_rate], [2, 0, 0]);
  assert.is(summary.orders_by_status['cancelled'], 1);
  assert.equal([summary.return_rate, summary.return_rate_by_value], [0.25, [{ currency: 'GBP', rate: 0.25 }]]);
  const other = await api.call<Summary>('/orders/analytics?currency=GBP');
  assert.equal(other.body, summary, 'the same under its other name');

  assert.equal(await read(api, 'payments?currency=GBP'), [
    { period: today(), currency: 'GBP', method: 'cash', captured: 0, refunded: 5 },
    { period: today(), currency: 'GBP', method: 'cash_on_delivery', captured: 44, refunded: 0 },
  ]);
  const returned = await read<Readonly<Record<string, unknown>>>(api, 'returns?currency=GBP');
  assert.equal(returned['by_reason'], [{ reason: 'damaged', currency: 'GBP', units: 1, value: 11 }]);
  assert.equal(returned['by_product'], [{ product_id: 'p-c', currency: 'GBP', units: 1, value: 11 }]);
  assert.equal(returned['by_disposition'], [{ disposition: 'restock', units: 1 }]);
  const performance = await read<Readonly<Record<string, unknown>>>(api, 'delivery-performance');
  assert.equal(performance['time_to_deliver'], { count: 1, p50: 0, p90: 0 });
  assert.equal([performance['delivered'], performance['on_time_rate']], [1, 1]);
  const rate = await read<Readonly<Record<string, unknown>>>(api, 'cancellation-rate?period_days=1');
  assert.equal([rate['start_date'], rate['orders'], rate['cancelled']], [today(), 4, 1]);
  const top = await read(api, 'top-customers?limit=1');
  assert.equal(
    top.map(({ customer_id, currency, total_sales }) => [customer_id, currency, total_sales]),
    [
      ['c-1', 'EUR', 104],
      ['c-9', 'GBP', 28],
      ['c-1', 'JPY', 700],
    ],
  );
  const counted = await api.deps.customers.customerTotals('c-9', 'GBP');
  assert.equal([counted.order_count, counted.total_value], [1, 28], 'as other services are told');
  const buyers = await read<Readonly<Record<string, unknown>>>(api, 'customers');
  assert.equal([buyers['customers'], buyers['new_customers'], buyers['returning_customer_rate']], [2, 2, 0]);
  const cohorts = (buyers['cohorts'] as readonly { readonly customers: number }[]).filter(
    ({ customers }) => customers > 0,
  );
  // The last thirty days may begin in the month before.
  assert.equal(cohorts, [{ month: today().slice(0, 7), customers: 2, months: [2] }]);
  for (const report of ['summary', 'returns', 'customers', 'delivery-performance', 'cancellation-rate']) {
    const { headers, text } = await api.call(`/analytics/${report}?format=csv`);
    assert.match(headers.get('content-type') ?? '', 'text/csv', report);
    assert.match(text, 'section,key,figure,value\r\n', report);
  }
  const file = await api.call('/analytics/summary?format=csv&currency=GBP');
  assert.match(file.text, 'sales,GBP,gross_sales,40\r\n');
});

test('reconciliation shows only what the gateway and we do not agree on', async ({ api }) => {
  const { db } = api.core;
  const paid = async (): Promise<{ readonly order: string; readonly payment: string }> => {
    const order = await deliveredOrder(api, { currency: 'CHF', customer_id: 'c-8' });
    const payment = await pay(api, order.id, { amount: order.total, currency: 'CHF' });
    await eventually('the order is told', async () => {
      const { body } = await api.call(`/orders/${order.id}`);
      return body.payment_status === 'paid';
    });
    return { order: order.id, payment: payment.id };
  };
  const [agreed, unknown, other] = [await paid(), await paid(), await paid()];
  await api.call(`/orders/${agreed.order}/refunds`, { json: { goodwill: 5, reason_category: 'goodwill' } });
  await eventually('the refund is done', async () => {
    const { body } = await api.call(`/orders/${agreed.order}`);
    return body.refund_status === 'done';
  });
  const { position } = await place(api, { currency: 'CHF', customer_id: 'c-8' });
  const reconcile = () =>
    api.call<readonly Row[]>('/reconciliation?currency=CHF', { headers: { 'x-min-position': position } });
  assert.equal((await reconcile()).body, [], 'both agree');

  await db('sandbox_ledger').where('payment_id', unknown.payment).delete();
  await db('sandbox_ledger').where('payment_id', other.payment).update({ amount: 1 });
  const lost = '0195513c-6c00-7000-8000-0000000000aa';
  await db('sandbox_ledger').insert({
    idempotency_key: 'lost',
    kind: 'charge',
    payment_id: lost,
    order_id: agreed.order,
    amount: 700,
    currency: 'CHF',
    outcome: 'succeeded',
  });
  const { body } = await reconcile();
  assert.equal(
    body.map(({ difference, payment_id, ours, gateway }) => [difference, payment_id, ours, gateway]),
    [
      ['missing_at_gateway', unknown.payment, body[0]?.['ours'], null],
      ['amount', other.payment, body[0]?.['ours'], 0.01],
      ['missing_here', lost, null, 7],
    ],
  );
  const quiet = await api.call<readonly Row[]>('/reconciliation?date=2026-01-01');
  assert.equal([quiet.status, quiet.body], [200, []], 'a day before the log began');
  assert.match((await api.call('/reconciliation?format=csv')).text, 'difference,kind,payment_id');
});

test('a payment service that has no list of what it moved cannot be reconciled', async ({ api }) => {
  const beside = await startTestApi({ beside: api, projectors: false, options: { paymentGateway: 'http' } });
  const { status, problem } = await beside.call('/reconciliation');
  assert.equal([status, problem.code], [409, 'gateway.has_no_ledger']);
  await beside.close();
});

test('a date that does not exist, a day that is not over and a period that is upside down are 422', async ({ api }) => {
  for (const query of [
    'start_date=2026-02-30',
    'end_date=2026-13-01',
    'start_date=yesterday',
    'start_date=2026-03-02&end_date=2026-03-01',
    'start_date=2000-01-01&end_date=2026-03-01',
    `as_of=${today()}`,
    'interval=hour',
    'currency=XXX',
    'group_by=status',
  ]) {
    const { status, problem } = await api.call(`/analytics/sales?${query}`);
    assert.is(status, 422, query);
    assert.is(problem.errors.length, 1, query);
  }
  assert.equal(
    await read(api, 'sales?start_date=2026-03-01&end_date=2026-03-02&as_of=2026-03-02').then((r) => r.length),
    2,
  );
});

test('figures are for admins and auditors', async ({ api }) => {
  for (const as of [MEERA, COURIER]) assert.is((await api.call('/analytics/sales', { as })).status, 403);
});

test.run();
