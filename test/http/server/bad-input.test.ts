import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ADMIN, anOrder, MEERA, startTestApi, type Call, type TestApi } from '../../support/api.ts';

const badInput = suite('bad input');
let api: TestApi;

badInput.before(async () => {
  api = await startTestApi({ projectors: false });
});
badInput.after(() => api.close());

type Expected = {
  readonly status: number;
  /** Every field that is named, in any order. */
  readonly fields?: readonly string[];
  /** In one of the messages, or in the detail. */
  readonly says?: RegExp;
};

/** Sends it, compares the answer, and looks that nothing was written. */
const rejected = async (path: string, call: Call, { status, fields, says }: Expected) => {
  const before = await api.countEvents();
  const answer = await api.call(path, call);
  const { problem } = answer;
  assert.is(answer.status, status, answer.text.slice(0, 500));
  assert.is(answer.headers.get('content-type'), 'application/problem+json');
  assert.is(problem.status, status);
  if (fields !== undefined) assert.equal(problem.errors.map(({ field }) => field).sort(), [...fields].sort());
  const messages = [problem.detail, ...(status === 422 ? problem.errors : []).map(({ message }) => message)].join('\n');
  if (says !== undefined) assert.match(messages, says);
  assert.is(await api.countEvents(), before, 'something was written');
};

const item = { product_id: 'p', unit_price: 5, quantity: 1 };
const withItem = (changes: Record<string, unknown>): string =>
  JSON.stringify(anOrder({ items: [{ ...item, ...changes }] }));
const json = { 'content-type': 'application/json' };

