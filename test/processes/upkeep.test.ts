import * as assert from 'uvu/assert';
import { randomBytes, randomUUID } from 'node:crypto';
import { suite } from 'uvu';
import { createKeyStore } from '../../src/platform/idempotency-keys.ts';
import { deleteExpiredKeys, rebuildProjectionTask } from '../../src/processes/upkeep.ts';
import { orderList } from '../../src/projections/orders/index.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { openEventLog } from '../support/event-log.ts';
import { orderPlaced } from '../support/orders.ts';
import { rowsOf } from '../support/projection-spec.ts';

const test = suite('upkeep');
const job = { jobId: '1', attempt: 1 };
let database: TestDatabase;
test.before(async () => {
  database = await openTestDatabase();
});
test.after(() => database.close());

test('keys are forgotten once their hours are over, and not before; twice is once', async () => {
  const { db } = database;
  const keys = createKeyStore({ db, hours: 24 });
  const [old, young] = [randomBytes(32), randomBytes(32)];
  for (const key of [old, young]) await keys.claim({ key, request: randomBytes(32) });
  await db('idempotency_keys')
    .where({ key: old })
    .update({ created_at: db.raw(`now() - interval '24 hours 1 minute'`) });
  const forget = deleteExpiredKeys.bind({ deleteKeys: keys.deleteExpired });
  await forget.run({}, job);
  await forget.run({}, job);
  const left = await db<{ key: Buffer }>('idempotency_keys').select('key');
  assert.equal(
    left.map(({ key }) => key.toString('hex')),
    [young.toString('hex')],
  );
});

test('a read model is rebuilt by its name, as often as the job is delivered', async () => {
  const { db } = database;
  const eventLog = openEventLog();
  const order = randomUUID();
  await eventLog.append(order, [orderPlaced()]);
  const rebuild = rebuildProjectionTask.bind({ db, ...eventLog });
  for (const _ of ['once', 'again']) {
    await rebuild.run({ name: orderList.name }, job);
    assert.equal(
      (await rowsOf(db, orderList)).map(({ id }) => id),
      [order],
    );
  }
});

test('an unknown read model fails visibly, and so does a job that names none', async () => {
  const rebuild = rebuildProjectionTask.bind({ db: database.db, ...openEventLog() });
  const reasonOf = async (payload: unknown): Promise<string> => {
    try {
      await rebuild.run(payload, job);
      return 'it was done';
    } catch (error) {
      return String(error);
    }
  };
  assert.match(await reasonOf({ name: 'gone' }), /no projection is called gone/);
  assert.match(await reasonOf({}), /wrong shape/);
});

test.run();
