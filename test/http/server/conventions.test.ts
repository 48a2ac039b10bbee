import * as assert from 'uvu/assert';
import { suite } from 'uvu';
import type { OrderBody } from '../../../src/http/orders/body.ts';
import { anOrder, AUDITOR, COURIER, MEERA, OTHER, startTestApi, type TestApi } from '../../support/api.ts';

const conventions = suite('conventions of the API');
let api: TestApi;
/** What the store fails with, once. */
let bug: string | undefined;

conventions.before(async () => {
  api = await startTestApi({
    wrapStore: (store) => ({
      ...store,
      readStream: (...args) => {
        const message = bug;
        bug = undefined;
        return message === undefined ? store.readStream(...args) : Promise.reject(new Error(message));
      },
    }),
  });
});
conventions.after(() => api.close());

const place = async (changes: Record<string, unknown> = {}) => api.call('/orders', { json: anOrder(changes) });

conventions('a problem says what, where and under which request id', async () => {
  const { problem, headers } = await api.call('/orders/ORD-1?x=1', { headers: { 'X-Request-Id': 'abc-123' } });
  assert.equal(
    [problem.type, problem.status, problem.code, problem.instance, problem.request_id],
    ['urn:waybill:problem:resource.not_found', 404, 'resource.not_found', '/api/v1/orders/ORD-1', 'abc-123'],
  );
  assert.is(headers.get('x-request-id'), 'abc-123');
  assert.match(problem.detail, /^No such order exists/);
  assert.match((await api.call('/admin/jobs/7')).problem.detail, /^No such job exists/);
});

conventions('an unknown address is 404, a wrong method 405 with Allow, OPTIONS answers', async () => {
  const unknown = await api.call('/nothing');
  assert.equal([unknown.status, unknown.problem.code], [404, 'route.not_found']);
  const wrong = await api.call('/orders', { method: 'DELETE' });
  assert.equal([wrong.status, wrong.headers.get('allow')], [405, 'GET, HEAD, OPTIONS, POST']);
  assert.is((await api.call('/orders', { method: 'OPTIONS', as: null })).status, 204);
  assert.is((await api.call('/orders', { method: 'HEAD' })).status, 200);
});

conventions('the request id becomes the correlation id, and the trace id stands in for it', async () => {
  const correlation = async (headers: Record<string, string>) => {
    const { body } = await api.call('/orders', { json: anOrder(), headers });
    const events = await api.call<{ metadata: { correlation_id: string } }[]>(`/orders/${body.id}/events`);
    return events.body[0]?.metadata.correlation_id;
  };
  assert.is(await correlation({ 'X-Request-Id': 'shop-42' }), 'shop-42');
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
  assert.is(await correlation({ traceparent: `00-${trace}-00f067aa0ba902b7-01` }), trace);
  assert.match((await correlation({ 'X-Request-Id': 'evil id {}' })) ?? '', /^[0-9a-f-]{36}$/);
});

conventions('If-Match lets one of two concurrent changes through', async () => {
  const { body, headers } = await place();
  const change = (notes: string, etag: string) =>
    api.call(`/orders/${body.id}`, { method: 'PATCH', json: { notes }, headers: { 'If-Match': etag } });
  const etag = headers.get('etag') ?? '';
  const answers = await Promise.all(['a', 'b', 'c', 'd'].map((notes) => change(notes, etag)));
  assert.equal(answers.map(({ status }) => status).sort(), [200, 412, 412, 412]);
  const stale = answers.find(({ status }) => status === 412);
  assert.is(stale?.problem.code, 'precondition.failed');
  assert.is((await change('e', '*')).status, 200);
  assert.is((await change('f', 'W/"2"')).status, 412);
  assert.is((await change('f', '"nonsense"')).status, 412);
  assert.is((await change('f', '"0", "2"')).status, 200);
});

