import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openTestDatabase } from './database.ts';

const test = suite('test database');

const tables = `select count(*)::int as n from information_schema.tables where table_name = 'knex_migrations'`;

test('each database is migrated, separate, and gone when closed', async () => {
  const [one, two] = await Promise.all([openTestDatabase(), openTestDatabase()]);
  const migrated = await two.db.raw<{ rows: readonly { n: number }[] }>(tables);
  assert.equal(migrated.rows, [{ n: 1 }]);
  await one.db.raw('create table mine ()');
  assert.not(await two.db.schema.hasTable('mine'));
  const name = new URL(one.url).pathname.slice(1);
  await one.close();
  const left = await two.db('pg_database').where({ datname: name });
  assert.equal(left, []);
  await two.close();
});

test.run();
