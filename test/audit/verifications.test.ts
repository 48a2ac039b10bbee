import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openVerifications, FINDINGS_KEPT, type Verifications } from '../../src/audit/verification/verifications.ts';
import { verifyLogTask } from '../../src/audit/verification/verify-task.ts';
import type { Verification } from '../../src/audit/verification/verify-log.ts';
import { StoreUnavailable } from '../../src/event-store/port.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { runJob } from '../support/worker-deps.ts';

/** One database; each test begins without any verification. */
const test = suite('verifications of the log');
let database: TestDatabase;
let verifications: Verifications;

test.before(async () => {
  database = await openTestDatabase();
  verifications = openVerifications(database.db);
});
test.before.each(() => database.db('verifications').delete());
test.after(() => database.close());

const GOOD: Verification = {
  since: 0,
  events: 3,
  recorded: 3,
  streams: 1,
  heads: 1,
  headFiles: 1,
  isSigned: true,
  restores: [],
  findings: [],
  counts: {},
};
const finding = { kind: 'gap', detail: 'this event is gone' } as const;
const BAD: Verification = { ...GOOD, findings: Array.from({ length: 500 }, () => finding), counts: { gap: 500 } };

const run = (verify: () => Promise<Verification>, jobId = '1', payload: { readonly run?: string } = {}) =>
  runJob(verifyLogTask, payload, { verifications, verify }, { jobId, attempt: 1 });
const stateNow = async () => (await verifications.newest()).state;
const letItFallSilent = () => database.db.raw(`update verifications set heard_at = heard_at - interval '61 seconds'`);

test('none has run yet', async () => {
  assert.is(await stateNow(), 'never_run');
  assert.equal(await verifications.health(), { state: 'never_run', findings: 0, last_passed_at: null });
});

test('two that are asked for at once are one', async () => {
  const ids = await Promise.all(Array.from({ length: 4 }, () => verifications.begin('ops')));
  assert.is(new Set(ids).size, 1);
  assert.is(await stateNow(), 'running');
});

test('one that found nothing has passed, and one that found something has failed', async () => {
  await run(() => Promise.resolve(GOOD));
  const passed = await verifications.newest();
  assert.equal([passed.state, passed.requested_by, passed.result?.events], ['passed', 'clock', 3]);
  assert.equal(passed.progress, { done: 3, total: 3 });
  await run(() => Promise.resolve(BAD));
  const failed = await verifications.newest();
  assert.equal([failed.state, failed.result?.findings.length], ['failed', FINDINGS_KEPT]);
  assert.is(failed.last_passed_at, passed.finished_at);
  await verifications.begin('ops');
  const { state, findings } = await verifications.health();
  assert.equal([state, findings], ['failed', 500], 'while the next one runs, the last one counts');
});

test('one that cannot be run says why', async () => {
  await run(() => Promise.reject(new Error('the row of log_progress is missing')));
  const { state, reason } = await verifications.newest();
  assert.equal([state, reason], ['could_not_check', 'the row of log_progress is missing']);
});

test('an outage is no result: the job is tried again and takes the same run up', async () => {
  const away = await run(() => Promise.reject(new StoreUnavailable('away'))).then(
    () => 'done',
    (error: unknown) => error,
  );
  assert.instance(away, StoreUnavailable);
  assert.is(await stateNow(), 'running');
  await run(() => Promise.resolve(GOOD));
  assert.equal((await database.db('verifications').select('state')).length, 1);
  assert.is(await stateNow(), 'passed');
});

test('while one runs, another job does not run it as well', async () => {
  const id = await verifications.begin('ops');
  assert.ok(await verifications.take(id, '1'));
  await run(() => Promise.reject(new Error('must not be called')), '2', { run: id });
  await run(() => Promise.reject(new Error('must not be called')), '3');
  assert.is(await stateNow(), 'running');
});

test('one whose process died is not running for ever', async () => {
  const id = await verifications.begin('ops');
  await verifications.take(id, '1');
  await letItFallSilent();
  const died = await verifications.newest();
  assert.equal([died.state, died.reason], ['could_not_check', 'the process that ran it has died']);
  assert.is((await verifications.health()).state, 'could_not_check');
  const next = await verifications.begin('ops');
  assert.is.not(next, id);
  assert.is(await verifications.tell(id, '1', { done: 1, total: 3 }), false, 'it learns that it was given up');
});

test('one that no worker has begun says so, and is run by the worker that comes late', async () => {
  const id = await verifications.begin('ops');
  await letItFallSilent();
  assert.is((await verifications.newest()).reason, 'no worker has begun it');
  await run(() => Promise.resolve(GOOD), '7', { run: id });
  assert.is(await stateNow(), 'passed');
});

test.run();
