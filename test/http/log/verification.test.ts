import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { VerificationView } from '../../../src/audit/index.ts';
import { ADMIN, AUDITOR, MEERA, startTestApi, type TestApi } from '../../support/api.ts';
import { placeOrder } from '../../support/core.ts';
import { eventually } from '../../support/eventually.ts';
import { enqueueJobs } from '../../../src/jobs/queue.ts';
import { recordAll, tamper } from '../../audit/audit-world.ts';

const test = suite('verification over HTTP');
let api: TestApi;

test.before(async () => {
  api = await startTestApi();
  await api.startWorker();
  await placeOrder(api.core);
  await recordAll(api.core);
});
test.after(() => api.close());

const read = () => api.call<VerificationView>('/admin/verification', { as: AUDITOR });
const verify = async (): Promise<VerificationView> => {
  const { status } = await api.call<VerificationView>('/admin/verification', { method: 'POST', as: ADMIN });
  // The answer may show that the worker has ended it already: one that cannot check ends at once.
  assert.is(status, 202);
  return eventually('it has ended', async () => {
    const { body: now } = await read();
    return now.state === 'running' ? undefined : now;
  });
};
const logPart = async () => {
  type Health = { readonly parts: readonly { readonly name: string; readonly state: string }[] };
  const { body } = await api.call<Health>('//health/ready', { as: null });
  return body.parts.find(({ name }) => name === 'log')?.state;
};
const metric = async (name: string): Promise<string | undefined> => {
  const { text } = await api.call('//metrics', { as: null, unchecked: true });
  return text.split('\n').find((line) => line.startsWith(name));
};

test('before the first it has never run', async () => {
  const { body } = await read();
  assert.equal([body.state, body.result], ['never_run', null]);
  assert.is(await logPart(), 'up');
});

test('a verification is run by a worker and passes', async () => {
  const { state, result, last_passed_at, finished_at } = await verify();
  assert.is(state, 'passed');
  assert.ok((result?.events ?? 0) > 0);
  assert.is(last_passed_at, finished_at);
  assert.is(await metric('waybill_log_verification{state="passed"}'), 'waybill_log_verification{state="passed"} 1');
});

test('a change in the database is found, and shows in health and metrics', async () => {
  await tamper(api.core.db, (sql) =>
    sql.raw(`update events set data = jsonb_set(data::jsonb, '{forged}', 'true')::json where position = 1`),
  );
  const { state, result } = await verify();
  assert.equal([state, result?.counts], ['failed', { changed: 1 }]);
  assert.is(result?.findings[0]?.revision, 0);
  assert.is(await logPart(), 'behind');
  assert.is(await metric('waybill_log_verification_findings'), 'waybill_log_verification_findings 1');
});

test('the clock asks for it by the same job, and says so', async () => {
  await enqueueJobs(api.core.db, [
    { task: 'verify-log', payload: { _cron: { ts: '2026-03-01T02:41:00Z' } }, key: 'verify-log' },
  ]);
  const ended = await eventually('the run of the clock has ended', async () => {
    const { body } = await read();
    return body.requested_by === 'clock' && body.state !== 'running' ? body : undefined;
  });
  assert.equal([ended.state, ended.result?.counts], ['failed', { changed: 1 }]);
  assert.equal(ended.progress, { done: ended.result?.events, total: ended.result?.recorded });
});

test('a log that cannot be checked says why, and is neither good nor bad', async () => {
  const { db } = api.core;
  const [progress] = await db<object>('log_progress').select();
  await db('log_progress').delete();
  const { state, result, reason } = await verify();
  await db('log_progress').insert(progress ?? {});
  assert.equal([state, result], ['could_not_check', null]);
  assert.match(reason ?? '', /log_progress is missing: restore /);
  assert.is(await logPart(), 'behind');
  const metricOf = 'waybill_log_verification{state="could_not_check"}';
  assert.is(await metric(metricOf), `${metricOf} 1`);
});

test('auditors may read it, and only admins may ask for it', async () => {
  assert.is((await api.call('/admin/verification', { method: 'POST', as: AUDITOR })).status, 403);
  assert.is((await api.call('/admin/verification', { as: MEERA })).status, 403);
});

test.run();
