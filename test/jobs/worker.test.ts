// time limit: 180 s
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Type, type Static } from '@sinclair/typebox';
import type { Knex } from 'knex';
import { pino } from 'pino';
import pg from 'pg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dropJob, findJob, listJobs, queueHealth, retryJob } from '../../src/jobs/admin.ts';
import { releaseJobsOfDeadWorkers } from '../../src/jobs/worker-liveness.ts';
import { ManualInterventionRequired } from '../../src/jobs/manual-intervention-required.ts';
import { defineTask, type Task } from '../../src/jobs/task.ts';
import { TryAgainLater } from '../../src/jobs/try-again-later.ts';
import { startWorker, type Worker } from '../../src/jobs/worker.ts';
import { createLease, LeaseRanOut } from '../../src/platform/lease.ts';
import { enqueueJobs as enqueue } from '../../src/jobs/queue.ts';
import { programArgs } from '../support/compiled.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { openTcpProxy } from '../support/tcp-proxy.ts';

const test = suite<{ database: TestDatabase; workers: Worker[] }>('worker');
test.before.each(async (state) => {
  state.database = await openTestDatabase();
  state.workers = [];
});
test.after.each(async ({ database, workers }) => {
  for (const worker of workers) await worker.stop();
  await database.close();
});

/** A fifth of what it is outside of tests. */
const LEASE_MS = 2_000;

const start = async (
  { database: { db, url }, workers }: { database: TestDatabase; workers: Worker[] },
  tasks: readonly Task[],
  onFatal: (error: unknown) => void = (error) => {
    throw error;
  },
  log = pino({ level: 'silent' }),
): Promise<Worker> => {
  const how = { db, url, lease: createLease(LEASE_MS), crontab: '', log };
  const worker = await startWorker({ ...how, tasks, onFatal });
  workers.push(worker);
  return worker;
};

const resolved = (_: unknown): Promise<void> => Promise.resolve();
const order = { order_id: 'o-1' };
const payload = Type.Object({ order_id: Type.String() });

const task = (name: string, run: (about: Static<typeof payload>) => Promise<unknown>): Task =>
  defineTask({ name, payload, run }).bind(undefined);

/** This test runs tasks of its own. */
const enqueueJobs = enqueue<Record<'note' | 'fragile' | 'ask' | 'slow', object>>;

test('a job is done once and then gone', async (state) => {
  const done: string[] = [];
  await start(state, [task('note', ({ order_id }) => resolved(done.push(order_id)))]);
  await enqueueJobs(state.database.db, [{ task: 'note', payload: order, key: 'note:o-1' }]);
  await eventually('the job is gone', async () => (await listJobs(state.database.db, { limit: 10 })).length === 0);
  assert.equal(done, ['o-1']);
});

test('a failing job says why, waits longer each time, and is retried by hand', async (state) => {
  const { db } = state.database;
  let broken = true;
  await start(state, [
    task('fragile', () => (broken ? Promise.reject(new Error('the printer is out of paper')) : Promise.resolve())),
  ]);
  await enqueueJobs(db, [{ task: 'fragile', payload: order, key: 'fragile:o-1' }]);
  const failedAfter = (attempts: number) =>
    eventually(`it failed for the ${attempts}. time`, async () =>
      (await listJobs(db, { state: 'failed', limit: 10 })).find((job) => job.attempts === attempts),
    );
  const first = await failedAfter(1);
  assert.ok(Date.parse(first.next_try_at ?? '') > Date.now() + 500, 'the first delay is longer than half a second');
  await db.raw('update graphile_worker._private_jobs set run_at = now()'); // time flies
  const failed = await failedAfter(2);
  assert.match(failed.reason ?? '', /out of paper/);
  assert.is(failed.task, 'fragile');
  assert.ok(Date.parse(failed.next_try_at ?? '') > Date.now() + 2_000, 'the second delay is longer than two seconds');
  assert.is((await queueHealth(db)).failed, 1);
  broken = false;
  assert.ok(await retryJob(db, failed.id));
  await eventually('it is done', async () => (await findJob(db, failed.id)) === undefined);
});

test('a parked job is not tried again by itself, shows why, and is retried by hand', async (state) => {
  const { db } = state.database;
  let tries = 0;
  const settle = () =>
    tries++ === 0 ? Promise.reject(new ManualInterventionRequired('the outcome is unknown')) : Promise.resolve();
  await start(state, [task('ask', settle)]);
  await enqueueJobs(db, [{ task: 'ask', payload: order, key: 'ask:o-1' }]);
  const parked = await eventually('it is parked', async () => (await listJobs(db, { state: 'failed', limit: 10 }))[0]);
  assert.equal([parked.reason, parked.next_try_at], ['the outcome is unknown', null]);
  assert.ok(await retryJob(db, parked.id));
  await eventually('it is done', async () => (await findJob(db, parked.id)) === undefined);
  assert.is(tries, 2);

  tries = 0;
  await enqueueJobs(db, [{ task: 'ask', payload: order, key: 'ask:o-2' }]);
  await eventually('another is parked', async () => (await listJobs(db, { state: 'failed', limit: 10 })).length === 1);
  await dropJob(db, 'ask:o-2');
  assert.equal(await listJobs(db, { limit: 10 }), [], 'settled without it, it is taken away');
});