conventions('If-Match is looked at after the fields, and before the rules', async () => {
  const { body } = await place();
  const stale = { 'If-Match': '"7"' };
  const state = `/orders/${body.id}/state`;
  assert.is((await api.call(state, { json: { action: 'explode' }, headers: stale })).status, 422);
  assert.is((await api.call(state, { json: { action: 'deliver' }, headers: stale })).status, 412);
  assert.is((await api.call(state, { json: { action: 'deliver' } })).status, 409);
});

conventions('without If-Match everybody’s change gets through', async () => {
  const { body } = await place();
  const answers = await Promise.all(
    ['a', 'b', 'c'].map((notes) => api.call(`/orders/${body.id}`, { method: 'PATCH', json: { notes } })),
  );
  assert.equal(
    answers.map(({ status }) => status),
    [200, 200, 200],
  );
  assert.equal(answers.map(({ headers }) => headers.get('etag')).sort(), ['"1"', '"2"', '"3"']);
});

conventions('a list includes a write whose position it is given', async () => {
  const { body, headers } = await place({ customer_id: 'reads-own-write' });
  const position = headers.get('x-event-position') ?? '';
  const list = await api.call<OrderBody[]>('/orders?customer_id=reads-own-write', {
    headers: { 'X-Min-Position': position },
  });
  assert.equal(
    list.body.map(({ id }) => id),
    [body.id],
  );
  const none = await api.call('/orders', { headers: { 'X-Min-Position': 'soon' } });
  assert.equal([none.status, none.problem.errors[0]?.field], [422, 'X-Min-Position']);
  const never = await api.call('/orders', { headers: { 'X-Min-Position': '999999999999' } });
  assert.equal([never.status, never.problem.code, never.headers.get('retry-after')], [503, 'read_model.behind', '1']);
});

const links = (header: string | null): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...(header ?? '').matchAll(/<([^>]+)>; rel="(\w+)"/g)].map(([, url = '', rel = '']) => [rel, url] as const),
  );

conventions('a list is walked by its links, forwards and back, each order once', async () => {
  const placed: string[] = [];
  let position = '';
  for (let n = 0; n < 7; n++) {
    const { body, headers } = await place({ customer_id: 'walker' });
    placed.unshift(body.id);
    position = headers.get('x-event-position') ?? '';
  }
  const get = (url: string) =>
    api.call<OrderBody[]>(url.replace('/api/v1', ''), { headers: { 'X-Min-Position': position } });
  const first = await get('/orders?customer_id=walker&limit=3');
  assert.is(first.headers.get('x-total-count'), '7');
  const second = await get(links(first.headers.get('link'))['next'] ?? '');
  const third = await get(links(second.headers.get('link'))['next'] ?? '');
  const ids = [first, second, third].flatMap(({ body }) => body.map(({ id }) => id));
  assert.equal(ids, placed);
  assert.is(links(third.headers.get('link'))['next'], undefined);
  const back = await get(links(third.headers.get('link'))['prev'] ?? '');
  assert.equal(back.body, second.body);
  const skipped = await get('/orders?customer_id=walker&limit=3&skip=3');
  assert.equal(skipped.body, second.body);
  assert.equal((await get('/orders?user_id=walker&limit=3&page=2')).body, second.body);
});

