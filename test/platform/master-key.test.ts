import { randomBytes } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openDataKeys } from '../../src/platform/data-keys.ts';
import { demandMasterKey, WrongMasterKey } from '../../src/platform/master-key.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';

const test = suite<{ database: TestDatabase }>('the master key of a database');
test.before.each(async (state) => void (state.database = await openTestDatabase()));
test.after.each(({ database }) => database.close());

const [right, wrong] = [randomBytes(32), randomBytes(32)];

const rejection = (attempt: Promise<void>): Promise<unknown> =>
  attempt.then(
    () => 'accepted',
    (error: unknown) => error,
  );

test('the first key is accepted, and no other after it, also when two come at once', async ({ database: { db } }) => {
  await Promise.all([1, 2, 3].map(() => demandMasterKey({ db, masterKey: right })));
  assert.instance(await rejection(demandMasterKey({ db, masterKey: wrong })), WrongMasterKey);
  await demandMasterKey({ db, masterKey: right });
});

test('a database from before the canary is known by its data keys', async ({ database: { db } }) => {
  await openDataKeys({ db, masterKey: right }).forSubject('c-1');
  assert.instance(await rejection(demandMasterKey({ db, masterKey: wrong })), WrongMasterKey);
  await demandMasterKey({ db, masterKey: right });
});

test.run();