test('a job whose turn has not come is tried again, without a warning', async (state) => {
  const { db } = state.database;
  const lines: string[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
  let tries = 0;
  const settle = () =>
    tries++ === 0 ? Promise.reject(new TryAgainLater('another process is settling')) : Promise.resolve();
  await start(state, [task('ask', settle)], undefined, log);
  await enqueueJobs(db, [{ task: 'ask', payload: order, key: 'ask:o-3' }]);
  const [failed] = await eventually('it waits', async () => {
    const jobs = await listJobs(db, { state: 'failed', limit: 10 });
    return jobs.length > 0 && jobs;
  });
  assert.match(failed?.reason ?? '', /another process is settling/);
  await db.raw('update graphile_worker._private_jobs set run_at = now()'); // time flies
  await eventually('it is done', () => Promise.resolve(tries === 2));
  assert.equal(
    lines.map((line) => {
      const { level, reason, err } = JSON.parse(line) as Record<string, unknown>;
      return [level, reason, err];
    }),
    [[30, 'another process is settling', undefined]],
  );
});

test('a job whose payload has the wrong shape fails visibly', async (state) => {
  await start(state, [task('note', () => Promise.resolve())]);
  await enqueueJobs(state.database.db, [{ task: 'note', payload: { wrong: 'x' }, key: 'note:wrong' }]);
  const [failed] = await eventually('it failed', async () => {
    const jobs = await listJobs(state.database.db, { state: 'failed', limit: 10 });
    return jobs.length > 0 && jobs;
  });
  assert.match(failed?.reason ?? '', /wrong shape/);
});

test('a dead worker’s job is taken over by the next that starts, a living one’s is left alone', async (state) => {
  const { db, url } = state.database;
  await enqueueJobs(db, [
    { task: 'note', payload: order, key: 'held by the dead' },
    { task: 'note', payload: order, key: 'held by the living' },
  ]);
  const hold = (key: string, worker: string) =>
    db.raw(`update graphile_worker._private_jobs set locked_at = now(), locked_by = ?, attempts = 1 where key = ?`, [
      worker,
      key,
    ]);
  await hold('held by the dead', 'dead-worker');
  await hold('held by the living', 'living-worker');
  const living = new pg.Client({ connectionString: url });
  await living.connect();
  await living.query('select pg_advisory_lock(4711)');
  await db('job_workers').insert([
    { process_id: '00000000-0000-4000-8000-000000000001', lock_key: 815, worker_ids: ['dead-worker'] },
    { process_id: '00000000-0000-4000-8000-000000000002', lock_key: 4711, worker_ids: ['living-worker'] },
  ]);
  let done = 0;
  await start(state, [task('note', () => resolved(done++))]);
  await eventually('the dead worker’s job is done', () => done === 1, { within: 2_000 });
  await releaseJobsOfDeadWorkers(db);
  const [left] = await listJobs(db, { limit: 10 });
  assert.is(left?.key, 'held by the living');
  assert.is(left?.state, 'running');

  await living.end();
  await eventually('once it dies too, its job is done as well', () => done === 2, { within: 10_000 });
});

/** As if it had been held for longer than any worker needs to make itself known. */
const heldForLong = (db: Knex) =>
  db.raw(`update graphile_worker._private_jobs set locked_at = now() - interval '1 hour' where locked_by is not null`);

test('a job that takes long is left to its living worker', async (state) => {
  const { db } = state.database;
  let begun = 0;
  let finish = (): void => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  await start(state, [task('slow', () => (begun++, finished))]);
  await enqueueJobs(db, [{ task: 'slow', payload: order, key: 'slow:o-1' }]);
  await eventually('it runs', () => begun === 1);
  await heldForLong(db);
  await releaseJobsOfDeadWorkers(db);
  const [left] = await listJobs(db, { limit: 10 });
  finish();
  assert.is(left?.state, 'running');
  await eventually('it is gone', async () => (await listJobs(db, { limit: 10 })).length === 0);
  assert.is(begun, 1);
});

test('a job asked for again while a worker that then dies has it leaves nothing behind', async ({
  database: { db },
}) => {
  const job = { task: 'note', payload: order, key: 'note:o-1' } as const;
  await enqueueJobs(db, [job]);
  await db.raw(`update graphile_worker._private_jobs set locked_at = now(), locked_by = 'dead-worker', attempts = 1`);
  await enqueueJobs(db, [job]);
  assert.is((await listJobs(db, { limit: 10 })).length, 2);
  await heldForLong(db);
  await releaseJobsOfDeadWorkers(db);
  const left = await listJobs(db, { limit: 10 });
  assert.equal(
    left.map(({ key, state }) => [key, state]),
    [['note:o-1', 'waiting']],
    'the second does it',
  );
});

test('a worker that loses its own session says so, instead of working on unseen', async (state) => {
  const lost: unknown[] = [];
  await start(state, [task('note', () => Promise.resolve())], (error) => void lost.push(error));
  await state.database.db.raw(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where application_name = 'waybill-worker-presence' and datname = current_database()`,
  );
  await eventually('the loss is reported', () => lost.length > 0);
});

test('a job that ends after the lease has run out is not settled: it is another worker’s by then', async (state) => {
  const { db, url } = state.database;
  let hasRunOut = false;
  const lease = {
    ...createLease(LEASE_MS),
    demand: () => {
      if (hasRunOut) throw new LeaseRanOut('for this test');
    },
  };
  const lost: unknown[] = [];
  const endLate = task('note', () => resolved((hasRunOut = true)));
  const onFatal = (error: unknown): void => void lost.push(error);
  state.workers.push(
    await startWorker({ db, url, lease, tasks: [endLate], crontab: '', log: pino({ level: 'silent' }), onFatal }),
  );
  await enqueueJobs(db, [{ task: 'note', payload: order, key: 'note:o-1' }]);
  await eventually('the worker says that it cannot settle the job', () => lost.length > 0);
  assert.instance(lost[0], LeaseRanOut);
  assert.equal(
    (await listJobs(db, { limit: 10 })).map(({ key, state: is }) => [key, is]),
    [['note:o-1', 'running']],
  );
  hasRunOut = false;
});

test('a connection that is lost while a job is being completed is reported, and the job is done again', async (state) => {
  const { db } = state.database;
  const holder = await db.transaction();
  let done = 0;
  const complete = task('note', async () => {
    done++;
    if (done === 1) await holder.raw('select from graphile_worker._private_jobs for update'); // its deletion waits
  });
  const lost: unknown[] = [];
  const worker = await start(state, [complete], (error) => void lost.push(error));
  await enqueueJobs(db, [{ task: 'note', payload: order, key: 'note:o-1' }]);
  await eventually('its completion is cut off', async () => {
    const { rows } = await db.raw<{ rows: object[] }>(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where application_name = 'waybill-jobs' and datname = current_database() and wait_event_type = 'Lock'`,
    );
    return rows.length > 0;
  });
  await eventually('the loss is reported', () => lost.length > 0);
  await holder.rollback();
  await worker.stop();
  state.workers.length = 0;
  await start(state, [complete]);
  await eventually('the job is done again, and gone', async () => {
    return done === 2 && (await listJobs(db, { limit: 10 })).length === 0;
  });
});

