// time limit: 120 s
import { randomBytes, randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openDataKeys } from '../../src/platform/data-keys.ts';
import { demandMasterKey, masterKeyId, moveCanary, WrongMasterKey } from '../../src/platform/master-key.ts';
import { rotateDataKeys, rotateSearchKey } from '../../src/platform/rotate-data-keys.ts';
import { openEndpoints, rewrapSecrets, webhookSecrets } from '../../src/webhooks/index.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';

import { startMain } from '../support/main-process.ts';
import { temporaryFolder } from '../support/temporary.ts';

const test = suite<{ database: TestDatabase }>('rotation of the master key');
test.before.each(async (state) => void (state.database = await openTestDatabase()));
test.after.each(({ database }) => database.close());

/** The keys of so many people, as they are before a rotation. */
const makeKeys = async (db: Knex, masterKey: Uint8Array, count: number): Promise<ReadonlyMap<string, Uint8Array>> => {
  await demandMasterKey({ db, masterKey });
  const keys = openDataKeys({ db, masterKey });
  const people = Array.from({ length: count }, (_, n) => `c-${n}`);
  const made = await Promise.all(people.map(async (person) => [person, (await keys.forSubject(person)).key] as const));
  return new Map(made);
};

/** That a process with this key alone finds the same keys as before. */
const assertSame = async (db: Knex, masterKey: Uint8Array, before: ReadonlyMap<string, Uint8Array>): Promise<void> => {
  await demandMasterKey({ db, masterKey });
  const keys = openDataKeys({ db, masterKey });
  await Promise.all(
    [...before].map(async ([person, key]) => assert.equal((await keys.forSubject(person)).key, key, person)),
  );
};

const isRejected = async (db: Knex, masterKey: Uint8Array): Promise<boolean> =>
  demandMasterKey({ db, masterKey }).then(
    () => false,
    (error: unknown) => error instanceof WrongMasterKey,
  );

test('after a rotation only the new key opens data keys, and the old one is rejected', async ({ database: { db } }) => {
  const [old, fresh] = [randomBytes(32), randomBytes(32)];
  const before = await makeKeys(db, old, 3);
  const search = await openDataKeys({ db, masterKey: old }).forSearch();
  const endpoints = openEndpoints(db, webhookSecrets(old));
  const hook = { id: randomUUID(), url: 'https://shop.example/hook', types: ['*'], description: null, position: 0n };
  await endpoints.create(hook, randomUUID());
  const secret = await endpoints.secretOf(hook.id);

  // Until all is rewrapped a process has both.
  const keys = { db, masterKey: fresh, previousMasterKey: old };
  await demandMasterKey(keys);
  const newcomer = await openDataKeys(keys).forSubject('c-new');
  assert.equal((await openDataKeys(keys).forSubject('c-1')).key, before.get('c-1'));

  const told: string[] = [];
  assert.is(await rotateDataKeys({ ...keys, onProgress: (n, of) => told.push(`${n} of ${of}`) }), 3);
  assert.equal(told, ['3 of 3']);
  await rotateSearchKey(keys);
  await rewrapSecrets(keys);
  assert.not.ok(await isRejected(db, old), 'the old key is accepted until everything is rewrapped');
  await moveCanary(keys);

  assert.ok(await isRejected(db, old));
  await assertSame(db, fresh, new Map([...before, ['c-new', newcomer.key]]));
  assert.equal(await openDataKeys({ db, masterKey: fresh }).forSearch(), search);
  assert.is(await openEndpoints(db, webhookSecrets(fresh)).secretOf(hook.id), secret);
  assert.is(await rotateDataKeys(keys), 0, 'a second rotation finds nothing to do');
});

test('a destroyed key stays destroyed, and a key that neither opens stops the rotation before the end', async ({
  database: { db },
}) => {
  const [old, fresh] = [randomBytes(32), randomBytes(32)];
  await makeKeys(db, old, 2);
  await db('data_keys').where({ subject: 'life-c-0' }).update({ wrapped: null });
  await rotateDataKeys({ db, masterKey: fresh, previousMasterKey: old });
  const row = await db<{ subject: string; wrapped: Buffer | null }>('data_keys').where({ subject: 'life-c-0' }).first();
  assert.is(row?.wrapped, null);
  const other = { db, masterKey: randomBytes(32), previousMasterKey: randomBytes(32) };
  const failed = await rotateDataKeys(other).then(
    () => 'rotated',
    () => 'stopped',
  );
  assert.is(failed, 'stopped');
});

test('the command, killed in the middle, goes on where it stopped', async ({ database: { db, url } }) => {
  const [old, fresh] = [randomBytes(32), randomBytes(32)];
  const folder = await temporaryFolder();
  const before = await makeKeys(db, old, 1_800);
  const run = () =>
    startMain(['keys', 'rotate'], {
      env: {
        ...process.env,
        DATABASE_URL: url,
        DATA_DIR: folder.path,
        JWT_SECRET: randomBytes(32).toString('hex'),
        MASTER_KEY: fresh.toString('base64'),
        MASTER_KEY_PREVIOUS: old.toString('base64'),
        LOG_KEY: 'off',
      },
    });
  const moved = async (): Promise<number> =>
    Number(
      (
        await db('data_keys')
          .where({ master_id: masterKeyId(fresh) })
          .count<{ count: string }[]>({ count: '*' })
      )[0]?.count,
    );

  // It waits for the last key, so that it is in the middle when it is killed.
  const holder = await db.transaction();
  await holder.raw('select from data_keys order by id desc limit 1 for update');
  const killed = await run();
  await eventually('three batches are rewrapped', async () => (await moved()) === 1_500, { within: 60_000 });
  killed.signal('SIGKILL');
  await killed.closed;
  await holder.rollback();
  assert.not.ok(await isRejected(db, old), 'the old key is not given up before the end');

  const second = await run();
  assert.is(await second.closed, 0, second.err());
  assert.match(second.out() + second.err(), '300 of 300 data keys rewrapped');
  assert.ok(await isRejected(db, old));
  await assertSame(db, fresh, before);
  await folder.remove();
});

test.run();
