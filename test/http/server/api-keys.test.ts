import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { apiKeyLine, newApiKeyOf } from '../../../src/cli/api-keys.ts';
import { createApiKey, findApiKey, listApiKeys, revokeApiKey, type NewApiKey } from '../../../src/platform/api-keys.ts';
import { takeActions } from '../../support/core.ts';
import { anOrder, startTestApi, type OrderJson, type TestApi } from '../../support/api.ts';
import { eventually } from '../../support/eventually.ts';

const keys = suite('keys of services');
let api: TestApi;

keys.before(async () => {
  api = await startTestApi();
});
keys.after(() => api.close());

const make = (changes: Partial<NewApiKey> = {}) =>
  createApiKey(api.core.db, {
    name: 'stock',
    scopes: ['orders:read', 'customers:read'],
    expires_at: null,
    ...changes,
  });
const withKey = <T = OrderJson>(key: string, path: string) =>
  api.call<T>(path, { as: null, headers: { 'x-api-key': key } });

keys('a key is kept as a hash, and opens what its scopes name', async () => {
  const { id, key } = await make();
  assert.match(key, /^wb_[0-9a-f]{16}_[\w-]{43}$/);
  const { rows } = await api.core.db.raw<{ rows: object[] }>('select to_jsonb(api_keys)::text from api_keys');
  assert.not.ok(JSON.stringify(rows).includes(key.slice(-43)), 'the secret is in the table');
  const { body: order } = await api.call('/orders', { json: anOrder() });
  const read = await withKey(key, `/orders/${order.order_number}`);
  assert.equal([read.status, read.body.id, read.body.allowed_actions], [200, order.id, []]);
  assert.is((await withKey(key, '/orders')).status, 403);
  assert.is((await api.call('/orders', { as: null, headers: { 'x-api-key': key }, json: anOrder() })).status, 403);
  assert.is((await listApiKeys(api.core.db)).find((one) => one.id === id)?.name, 'stock');
});

keys('a wrong, unknown, expired or revoked key is rejected, all in the same words', async () => {
  const { id, key } = await make();
  const expired = await make({ expires_at: new Date(Date.now() - 1_000) });
  const revoked = await make();
  assert.ok(await revokeApiKey(api.core.db, revoked.id));
  assert.not.ok(await revokeApiKey(api.core.db, revoked.id));
  const details = new Set<string>();
  for (const wrong of [
    `${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`,
    `wb_${id}_${'A'.repeat(43)}`,
    `wb_${'0'.repeat(16)}_${'A'.repeat(43)}`,
    expired.key,
    revoked.key,
    'x',
    `${key}x`,
    "' or 1=1 --",
  ]) {
    const { status, problem } = await withKey(wrong, '/internal/customers/c-1/orders');
    assert.equal([status, problem.code], [401, 'auth.invalid_key'], wrong);
    details.add(problem.detail);
  }
  assert.is(details.size, 1);
  assert.is((await withKey(key, '/internal/customers/c-1/orders')).status, 200);
});

keys('a key expires at its moment', async () => {
  const expires_at = new Date('2030-01-01T00:00:00.000Z');
  const { key } = await make({ expires_at });
  assert.ok(await findApiKey(api.core.db, key, new Date(expires_at.getTime() - 1)));
  assert.is(await findApiKey(api.core.db, key, expires_at), undefined);
});

keys('a token goes before a key, and a bad token is not saved by a good key', async () => {
  const { key } = await make();
  const both = await api.call('/orders', { headers: { 'x-api-key': key } });
  assert.is(both.status, 200);
  const headers = { 'x-api-key': key, authorization: 'Bearer x' };
  assert.is((await api.call('/internal/customers/c-1/orders', { as: null, headers })).status, 401);
});

type Totals = { order_count: number; total_value: number; currency: string; last_order_at: string | null };

keys('a service asks what a customer has ordered', async () => {
  const { key } = await make();
  const place = (changes = {}) => api.call('/orders', { json: anOrder({ customer_id: 'c-77', ...changes }) });
  const [first, second] = [(await place()).body, (await place()).body];
  const dollars = (await place({ currency: 'USD' })).body;
  await takeActions(api.core, second.id, ['cancel']);
  const totals = await eventually('all are counted', async () => {
    const listed = await withKey<OrderJson[]>(key, '/internal/customers/c-77/orders?status=cancelled');
    const { body } = await withKey<Totals>(key, '/internal/customers/c-77/orders/count');
    return body.order_count === 3 && listed.body.length === 1 && body;
  });
  assert.equal([totals.total_value, totals.currency], [first.total, 'EUR']);
  assert.is(totals.last_order_at, dollars.created_at);
  const inDollars = await withKey<Totals>(key, '/internal/customers/c-77/orders/count?currency=USD');
  assert.is(inDollars.body.total_value, dollars.total);
  const page = await withKey<OrderJson[]>(key, '/internal/customers/c-77/orders?limit=2');
  assert.equal(
    page.body.map(({ id }) => id),
    [dollars.id, second.id],
  );
  assert.match(page.headers.get('link') ?? '', /rel="next"/);
  const none = await withKey<Totals>(key, '/internal/customers/nobody/orders/count');
  assert.equal(none.body, { order_count: 0, total_value: 0, currency: 'EUR', last_order_at: null });
});

keys('the command line says what is wrong with a key that is asked for', () => {
  const now = new Date('2030-01-01T00:00:00.000Z');
  const of = (...args: readonly string[]) => newApiKeyOf(args, now);
  assert.equal(of('--name', 'stock', '--scopes', 'orders:read,orders:read,events:read', '--expires', '2d'), {
    name: 'stock',
    scopes: ['orders:read', 'events:read'],
    expires_at: new Date('2030-01-03T00:00:00.000Z'),
  });
  assert.throws(() => of('--name', 'stock'), /Use: apikeys create/);
  assert.throws(() => of('--name', 'stock', '--scopes', 'orders:write'), /orders:write/);
  assert.throws(() => of('--name', 'a b', '--scopes', 'orders:read'), /--name/);
  for (const period of ['soon', '0d', '2w'])
    assert.throws(() => of('--name', 'stock', '--scopes', 'orders:read', '--expires', period), /--expires/);
  const key = { id: 'a1', name: 'stock', scopes: ['orders:read'], created_at: now, expires_at: now, revoked_at: null };
  assert.match(apiKeyLine(key, now), /^a1\tstock\torders:read\t2030-\S+\texpired 2030/);
  assert.match(apiKeyLine({ ...key, expires_at: null }, now), /\tvalid$/);
  assert.match(apiKeyLine({ ...key, revoked_at: now }, now), /\trevoked 2030/);
});

keys.run();
