import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { rebuildProjection, rollBack, swapIn } from '../../../src/projections/engine/index.ts';
import type { ProjectionDetail } from '../../../src/projections/maintenance/index.ts';
import { orderList } from '../../../src/projections/orders/index.ts';
import { hasReached } from '../../support/projectors.ts';
import { ADMIN, anOrder, AUDITOR, startTestApi, type TestApi } from '../../support/api.ts';

const test = suite('administration of read models over HTTP');
let api: TestApi;
test.before(async () => {
  api = await startTestApi();
});
test.after(() => api.close());

const at = '/admin/projections/order_list';
const detail = async (): Promise<ProjectionDetail> => (await api.call<ProjectionDetail>(at, { as: AUDITOR })).body;
const post = <T>(verb: string, json?: object, as = ADMIN) =>
  api.call<T>(`${at}/${verb}`, { method: 'POST', as, ...(json !== undefined && { json }) });
const jobs = async () =>
  (await api.call<readonly { task: string; payload: object }[]>('/admin/jobs?state=waiting')).body.map(
    ({ task, payload }) => [task, payload] as const,
  );

test('a read model is rebuilt, compared, swapped and rolled back by requests of an admin', async () => {
  await api.call('/orders', { json: anOrder() });
  await hasReached(api.core.db, orderList, await api.store.head());
  assert.equal([(await detail()).rebuild, (await detail()).kept], [null, null]);
  for (const verb of ['swap', 'rollback', 'cancel']) {
    const { status, problem } = await post(verb);
    assert.equal([status, problem.code], [409, 'projection.not_possible'], verb);
  }
  assert.is((await api.call(`${at}/diff`)).problem.code, 'projection.not_possible');

  assert.match((await post('swap')).problem.detail, 'waits to be swapped in: start one with {"swap": false}.');
  assert.is((await post('rebuild', { swap: false })).status, 202);
  assert.equal(await jobs(), [['rebuild-projection', { name: 'order_list', swap: false }]]);
  await rebuildProjection(orderList, { ...api.core, swaps: false });
  const built = await detail();
  assert.equal([built.rebuild?.state, built.rebuild?.events, built.rebuild?.eta_seconds], ['ready', 1, null]);
  const diff = await api.call<{ compared: string; differences: object }>(`${at}/diff`);
  assert.equal([diff.body.compared, diff.body.differences], ['rebuild', { rows: 0, counters: 0, sums: 0 }]);

  assert.is((await post('swap')).status, 202);
  await swapIn(orderList, api.core);
  const kept_at = (await detail()).kept?.kept_at;
  assert.is((await post('rollback')).status, 202);
  assert.equal(
    (await jobs()).filter(([task]) => task === 'swap-projection'),
    [['swap-projection', { name: 'order_list', kept_at }]],
  );
  await rollBack(orderList, { ...api.core, keptAt: kept_at });
  await rebuildProjection(orderList, { ...api.core, swaps: false });
  const cancelled = await post<ProjectionDetail>('cancel');
  assert.equal([cancelled.status, cancelled.body.rebuild?.state], [200, 'cancelled']);
});

test('what the self-check found is shown with the read model, in health and in metrics, until it is repaired', async () => {
  const { db } = api.core;
  const { body } = await api.call<{ id: string }>('/orders', { json: anOrder() });
  await db('projection_drift').insert({ projection: 'order_list', scope: 'row', key: body.id, kind: 'missing' });
  const { drift } = await detail();
  assert.equal(drift, { count: 1, first: [{ scope: 'row', key: body.id, kind: 'missing', stream: null }] });
  const ready = async () =>
    (await api.call<{ status: string; parts: { name: string; state: string; reason?: string }[] }>('//health/ready'))
      .body;
  const part = (await ready()).parts.find(({ name }) => name === 'projection order_list');
  assert.equal([(await ready()).status, part?.state], ['degraded', 'degraded']);
  assert.match(part?.reason ?? '', 'npm run projections -- repair order_list');
  const metric = async () =>
    /^waybill_drift_rows\{projection="order_list",kind="missing"\} (\d)$/m.exec(
      (await api.call('//metrics', { unchecked: true })).text,
    )?.[1];
  assert.is(await metric(), '1');
  assert.is((await post('repair', { id: body.id })).status, 200);
  assert.is(await metric(), '0');
  assert.is((await detail()).drift.count, 0);
  assert.is((await ready()).status, 'ready');
});

test('an id that no row can have is the caller’s mistake', async () => {
  for (const id of ['no key', '', '0195513C-6C00-7000-8000-000000000001']) {
    const { status, body } = await post<{ errors: readonly { field: string }[] }>('repair', { id });
    assert.equal([status, body.errors.map(({ field }) => field)], [422, ['id']], id);
  }
});

test('an auditor looks, and changes nothing', async () => {
  for (const verb of ['rebuild', 'swap', 'rollback', 'cancel', 'repair'])
    assert.is((await post(verb, undefined, AUDITOR)).status, 403, verb);
  assert.is((await api.call('/admin/projections/nothing')).status, 404);
  assert.is((await api.call('/admin/projections/nothing/repair', { method: 'POST' })).status, 404);
});

test.run();
