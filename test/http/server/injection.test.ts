import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { OpenApiDocument } from '../../../src/http/server/documentation/openapi.ts';
import { createApiKey } from '../../../src/platform/api-keys.ts';
import { SCOPES } from '../../../src/http/server/scopes.ts';
import { countRows } from '../../fuzz/count-rows.ts';
import { inner, operationsOf, resolve, type Operation, type Schema } from '../../fuzz/operations.ts';
import { kindOf } from '../../fuzz/pool.ts';
import { ADMIN, anOrder, MEERA, startTestApi, type Call, type TestApi } from '../../support/api.ts';
import { createResources, type Resources } from '../../support/resources.ts';

const injection = suite('what is sent stays data');
let api: TestApi;
let document: OpenApiDocument;
let operations: readonly Operation[];
let things: Resources;
let service: Call;

injection.before(async () => {
  api = await startTestApi({ options: { outcomeTimeoutMs: 0 } });
  things = await createResources(api, { customer: 'c-1', courier: 'courier-7' });
  document = (await api.call<OpenApiDocument>('//openapi.json', { as: null })).body;
  operations = operationsOf(document);
  const { key } = await createApiKey(api.core.db, { name: 'stock', scopes: SCOPES, expires_at: null });
  service = { as: null, headers: { 'x-api-key': key } };
});
injection.after(() => api.close());

const SQL = [
  "' OR '1'='1",
  "'; drop table events; --",
  '1); select pg_sleep(3); --',
  '%',
  "') union select key from idempotency_keys --",
] as const;
/** As plain as the others are not, and just as unknown. */
const PLAIN = 'nothing-is-called-this';

/** The address with what exists for each parameter, or with `other` for one of them. */
const addressOf = ({ template, parameters }: Operation, other: Readonly<Record<string, string>> = {}): string => {
  const existing = (name: string): string => {
    const kind = (kindOf(name, template) ?? '').replace(/s$/, '');
    return Object.entries(things).find(([known]) => known === kind)?.[1][0] ?? PLAIN;
  };
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(other[name] ?? existing(name)));
  const query = new URLSearchParams();
  for (const { in: place, name } of parameters)
    if (place === 'query' && other[name] !== undefined) query.set(name, other[name]);
  return `/${path}?${query.toString()}`;
};

const isStream = ({ template }: Operation): boolean => /stream|download/.test(template);

const ask = ({ permission, method }: Operation, address: string) =>
  api.call<unknown>(address, {
    method,
    unchecked: true,
    ...(permission?.['admin'] === undefined && permission?.['service'] !== undefined ? service : { as: ADMIN }),
  });

/** What is told of the answer, but not what it repeats or when it was given. */
const told = ({ status, text }: { readonly status: number; readonly text: string }, sent: string): string => {
  const spellings = [sent, encodeURIComponent(sent), JSON.stringify(sent).slice(1, -1)];
  const same = spellings.reduce((all, one) => all.replaceAll(one, '·'), text);
  return status < 400 ? `${status} ${same}` : String(status);
};

injection('SQL in any text of any read finds what an unknown word finds, and leaves everything as it is', async () => {
  const count = await countRows(api.core.db);
  const before = await count();
  let asked = 0;
  for (const operation of operations.filter((one) => one.method === 'GET' && !isStream(one)))
    for (const { name, in: place, schema } of operation.parameters) {
      if (place === 'header' || schema['type'] !== 'string' || schema['enum'] !== undefined) continue;
      const plain = told(await ask(operation, addressOf(operation, { [name]: PLAIN })), PLAIN);
      for (const sql of SQL) {
        const answer = await ask(operation, addressOf(operation, { [name]: sql }));
        assert.is(told(answer, sql), plain, `${operation.id} ${name}=${sql}`);
        asked += 1;
      }
    }
  assert.ok(asked > 200, `${asked} requests`);
  assert.is(await count(), before);
});

