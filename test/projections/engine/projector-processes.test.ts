import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openPostgresEventStore } from '../../../src/event-store/postgres/index.ts';
import { openDataKeys } from '../../../src/platform/data-keys.ts';
import { sleep } from '../../../src/platform/backoff.ts';
import { rebuildProjection } from '../../../src/projections/engine/index.ts';
import { orderList } from '../../../src/projections/orders/index.ts';
import { programArgs } from '../../support/compiled.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';
import { openEventLog, type EventLog } from '../../support/event-log.ts';
import { confirmed, started } from '../../support/order-events.ts';
import { orderPlaced } from '../../support/orders.ts';
import { countersOf, rowsOf } from '../../support/projection-spec.ts';
import { hasReached } from '../../support/projectors.ts';

const test = suite('projector processes');
const masterKey = randomBytes(32);
let database: TestDatabase;
let eventLog: EventLog;

test.before(async () => {
  database = await openTestDatabase();
  const { url, db } = database;
  eventLog = openEventLog(openPostgresEventStore({ url }), openDataKeys({ db, masterKey }));
});
test.after(async () => {
  await eventLog.store.close();
  await database.close();
});

const startProcess = async (): Promise<ChildProcess> => {
  const program = programArgs(new URL('./projector-process.ts', import.meta.url));
  const env = { ...process.env, DATABASE_URL: database.url, MASTER_KEY: masterKey.toString('base64') };
  const child = spawn(process.execPath, program, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], env });
  await once(child, 'message');
  return child;
};

const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
};

test('if a projector is killed or paused, another takes over at once and every event is handled once', async () => {
  const { db } = database;
  let children = await Promise.all([startProcess(), startProcess()]);
  let placed = 0;
  const place = async (): Promise<bigint> => {
    placed += 1;
    return eventLog.append(randomUUID(), [orderPlaced(), confirmed, started]);
  };
  try {
    for (let round = 0; round < 6; round++) {
      const [victim, other] = round % 2 === 0 ? children : children.toReversed();
      if (victim === undefined || other === undefined) throw new Error('there are two');
      const placing = (async () => {
        for (let index = 0; index < 15; index++) await place();
      })();
      await sleep(Math.random() * 60); // anywhere in its work
      const isPaused = round < 4;
      victim.kill(isPaused ? 'SIGSTOP' : 'SIGKILL');
      await placing;
      await hasReached(db, orderList, await place(), 3_000);
      if (isPaused) victim.kill('SIGCONT');
      else children = [other, await startProcess()];
    }
    await hasReached(db, orderList, await place());
  } finally {
    await Promise.all(children.map(end));
  }
  const rows = await rowsOf(db, orderList);
  assert.is(rows.length, placed);
  assert.equal(await countersOf(db, orderList), {
    all: placed,
    'customer:c-1': placed,
    'status:processing': placed,
    'payment_status:unpaid': placed,
    'refund_status:none': placed,
  });
  await rebuildProjection(orderList, { db, ...eventLog });
  assert.equal(await rowsOf(db, orderList), rows, 'rows are those of a fold from the first event');
});

test.run();
