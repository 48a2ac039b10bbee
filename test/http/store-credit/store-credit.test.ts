import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ADMIN, AUDITOR, MEERA, startTestApi, type TestApi } from '../../support/api.ts';

type Balance = {
  readonly currency: string;
  readonly balance: number;
  readonly entries: readonly { readonly amount: number; readonly kind: string; readonly at: string }[];
};

const test = suite<{ api: TestApi }>('store credit over HTTP');
test.before(async (context) => void (context.api = await startTestApi()));
test.after(({ api }) => api.close());

const of = (customer: string): string => `/admin/customers/${customer}/store-credit`;
const adjust = (api: TestApi, customer: string, body: object, headers: Readonly<Record<string, string>> = {}) =>
  api.call<Balance>(of(customer), {
    as: ADMIN,
    method: 'POST',
    json: { currency: 'EUR', reason_category: 'goodwill', ...body },
    headers,
  });
const shown = (balances: readonly Balance[]) =>
  balances.map(({ currency, balance, entries }) => [currency, balance, entries.map(({ amount }) => amount)]);

test('is given and taken by an admin, and read by the customer, newest entry first', async ({ api }) => {
  const given = await adjust(api, 'c-1', { amount: 25, note: 'Third late parcel' });
  assert.is(given.status, 201);
  assert.equal(shown([given.body]), [['EUR', 25, [25]]]);
  assert.not(JSON.stringify(given.body).includes('parcel'), 'the note stays with staff');
  await adjust(api, 'c-1', { amount: '-10.00' });
  const { headers } = await adjust(api, 'c-1', { amount: 3, currency: 'USD' });
  const position = headers.get('x-event-position');
  assert.ok(position);
  const reading = { headers: { 'x-min-position': position } };
  const expected = [
    ['EUR', 15, [-10, 25]],
    ['USD', 3, [3]],
  ];
  for (const [path, as] of [
    ['/me/store-credit', MEERA],
    [of('c-1'), ADMIN],
    [of('c-1'), AUDITOR],
  ] as const)
    assert.equal(shown((await api.call<Balance[]>(path, { as, ...reading })).body), expected, path);
  assert.equal((await api.call<Balance[]>(of('c-2'), { as: ADMIN })).body, []);
});

test('never falls below 0, and nothing is neither given nor taken', async ({ api }) => {
  await adjust(api, 'c-3', { amount: 5 });
  const { status, problem } = await adjust(api, 'c-3', { amount: -5.01 });
  assert.equal([status, problem.code], [409, 'store_credit.insufficient']);
  for (const amount of [0, -0.001, '--5'])
    assert.is((await adjust(api, 'c-3', { amount })).status, 422, String(amount));
  for (const id of ['c%00', 'c-3%20', '%E2%80%8Bc-3']) {
    assert.is((await adjust(api, id, { amount: 5 })).status, 404, 'no customer has such an id');
  }
  assert.is((await adjust(api, 'c-3', { amount: -5 })).body.balance, 0);
});

test('is given once for one idempotency key', async ({ api }) => {
  const headers = { 'idempotency-key': 'credit-once' };
  const first = await adjust(api, 'c-4', { amount: 5 }, headers);
  await adjust(api, 'c-4', { amount: 2 });
  const second = await adjust(api, 'c-4', { amount: 5 }, headers);
  assert.equal([second.status, second.body], [201, first.body]);
  assert.is((await adjust(api, 'c-4', { amount: 1 })).body.balance, 8);
});

test('is not for a customer to give, nor for another to read', async ({ api }) => {
  const call = { as: MEERA, method: 'POST', json: { currency: 'EUR', amount: 5, reason_category: 'other' } } as const;
  assert.is((await api.call(of('c-1'), call)).status, 403);
  assert.is((await api.call(of('c-2'), { as: MEERA })).status, 403);
});

test.run();