const bodies: readonly (readonly [name: string, raw: string, expected: Expected])[] = [
  ['not JSON', '{"items": [', { status: 400, says: /not JSON/ }],
  ['NaN', withItem({}).replace('"unit_price":5', '"unit_price":NaN'), { status: 400, says: /NaN is not a JSON/ }],
  ['an array', '[]', { status: 422, fields: ['body'], says: /JSON object/ }],
  ['null', 'null', { status: 422, fields: ['body'] }],
  ['no items', JSON.stringify(anOrder({ items: [] })), { status: 422, fields: ['items'], says: /1 to 500/ }],
  [
    'no items at all',
    '{"customer_id":"c-1"}',
    { status: 422, fields: ['items'], says: /is required: an array of 1 to 500/ },
  ],
  [
    '501 items',
    JSON.stringify(anOrder({ items: Array.from({ length: 501 }, () => item) })),
    { status: 422, fields: ['items'], says: /at most 500/ },
  ],
  [
    'quantity 0',
    withItem({ quantity: 0 }),
    { status: 422, fields: ['items[0].quantity'], says: /integer from 1 to 1000000/ },
  ],
  ['quantity −1', withItem({ quantity: -1 }), { status: 422, fields: ['items[0].quantity'] }],
  ['quantity 1.5', withItem({ quantity: 1.5 }), { status: 422, fields: ['items[0].quantity'] }],
  ['quantity 1e9', withItem({ quantity: 1e9 }), { status: 422, fields: ['items[0].quantity'] }],
  ['quantity as text', withItem({ quantity: '2' }), { status: 422, fields: ['items[0].quantity'] }],
  ['price 0', withItem({ unit_price: 0 }), { status: 422, fields: ['items[0].unit_price'], says: /above 0/ }],
  ['a negative price', withItem({ unit_price: -5 }), { status: 422, fields: ['items[0].unit_price'], says: /above 0/ }],
  [
    '"79.999" in USD',
    JSON.stringify(anOrder({ currency: 'USD', items: [{ ...item, unit_price: '79.999' }] })),
    { status: 422, fields: ['items[0].unit_price'], says: /at most 2 decimals, as USD/ },
  ],
  [
    '79.999 in USD',
    withItem({ unit_price: 79.999 }),
    { status: 422, fields: ['items[0].unit_price'], says: /2 decimals/ },
  ],
  [
    'a price of 10^13',
    withItem({ unit_price: 1e13 }),
    { status: 422, fields: ['items[0].unit_price'], says: /1000000000000/ },
  ],
  [
    'a price of 1e400',
    withItem({}).replace('"unit_price":5', '"unit_price":1e400'),
    { status: 422, fields: ['items[0].unit_price'], says: /finite/ },
  ],
  ['a price as true', withItem({ unit_price: true }), { status: 422, fields: ['items[0].unit_price'], says: /amount/ }],
  ['an id as null', withItem({ product_id: null }), { status: 422, fields: ['items[0].product_id'] }],
  ['a price as null', withItem({ unit_price: null }), { status: 422, fields: ['items[0].unit_price'] }],
  [
    'a total above 10^12',
    withItem({ unit_price: 1e12, quantity: 2 }),
    { status: 422, fields: ['items[0].quantity'], says: /larger than 1000000000000/ },
  ],
  [
    'an unknown currency',
    JSON.stringify(anOrder({ currency: 'XXX' })),
    { status: 422, fields: ['currency'], says: /ISO 4217/ },
  ],
  [
    'an unknown property',
    JSON.stringify(anOrder({ colour: 'red' })),
    { status: 422, fields: ['colour'], says: /known: .*items/ },
  ],
  [
    'an unknown property of an item',
    withItem({ colour: 1 }),
    { status: 422, fields: ['items[0].colour'], says: /product_id/ },
  ],
  ['a NUL', JSON.stringify(anOrder({ notes: 'a\0b' })), { status: 422, fields: ['notes'], says: /NUL/ }],
  [
    'a NUL deep down',
    JSON.stringify(anOrder({ meta_data: { a: [{ b: '\0' }] } })),
    { status: 422, fields: ['meta_data.a[0].b'] },
  ],
  [
    'a NUL in a key',
    JSON.stringify(anOrder({ meta_data: { 'a\0': 1 } })),
    { status: 422, fields: ['meta_data.a\\u0000'] },
  ],
  [
    'a lone surrogate',
    withItem({}).replace('"p"', String.raw`"\ud800"`),
    { status: 422, fields: ['items[0].product_id'], says: /surrogate/ },
  ],
  ['__proto__ as a key', '{"__proto__":{"admin":true},"items":[]}', { status: 422, fields: ['__proto__', 'items'] }],
  [
    '__proto__ in meta data',
    '{"customer_id":"c","meta_data":{"__proto__":{"a":1}},"items":[{"product_id":"p","unit_price":1,"quantity":1}]}',
    { status: 422, fields: ['meta_data.__proto__'] },
  ],
  [
    'constructor.prototype in meta data',
    JSON.stringify(anOrder({ meta_data: { constructor: { prototype: { a: 1 } } } })),
    { status: 422, fields: ['meta_data.constructor'] },
  ],
  [
    'bottomless nesting',
    JSON.stringify(anOrder({ meta_data: JSON.parse(`${'{"a":'.repeat(200)}1${'}'.repeat(200)}`) })),
    { status: 422, says: /nested deeper than 32/ },
  ],
  [
    'meta data above 16 KiB',
    JSON.stringify(anOrder({ meta_data: { a: 'x'.repeat(17_000) } })),
    { status: 422, fields: ['meta_data'], says: /16 KiB/ },
  ],
  [
    'a discount above the line',
    withItem({ discount: 5.01 }),
    { status: 422, fields: ['items[0].discount'], says: /unit_price × quantity/ },
  ],
  [
    'a negative discount',
    withItem({ discount: -1 }),
    { status: 422, fields: ['items[0].discount'], says: /0 or more/ },
  ],
  [
    'an e-mail that is none',
    JSON.stringify(anOrder({ customer_email: 'meera' })),
    { status: 422, fields: ['customer_email'] },
  ],
  [
    'a long name',
    JSON.stringify(anOrder({ customer_name: 'x'.repeat(256) })),
    { status: 422, fields: ['customer_name'], says: /at most 255/ },
  ],
  [
    'a latitude of 91',
    JSON.stringify(anOrder({ delivery_latitude: 91 })),
    { status: 422, fields: ['delivery_latitude'] },
  ],
  [
    'yesterday',
    JSON.stringify(anOrder({ scheduled_for: '2020-01-01T00:00:00Z' })),
    { status: 422, fields: ['scheduled_for'], says: /future/ },
  ],
  [
    'a time without a zone',
    JSON.stringify(anOrder({ scheduled_for: '2036-01-01T00:00' })),
    { status: 422, fields: ['scheduled_for'], says: /zone/ },
  ],
  ['an id that is an object', JSON.stringify(anOrder({ customer_id: {} })), { status: 422, fields: ['customer_id'] }],
  [
    'an id of 2^60',
    '{"customer_id":1152921504606846976,"items":[{"product_id":1,"unit_price":1,"quantity":1}]}',
    { status: 422, fields: ['customer_id'] },
  ],
];

