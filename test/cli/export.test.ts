// time limit: 120 s
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { commandLine, type CommandLine } from '../support/command-line.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary.ts';

const test = suite('npm run seed, export and import of a history');

let folder: TemporaryFolder;
const databases: TestDatabase[] = [];
let first: CommandLine;
let second: CommandLine;

const openShop = async (): Promise<CommandLine> => {
  const database = await openTestDatabase();
  databases.push(database);
  return commandLine(folder.path, {
    DATA_DIR: folder.path,
    DATABASE_URL: database.url,
    JWT_SECRET: randomBytes(32).toString('hex'),
    MASTER_KEY: randomBytes(32).toString('base64'),
    LOG_KEY: 'off',
    LOG_LEVEL: 'error',
  });
};

test.before(async () => {
  folder = await temporaryFolder();
  [first, second] = [await openShop(), await openShop()];
});
test.after(async () => {
  for (const database of databases) await database.close();
  await folder.remove();
});

test('a seeded shop is exported and imported, whether Waybill runs or not', async () => {
  const seeded = await first.run(['seed', '--orders', '30', '--seed', '7']);
  assert.is(seeded.code, 0, seeded.err);
  assert.match(seeded.out, /^30 orders written \(\d+ events in [\d.]+ s, \d+ a second\)\.$/m);

  const path = join(folder.path, 'history.ndjson');
  const exported = await first.run(['export', 'history', '--format', 'ndjson', '--out', path]);
  assert.is(exported.code, 0, exported.err);
  assert.match(exported.out, /^30 orders written to .*history\.ndjson, as of position \d+, in [\d.]+ s\.$/m);

  const [number = ''] = /ORD-\d{4}-\d{6}/.exec(await readFile(path, 'utf8')) ?? [];
  const repaired = await first.run(['projections', 'repair', 'order_list', number]);
  assert.match(repaired.out, 'order_list: repaired 0 rows', repaired.err);

  const sales = join(folder.path, 'sales.csv');
  const asked = ['--from', '2024-01-01', '--to', '2025-12-31', '--interval', 'month', '--decimal', ','];
  const reported = await first.run(['export', 'analytics/sales', ...asked, '--out', sales]);
  assert.is(reported.code, 0, reported.err);
  const [head = '', ...rows] = (await readFile(sales, 'utf8')).trimEnd().split('\r\n');
  const orders = head.split(';').indexOf('orders');
  assert.is(
    rows.reduce((sum, row) => sum + Number(row.split(';')[orders]), 0),
    30,
  );

  const imported = await second.run(['import', path, '--profile', 'waybill']);
  assert.is(imported.code, 0, imported.err);
  assert.match(imported.out, /^30 orders read, 30 can be imported: 0 errors, 0 warnings\.$/m);
  assert.match(imported.out, /^30 orders imported/m);

  const again = join(folder.path, 'again.ndjson');
  assert.is((await second.run(['export', 'history', '--out', again])).code, 0);
  assert.is(await readFile(again, 'utf8'), await readFile(path, 'utf8'));
});

test('a rejected command says why in one line, with exit code 2', async () => {
  const says = async (shop: CommandLine, words: readonly string[], expected: string | RegExp, code = 2) => {
    const ended = await shop.run(words);
    assert.is(ended.code, code, ended.err);
    assert.match(ended.err, expected);
  };
  await says(first, ['export', 'everything', '--out', 'x'], 'The table or report "everything" is not known.');
  await says(first, ['export', 'orders', '--out', folder.path], 'is a folder. Name a file to write.');
  const nowhere = join(folder.path, 'no', 'such.ndjson');
  await says(first, ['export', 'history', '--out', nowhere], 'cannot be written. Is its folder there');
  await says(first, ['import', join(folder.path, 'nothing'), '--profile', 'waybill'], 'cannot be opened');
  await says(first, ['seed', '--orders', '0'], '--orders is "0"; expected a number from 1', 1);
  await says(first, ['seed', '--orders', '9', '--from', '2999-01-01'], 'would reach into the future', 1);
});

test.run();