/** A worker in a process of its own, which has a job that writes all the time. */
const startChild = async ({ database: { db } }: { database: TestDatabase }, url: string) => {
  await db.raw('create table written (by text)');
  const child = spawn(process.execPath, programArgs(new URL('./worker-process.ts', import.meta.url)), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, DATABASE_URL: url, LEASE_MS: String(LEASE_MS) },
  });
  const exited = once(child, 'exit');
  await once(child, 'message');
  const written = async () => (await db<{ by: string }>('written').select()).length;
  await enqueueJobs(db, [{ task: 'slow', payload: order, key: 'slow:o-1' }]);
  await eventually('it writes', async () => (await written()) > 2);
  return { child, exitCode: async () => (await exited)[0] as unknown, written };
};

/** Another worker does the job once the first has lost it. */
const isTakenOver = async (state: { database: TestDatabase; workers: Worker[] }): Promise<void> => {
  let done = 0;
  await start(state, [task('slow', () => resolved(done++))]);
  await eventually('another does its job', () => done === 1, { within: LEASE_MS + 8_000 });
};

test('a worker whose machine vanishes without a word gives its jobs to the others when its lease is over', async (state) => {
  const url = new URL(state.database.url);
  const proxy = await openTcpProxy(Number(url.port));
  url.port = String(proxy.port);
  const { exitCode } = await startChild(state, url.href);
  proxy.mode('frozen');
  await isTakenOver(state);
  assert.is(await exitCode(), 3, 'it knows that it has lost them');
  await proxy.close();
});

test('a worker that is frozen loses its jobs, and writes nothing more when it wakes up', async (state) => {
  const { child, written, exitCode } = await startChild(state, state.database.url);
  child.kill('SIGSTOP');
  await isTakenOver(state);
  const before = await written();
  child.kill('SIGCONT');
  assert.is(await exitCode(), 3, 'it ends, so that it is started anew');
  assert.is(await written(), before);
});

test.run();
