// time limit: 120 s
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { commandLine, type CommandLine } from '../support/command-line.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary.ts';
import { fixture } from '../imports/read.ts';

const test = suite('npm run import');

let folder: TemporaryFolder;
let database: TestDatabase;
let waybill: CommandLine;

test.before(async () => {
  folder = await temporaryFolder();
  database = await openTestDatabase();
  waybill = commandLine(folder.path, {
    DATA_DIR: folder.path,
    DATABASE_URL: database.url,
    JWT_SECRET: randomBytes(32).toString('hex'),
    MASTER_KEY: randomBytes(32).toString('base64'),
    LOG_KEY: 'off',
    LOG_LEVEL: 'error',
  });
});
test.after(async () => {
  await database.close();
  await folder.remove();
});

const countOf = async (where: string): Promise<number> => {
  const { rows } = await database.db.raw<{ rows: readonly { count: string }[] }>(`select count(*) from ${where}`);
  return Number(rows[0]?.count ?? 0);
};
const ordersIn = (): Promise<number> => countOf(`events where type = 'OrderPlaced'`);

test('a dry run says what would be imported, and writes nothing', async () => {
  const { code, out, err } = await waybill.run(['import', fixture('shopify.csv'), '--profile', 'shopify', '--dry-run']);
  assert.equal(
    [code, out, err],
    [0, '3 orders read, 3 can be imported: 0 errors, 0 warnings.\nNothing was written: this was a dry run.\n', ''],
  );
  assert.is(await ordersIn(), 0);
});

test('a file with nothing but its header is read, with a warning', async () => {
  const path = join(folder.path, 'header.csv');
  await writeFile(path, 'Name,Created at,Total,Lineitem quantity,Lineitem price\n');
  const { code, out, err } = await waybill.run(['import', path, '--profile', 'shopify', '--dry-run']);
  assert.equal([code, err], [0, '']);
  assert.match(
    out,
    'warning: line 1, Name: ""; expected rows below the header; the file has none\n' +
      '0 orders read, 0 can be imported: 0 errors, 1 warning.\n',
  );
});

test('orders are imported once, however often the file is', async () => {
  const words = ['import', fixture('shopify.csv'), '--profile', 'shopify'];
  const first = await waybill.run(words);
  assert.is(first.code, 0, first.err);
  assert.match(first.out, /^3 orders imported \(\d+ events in [\d.]+ s\)\.$/m);
  const events = await countOf('events');
  const again = await waybill.run(words);
  assert.is(again.code, 0, again.err);
  assert.match(again.out, /^0 orders imported .*; 3 were imported before\.$/m);
  assert.is(await countOf('events'), events);
  assert.is(await countOf(`events where metadata ->> 'imported' = 'true'`), events);
});

test('with an error nothing is written, and the exit code is 1', async () => {
  const before = await ordersIn();
  const { code, out } = await waybill.run([
    'import',
    fixture('own-shop.csv'),
    '--map',
    fixture('own-shop.map.yaml'),
    '--zone',
    'Europe/Berlin',
  ]);
  assert.is(code, 1);
  assert.match(out, /^error: line 6, Gesamt: "-99,00"; expected at most 0\.00/m);
  assert.match(out, /^Nothing was written\./m);
  assert.is(await ordersIn(), before);
});

test('with --skip-errors exactly the orders with errors are left out', async () => {
  const before = await ordersIn();
  const words = ['import', fixture('own-shop.csv'), '--map', fixture('own-shop.map.yaml'), '--zone', 'Europe/Berlin'];
  const { code, out, err } = await waybill.run([...words, '--skip-errors', '--json']);
  assert.is(code, 0, err);
  const lines = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly type: string });
  assert.equal(
    lines.map(({ type }) => type),
    ['finding', 'checked', 'imported'],
  );
  assert.is(await ordersIn(), before + 1);
});

test('what cannot be read is exit code 2, with one line that says why', async () => {
  const run = async (...words: readonly string[]) => {
    const { code, out, err } = await waybill.run(['import', ...words]);
    assert.equal([code, out], [2, ''], err);
    return err;
  };
  assert.match(
    await run(fixture('shopify.csv'), '--profile', 'etsy'),
    'The profile "etsy" is not known. Expected one of shopify, ',
  );
  assert.match(await run(fixture('amazon.tsv'), '--profile', 'shopify'), 'Is it the right profile?');
});