for (const [name, raw, expected] of bodies) {
  badInput(`${name} is rejected, naming what is wrong, with nothing written`, () =>
    rejected('/orders', { raw, headers: json }, expected),
  );
}

badInput('everything wrong with a body is said at once', () =>
  rejected(
    '/orders?a=1',
    {
      json: {
        currency: 'JPY',
        colour: 'red',
        customer_email: 'x',
        notes: 'a\0b',
        items: [
          { product_id: 'p', unit_price: '1.5', quantity: 0 },
          { unit_price: 5, quantity: 1, discount: 6 },
        ],
      },
    },
    {
      status: 422,
      fields: [
        'a',
        'colour',
        'customer_email',
        'notes',
        'items[0].unit_price',
        'items[0].quantity',
        'items[1].product_id',
        'items[1].discount',
      ],
    },
  ),
);

badInput('what came is repeated, short', async () => {
  const { problem } = await api.call('/orders', { json: anOrder({ customer_email: 'y'.repeat(300) }) });
  assert.is(problem.errors[0]?.received, `${'y'.repeat(60)}…`);
});

badInput('an amount in the wrong currency gets one complaint, not one an amount', () =>
  rejected('/orders', { json: anOrder({ currency: 'euro' }) }, { status: 422, fields: ['currency'] }),
);

badInput('bytes that are not UTF-8 are rejected, not replaced', () => {
  const [before = '', after = ''] = JSON.stringify(anOrder({ notes: '@' })).split('@');
  const raw = Buffer.concat([Buffer.from(before), Buffer.from([0xff]), Buffer.from(after)]);
  return rejected('/orders', { raw, headers: json }, { status: 400, says: /UTF-8/ });
});

badInput('a body of 2 MiB is rejected and the connection stays good', async () => {
  const raw = JSON.stringify(anOrder({ notes: 'x'.repeat(2 * 1024 * 1024) }));
  await rejected('/orders', { raw, headers: json }, { status: 413, says: /1048576/ });
});

badInput('what is not JSON by its type is rejected', async () => {
  const raw = JSON.stringify(anOrder());
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=latin1']) {
    await rejected('/orders', { raw, headers: { 'content-type': type } }, { status: 415 });
  }
  await rejected(
    '/orders',
    { raw, headers: { ...json, 'content-encoding': 'gzip' } },
    { status: 415, says: /uncompressed/ },
  );
});

badInput('unknown query parameters are rejected, naming the known ones', async () => {
  await rejected('/orders?colour=red', {}, { status: 422, fields: ['colour'], says: /known: .*customer_id/ });
  await rejected('/orders?limit=0&page=x&status=lost', {}, { status: 422, fields: ['limit', 'page', 'status[0]'] });
  await rejected('/orders?limit=1&limit=2', {}, { status: 422, fields: ['limit'], says: /twice/ });
  await rejected('/orders?customer_id=a%00b', {}, { status: 422, fields: ['customer_id'], says: /NUL/ });
  await rejected('/orders?cursor=nonsense', {}, { status: 422, fields: ['cursor'] });
  await rejected('/orders?sort=password', {}, { status: 422, fields: ['sort'] });
});

badInput('a date that does not exist, or lies outside the years 1970 to 9999, is rejected', async () => {
  const none = [
    ...['2026-02-30', '2025-02-29', '2026-04-31T12:00:00Z', '2026-13-01', '2026-03-01T25:00:00Z'],
    ...['0000-01-01', '0000-12-31T23:59:59Z', '0001-01-01', '1969-12-31', '9999-12-31T23:59:59-14:00'],
  ];
  for (const path of ['/orders', '/returns', '/orders/export'])
    for (const date of none)
      await rejected(`${path}?created_from=${date}`, {}, { status: 422, fields: ['created_from'] });
  await rejected('/invoices?issued_to=2026-02-30', {}, { status: 422, fields: ['issued_to'] });
  const scheduled_for = '2096-02-30T12:00:00Z';
  await rejected('/orders', { json: anOrder({ scheduled_for }) }, { status: 422, fields: ['scheduled_for'] });
  for (const date of ['1970-01-01', '2024-02-29', '9999-12-31T23:59:59.999Z'])
    assert.is((await api.call(`/orders?created_from=${date}`, { as: ADMIN })).status, 200, date);
});

