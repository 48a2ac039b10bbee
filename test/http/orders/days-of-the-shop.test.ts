import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ADMIN, anOrder, startTestApi, type OrderJson, type TestApi } from '../../support/api.ts';

/** Orders around the day in New York on which clocks go forward, which has 23 hours. */
const MOMENTS = {
  before: '2026-03-08T04:59:59.999Z',
  first: '2026-03-08T05:00:00.000Z',
  last: '2026-03-09T03:59:59.999Z',
  after: '2026-03-09T04:00:00.000Z',
} as const;

const test = suite('days of the shop over HTTP');
let api: TestApi;
test.before(async () => {
  api = await startTestApi({ options: { businessTimeZone: 'America/New_York' } });
  for (const [notes, at] of Object.entries(MOMENTS)) {
    const { body, headers } = await api.call('/orders', { json: anOrder({ notes }) });
    await api.call('/orders?limit=1', { headers: { 'x-min-position': headers.get('x-event-position') ?? '' } });
    await api.database.db('order_list').where({ id: body.id }).update({ created_at: at });
  }
});
test.after(() => api.close());

const ask = async (path: string) => {
  const headers = { authorization: `Bearer ${await api.token(ADMIN)}` };
  const response = await fetch(`${api.url}/api/v1${path}`, { headers });
  return { status: response.status, body: (await response.json()) as OrderJson[] };
};

test('a day in a filter is that day in the shop’s zone, clocks going forward or not', async () => {
  for (const [query, expected] of [
    ['created_from=2026-03-08&created_to=2026-03-08', ['first', 'last']],
    ['created_to=2026-03-07', ['before']],
    ['created_from=2026-03-09', ['after']],
    ['created_from=2026-03-08T05:00:00Z&created_to=2026-03-08T05:00:00Z', ['first']],
  ] as const)
    for (const path of [`/orders?sort=created_at&${query}`, `/orders/export?format=json&sort=created_at&${query}`]) {
      const { status, body } = await ask(path);
      assert.is(status, 200, path);
      assert.equal(
        body.map(({ notes }) => notes),
        expected,
        path,
      );
    }
});

test('a span that ends before it begins is an empty list, but no file', async () => {
  const reversed = 'created_from=2026-03-09&created_to=2026-03-07';
  assert.equal(await ask(`/orders?${reversed}`), { status: 200, body: [] });
  const { status, body } = await ask(`/orders/export?${reversed}`);
  assert.is(status, 422);
  assert.match(JSON.stringify(body), '"field":"created_from","message":"must not be after created_to"');
});

test('the first and the last day there are may be asked for in every list', async () => {
  for (const list of ['/orders?created', '/returns?created', '/invoices?issued'])
    assert.is((await ask(`${list}_from=1970-01-01&${list.split('?')[1] ?? ''}_to=9999-12-31`)).status, 200, list);
});

test.run();
