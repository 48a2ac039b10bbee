import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ADMIN, anOrder, AUDITOR, COURIER, MEERA, startTestApi, type TestApi } from '../../support/api.ts';

type Row = Readonly<Record<string, string | number | null>>;

const test = suite<{ api: TestApi }>('analytics over HTTP');
test.before(async (context) => void (context.api = await startTestApi()));
test.after(({ api }) => api.close());

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
  await place(api, { currency: 'JPY', items: [{ product_id: '=1+1', unit_price: 700, quantity: 1, tax: 0 }] });
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