badInput('a cursor of another list, of another sort or of a time that no row has is rejected', async () => {
  const cursor = (...parts: readonly string[]) => Buffer.from(JSON.stringify(parts)).toString('base64url');
  const id = '00000000-0000-4000-8000-000000000000';
  const newest = (list: string, at = '2026-01-01T00:00:00.000Z') => cursor(list, '-created_at', at, id, 'next');
  const byTotal = cursor('order_list', 'total', '33.58', id, 'next');
  const lists = [
    ['/orders', 'order_list'],
    ['/returns', 'return_list'],
    ['/payments', 'payment_list'],
    ['/invoices', 'document_list'],
  ] as const;
  for (const [path, list] of lists) {
    assert.is((await api.call(`${path}?cursor=${newest(list)}`, { as: ADMIN })).status, 200, path);
    const foreign = lists.filter(([, other]) => other !== list).map(([, other]) => newest(other));
    const years = ['0000-01-01T00:00:00.000Z', '2026-02-30T00:00:00.000Z', '+010000-01-01T00:00:00.000Z'];
    const asOldServersWroteIt = cursor('-created_at', '2026-01-01T00:00:00.000Z', id, 'next');
    const bad = [
      ...foreign,
      ...years.map((at) => newest(list, at)),
      asOldServersWroteIt,
      cursor(list, 'total', '', id, 'next'),
    ];
    for (const one of bad) await rejected(`${path}?cursor=${one}`, {}, { status: 422, fields: ['cursor'] });
  }
  await rejected(`/returns?cursor=${byTotal}`, {}, { status: 422, fields: ['cursor'] });
  await rejected(`/orders?sort=-total&cursor=${byTotal}`, {}, { status: 422, fields: ['cursor'] });
  for (const sort of ['', 'sort=total&'])
    assert.is((await api.call(`/orders?${sort}cursor=${byTotal}`, { as: ADMIN })).status, 200, 'as its Link says');
});

badInput('a query whose bytes are not UTF-8 is rejected, not stored as U+FFFD', async () => {
  for (const text of ['%ED%A0%BD', '%FF', '%', '%zz']) {
    await rejected(`/orders?customer_id=${text}`, { unchecked: true }, { status: 400 });
  }
  await rejected('/orders?customer_id=%FF', { as: null, unchecked: true }, { status: 401 });
});

badInput('ids that are not ids name nothing', async () => {
  const ids = [
    '1',
    'abc',
    '00000000-0000-0000-0000-000000000000',
    "'; drop table events;--",
    '%00',
    '%E0%A4',
    'a'.repeat(1000),
    '..%2F..',
  ];
  for (const id of ids) {
    await rejected(`/orders/${id}`, { unchecked: true }, { status: 404 });
    await rejected(`/orders/${id}/cancel`, { method: 'POST', unchecked: true }, { status: 404 });
  }
});

badInput(
  'what is not there is 404 before the body is looked at, and a role that may not is 403 before that',
  async () => {
    await rejected('/orders/ORD-2026-999999/state', { raw: '{', headers: json }, { status: 404 });
    await rejected('/orders/ORD-2026-999999/state', { raw: '{', headers: json, as: MEERA }, { status: 403 });
    await rejected('/orders/ORD-2026-999999/state', { raw: '{', headers: json, as: null }, { status: 401 });
  },
);

badInput('a body where none is taken may be empty, and nothing else', async () => {
  const { body } = await api.call('/orders', { json: anOrder() });
  await rejected(`/orders/${body.id}`, { method: 'DELETE', json: { force: true } }, { status: 422, fields: ['force'] });
  assert.is((await api.call(`/orders/${body.id}`, { method: 'DELETE', json: {}, as: ADMIN })).status, 200);
});

badInput.run();