conventions('a list is filtered, and a filter for what is not the caller’s finds nothing', async () => {
  const orders = {
    pending: await place({ customer_id: 'c-1' }),
    foreign: await place({ customer_id: 'c-2' }),
    confirmed: await place({ customer_id: 'c-1' }),
  };
  const confirmed = await api.call(`/orders/${orders.confirmed.body.id}/state`, { json: { action: 'confirm' } });
  const at = { 'X-Min-Position': confirmed.headers.get('x-event-position') ?? '' };
  /** Which of the three are found. */
  const found = async (query: string, as = AUDITOR) => {
    const list = await api.call<OrderBody[]>(`/orders?limit=1000&${query}`, { headers: at, as });
    const ids = new Set(list.body.map(({ id }) => id));
    return Object.entries(orders).flatMap(([name, { body }]) => (ids.has(body.id) ? [name] : []));
  };
  assert.equal(await found(''), ['pending', 'foreign', 'confirmed']);
  assert.equal(await found('status=placed'), ['pending', 'foreign']);
  assert.equal(await found('status=placed&customer_id=c-1'), ['pending']);
  assert.equal(await found('status=confirmed,cancelled'), ['confirmed']);
  assert.equal(await found('status=delivered,cancelled'), []);
  assert.equal(await found('', MEERA), ['pending', 'confirmed']);
  assert.equal(await found('', OTHER), ['foreign']);
  assert.equal(await found('customer_id=c-1', OTHER), []);
  assert.equal(await found('', COURIER), []);
  assert.equal(await found('min_total=1000000'), []);
  assert.equal(await found('max_total=1000000&created_from=2020-01-01'), ['pending', 'foreign', 'confirmed']);
});

conventions('answers are not stored by proxies', async () => {
  const { body } = await place();
  const { headers } = await api.call(`/orders/${body.id}`);
  assert.equal([headers.get('cache-control'), headers.get('etag')], ['no-store', '"0"']);
  const again = await api.call(`/orders/${body.id}`, { headers: { 'If-None-Match': '"0"' } });
  assert.is(again.status, 200);
});

conventions('a bug of ours says nothing about us but the request id, and is logged once', async () => {
  bug = 'select secret from internals';
  const { status, text, headers } = await api.call('/orders/00000000-0000-7000-8000-000000000001');
  assert.is(status, 500);
  assert.not.match(text, /secret|internals|\.ts|at /);
  const id = headers.get('x-request-id') ?? '';
  assert.is(api.log.filter((line) => line.includes(id) && line.includes('select secret')).length, 1);
});

conventions('operations answer without credentials', async () => {
  for (const path of ['//', '//health', '//health/live', '//health/ready', '//docs', '//redoc', '//openapi.yaml']) {
    assert.is((await api.call(path, { as: null })).status, 200, path);
  }
  const ready = await api.call<{ parts: { name: string; state: string }[] }>('//health/ready', { as: null });
  assert.ok(ready.body.parts.some(({ name }) => name === 'projection order_list'));
});

conventions('the documentation loads nothing from elsewhere and runs no inline script', async () => {
  for (const path of ['//docs', '//redoc']) {
    const { text, headers } = await api.call(path, { as: null });
    assert.match(headers.get('content-security-policy') ?? '', /script-src 'self'/);
    assert.not.match(text, /https?:/);
    assert.not.match(text, /<script(?![^>]*\ssrc=)/);
    for (const [, asset = ''] of text.matchAll(/(?:src|href)="([^"]+)"/g)) {
      assert.is((await api.call(`/${asset}`, { as: null })).status, 200, asset);
    }
  }
});

conventions('admins see how read models and jobs stand', async () => {
  const projections = await api.call<{ name: string; state: string }[]>('/admin/projections', { as: AUDITOR });
  assert.ok(projections.body.some(({ name }) => name === 'order_list'));
  const rebuild = await api.call('/admin/projections/order_list/rebuild', { method: 'POST' });
  assert.is(rebuild.status, 202);
  const { body: jobs } = await api.call<readonly { task: string; payload: unknown }[]>('/admin/jobs?state=waiting');
  assert.equal(
    jobs.map(({ task, payload }) => [task, payload]),
    [['rebuild-projection', { name: 'order_list' }]],
  );
  assert.is((await api.call('/admin/projections/nothing/rebuild', { method: 'POST' })).status, 404);
  assert.is((await api.call('/admin/projections/order_list/rebuild', { method: 'POST', as: AUDITOR })).status, 403);
  assert.is((await api.call('/admin/jobs?state=failed', { as: AUDITOR })).status, 200);
  assert.is((await api.call('/admin/jobs', { as: MEERA })).status, 403);
  assert.is((await api.call('/admin/jobs/7')).status, 404);
});

conventions.run();
