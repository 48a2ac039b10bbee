/**
 * Not a test: a worker in a process of its own, whose job never ends. `DATABASE_URL` says where, `LEASE_MS` for how long
 * others wait without a word of it. It ends with code 3 when it has lost its jobs.
 */
import { Type } from '@sinclair/typebox';
import { pino } from 'pino';
import { defineTask } from '../../src/jobs/task.ts';
import { startWorker } from '../../src/jobs/worker.ts';
import { sleep } from '../../src/platform/backoff.ts';
import { openDatabase } from '../../src/platform/database.ts';
import { createLease } from '../../src/platform/lease.ts';

const { DATABASE_URL: url = '', LEASE_MS: leaseMs = '' } = process.env;
const lease = createLease(Number(leaseMs));
const db = openDatabase({ url, mayAsk: lease.demand });
const { signal } = new AbortController();

const writeForEver = defineTask({
  name: 'slow',
  payload: Type.Object({}),
  run: async () => {
    for (;;) {
      await db('written').insert({ by: 'the frozen one' });
      await sleep(20, signal);
    }
  },
});

process.on('disconnect', () => process.exit());
await startWorker({
  db,
  url,
  lease,
  tasks: [writeForEver.bind(undefined)],
  crontab: '',
  log: pino({ level: 'silent' }),
  onFatal: () => process.exit(3),
});
process.send?.('started');