/** The advisory lock that holds an import. */
const HELD = 7;

/** Begins a command, and kills it while it waits for the event that comes after so many to be written. */
const killAfter = async (
  { db, url }: TestDatabase,
  { words, events }: { readonly words: readonly string[]; readonly events: number },
): Promise<void> => {
  await db.raw('create table held as select coalesce(max(position), 0) as position from events');
  await db.raw(`create function hold() returns trigger language plpgsql as $$ begin
    if new.position > (select position + ${events} from held) then perform pg_advisory_xact_lock_shared(${HELD}); end if;
    return new;
  end $$`);
  await db.raw('create trigger hold before insert on events for each row execute function hold()');
  const holder = await db.transaction();
  await holder.raw('select pg_advisory_xact_lock(?)', [HELD]);
  const begun = await waybill.begin(words, { DATABASE_URL: url });
  const waits = "select 1 from pg_locks where locktype = 'advisory' and objid = ? and not granted";
  await eventually('it waits', async () => {
    const { rows } = await db.raw<{ rows: readonly unknown[] }>(waits, [HELD]);
    return rows.length > 0;
  });
  begun.signal('SIGKILL');
  await begun.closed;
  await holder.rollback();
  await db.raw('drop trigger hold on events');
};

const manyOrders = (count: number): string =>
  [
    'Name,Email,Financial Status,Currency,Shipping,Taxes,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price',
    ...Array.from(
      { length: count },
      (_, n) => `M${n},c${n % 50}@customer.example,paid,EUR,0,0,20.00,2025-03-01 10:00:00 +0000,2,Mug,10.00`,
    ),
  ].join('\n');

test('an import that was killed goes on where it was, and writes nothing twice', async () => {
  const before = await ordersIn();
  const path = join(folder.path, 'many.csv');
  await writeFile(path, manyOrders(600));
  const words = ['import', path, '--profile', 'shopify'];
  // Two batches of 128 orders may be on their way at once, with five events an order.
  await killAfter(database, { words, events: 1_300 });
  const reached = (await ordersIn()) - before;
  assert.ok(reached > 100 && reached < 600, `it was killed in the middle, after ${reached} orders`);
  const { code, out, err } = await waybill.run([...words, '--resume']);
  assert.is(code, 0, err);
  assert.match(out, /orders imported/);
  assert.is((await ordersIn()) - before, 600);
  const again = await waybill.run([...words, '--resume']);
  assert.match(again.out, /^0 orders imported \(0 events .*\); 600 were imported before\.$/m);
  assert.is(await countOf('(select stream from events group by stream, revision having count(*) > 1) doubled'), 0);
});

test('a history whose import was killed goes on where it was, and comes out as it went in', async () => {
  const [source, target] = [await openTestDatabase(), await openTestDatabase()];
  try {
    const [seeded, copied] = [join(folder.path, 'seeded.ndjson'), join(folder.path, 'copied.ndjson')];
    const ok = async (database: TestDatabase, ...words: readonly string[]): Promise<string> => {
      const { code, out, err } = await waybill.run(words, { DATABASE_URL: database.url });
      assert.is(code, 0, err);
      return out;
    };
    await ok(source, 'seed', '--orders', '300', '--to', '2025-01-01');
    await ok(source, 'export', 'history', '--out', seeded);
    const words = ['import', seeded, '--profile', 'waybill'];
    await killAfter(target, { words, events: 100 });
    const { rows } = await target.db.raw<{ rows: readonly { readonly count: string }[] }>(
      "select count(*) from events where type = 'OrderPlaced'",
    );
    assert.ok(Number(rows[0]?.count) > 0 && Number(rows[0]?.count) < 300, 'it was killed in the middle');
    const out = await ok(target, ...words, '--resume');
    const told = out.match(
      /^warning: numbers of orders of 2024: the file goes up to (\S+), .*, and draws (\S+) next$/gm,
    );
    assert.is(told?.length, 2, 'by the check and with the result');
    await ok(target, 'export', 'history', '--out', copied);
    assert.ok((await readFile(copied)).equals(await readFile(seeded)), 'the copy is another history');
  } finally {
    await source.close();
    await target.close();
  }
});

test.run();