injection('SQL in every text of an order comes back as it was sent', async () => {
  for (const sql of SQL) {
    const item = {
      product_id: sql,
      product_name: sql,
      product_sku: sql,
      unit_price: 5,
      quantity: 1,
      meta_data: { [sql]: sql },
    };
    const sent = {
      customer_name: sql,
      notes: sql,
      payment_method: sql,
      meta_data: { [sql]: sql },
      shipping_address: sql,
    };
    const { body } = await api.call('/orders', { json: anOrder({ ...sent, customer_id: sql, items: [item] }) });
    const { body: read } = await api.call(`/orders/${body.id}`);
    for (const [field, value] of Object.entries(sent)) assert.equal(read[field as keyof typeof sent], value, field);
    assert.is(read.customer_id, sql);
    for (const field of ['product_id', 'product_name', 'product_sku'] as const)
      assert.is(read.items[0]?.[field], sql, field);
  }
});

const propertiesOf = (schema: Schema): readonly string[] => Object.keys(inner(resolve(document, schema), 'properties'));

/** Fields of the answer that no request may have. */
const readOnlyFields = ({ template, method, body }: Operation): readonly string[] => {
  if (body === undefined) return [];
  const found = document.paths[template]?.[method.toLowerCase()] as Schema;
  const success = Object.entries(inner(found, 'responses')).find(([status]) => status.startsWith('2'))?.[1] as Schema;
  const answered = propertiesOf(inner(inner(inner(success, 'content'), 'application/json'), 'schema'));
  const taken = new Set(propertiesOf(body.schema));
  return ['role', 'is_admin', ...answered].filter((field) => !taken.has(field));
};

injection('a request cannot set what only an answer has: status, total, role, ids', async () => {
  const count = await countRows(api.core.db);
  const before = await count();
  let rejected = 0;
  for (const operation of operations.filter(({ body }) => body !== undefined)) {
    const { method, body, permission } = operation;
    const strangers = Object.fromEntries(readOnlyFields(operation).map((field) => [field, 'admin']));
    for (const as of [ADMIN, MEERA]) {
      if (permission?.[as.role] === undefined) continue;
      const json = { ...(body?.example as object), ...strangers };
      const { status, problem } = await api.call(addressOf(operation), { method, json, as, unchecked: true });
      assert.is(status, 422, `${operation.id}: ${status}`);
      const named = new Set(problem.errors.map(({ field }) => field));
      for (const field of Object.keys(strangers)) assert.ok(named.has(field), `${operation.id}: ${field} was taken`);
      rejected += 1;
    }
  }
  assert.ok(rejected > 20, `${rejected} requests`);
  assert.is(await count(), before);
});

const POLLUTION = [
  '{"__proto__": {"polluted": 1}}',
  '{"constructor": {"prototype": {"polluted": 1}}}',
  '{"notes": "x", "meta_data": {"__proto__": {"polluted": 1}}}',
  '{"meta_data": {"a": {"constructor": {"prototype": {"polluted": 1}}}}}',
];

injection('nothing reaches for prototypes, in bodies, queries and ids', async () => {
  const order = things.order[0];
  const headers = { 'content-type': 'application/json' };
  for (const raw of POLLUTION)
    assert.is((await api.call(`/orders/${order}`, { method: 'PATCH', raw, headers })).status, 422, raw);
  for (const query of ['__proto__[polluted]=1', '__proto__=1', 'constructor[prototype][polluted]=1', 'toString=1'])
    assert.is((await api.call(`/orders?${query}`)).status, 422, query);
  const item = { product_id: '__proto__', product_name: 'constructor', unit_price: 1, quantity: 1 };
  const { status, body } = await api.call('/orders', {
    json: anOrder({ customer_id: '__proto__', items: [item, { ...item, product_id: 'toString' }] }),
  });
  assert.equal([status, body.customer_id, body.items[0]?.product_id], [201, '__proto__', '__proto__']);
  for (const name of ['__proto__', 'constructor', 'toString'])
    assert.is((await api.call(`/orders/${name}`)).status, 404, name);
  assert.is(({} as { polluted?: unknown }).polluted, undefined);
});

injection('JSON without a bottom is rejected, whatever it is made of', async () => {
  const headers = { 'content-type': 'application/json' };
  const bodies = ['[', '{"a":'].map((step) => step.repeat(100_000));
  const closed = `${'{"a":'.repeat(40)}1${'}'.repeat(40)}`;
  for (const raw of [...bodies, `{"meta_data": ${closed}}`, `{"notes": ${'['.repeat(50_000)}${']'.repeat(50_000)}}`]) {
    const { status } = await api.call(`/orders/${things.order[0]}`, { method: 'PATCH', raw, headers });
    assert.ok([400, 422].includes(status), `${status}`);
  }
});

injection.run();
