// time limit: 180 s
import { randomBytes } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { demandMasterKey } from '../../src/platform/master-key.ts';
import { commandLine, type CommandLine, type Ended } from '../support/command-line.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary.ts';

const test = suite('what cannot be done is rejected');

let folder: TemporaryFolder;
let database: TestDatabase;
let waybill: CommandLine;

const SECRETS = {
  JWT_SECRET: randomBytes(32).toString('hex'),
  MASTER_KEY: randomBytes(32).toString('base64'),
  LOG_KEY: 'off',
};
/** Nothing listens there: it is reserved, and takes root. */
const NOWHERE = '127.0.0.1:1';

const onDatabase = (change: (url: URL) => void = () => undefined): NodeJS.ProcessEnv => {
  const url = new URL(database.url);
  change(url);
  return { ...SECRETS, DATABASE_URL: url.href };
};

test.before(async () => {
  folder = await temporaryFolder();
  database = await openTestDatabase();
  waybill = commandLine(folder.path, { DATA_DIR: folder.path, PORT: '0', LOG_LEVEL: 'error' });
});
test.after(async () => {
  await database.close();
  await folder.remove();
});

/** Said on standard error, a line a problem, and all is over. */
const rejects = (ended: Ended, ...lines: readonly RegExp[]): void => {
  assert.is(ended.code, 1);
  assert.is(ended.out, '');
  const said = ended.err.trimEnd().split('\n');
  assert.is(said.length, lines.length, ended.err);
  for (const [at, line] of lines.entries()) assert.match(said[at] ?? '', line);
  assert.equal(waybill.leftOver(), []);
};

test('a bad variable is named, with what came and what is expected', async () => {
  rejects(await waybill.run([], { PORT: 'abc' }), /^PORT is "abc"; expected a whole number from 0 to 65535$/);
});

test('several bad variables are all named at once, secrets without their value', async () => {
  const bad = { PORT: '70000', AUTH_MODE: 'maybe', MASTER_KEY: 'hunter2', TAX_RATE: '10%' };
  const ended = await waybill.run([], bad);
  rejects(ended, /^PORT is "70000"/, /^AUTH_MODE is "maybe"/, /^MASTER_KEY is .*not shown/, /^TAX_RATE is "10%"/);
  assert.not.match(ended.err, 'hunter2');
});

test('a service without tokens stays on loopback', async () => {
  const open = { ...SECRETS, AUTH_MODE: 'off', HOST: '0.0.0.0' };
  rejects(await waybill.run([], open), /^AUTH_MODE is "off".*expected jwt with HOST 0\.0\.0\.0/);
});

test('with a database of its own, secrets have to be given', async () => {
  const { DATABASE_URL } = onDatabase();
  rejects(
    await waybill.run([], { DATABASE_URL }),
    /^JWT_SECRET is not set; with DATABASE_URL it is required: at least 32/,
    /^MASTER_KEY is not set; with DATABASE_URL it is required: .*openssl/,
    /^LOG_KEY is not set; with DATABASE_URL it is required: .*openssl.*, or off$/,
  );
});

test('a PostgreSQL that is not there', async () => {
  const nowhere = onDatabase((url) => (url.host = NOWHERE));
  const line = /^PostgreSQL at 127\.0\.0\.1:1 cannot be reached: start it, or correct DATABASE_URL\.$/;
  rejects(await waybill.run([], nowhere), line);
  rejects(await waybill.run(['api'], nowhere), line);
  rejects(await waybill.run(['jobs', 'backfill'], nowhere), line);
});

test('a password that PostgreSQL does not take is not repeated', async () => {
  const ended = await waybill.run(
    [],
    onDatabase((url) => (url.password = 'hunter2')),
  );
  rejects(ended, /^PostgreSQL at \S+ rejects the user or password: correct DATABASE_URL\.$/);
  assert.not.match(ended.err, 'hunter2');
});

test('a database that does not exist', async () => {
  const missing = onDatabase((url) => (url.pathname = '/no_such_shop'));
  rejects(await waybill.run([], missing), /^The database that DATABASE_URL names does not exist at \S+: create it/);
});

test('an event store that is not there', async () => {
  const missing = { ...onDatabase(), EVENTSTORE_URL: `esdb://${NOWHERE}?tls=false` };
  rejects(
    await waybill.run(['start', 'api'], missing),
    /^The event store at 127\.0\.0\.1:1 cannot be reached.*EVENTSTORE_URL\.$/,
  );
});

test('a port that is taken', async () => {
  const { port } = new URL(database.url);
  rejects(
    await waybill.run(['start', 'api'], { ...onDatabase(), PORT: port }),
    new RegExp(`^Port ${port} on 127\\.0\\.0\\.1 is taken: stop the process that uses it, or set PORT to a free port`),
  );
});

test('an address of another machine', async () => {
  const elsewhere = { ...onDatabase(), HOST: '192.0.2.1' };
  rejects(await waybill.run(['api'], elsewhere), /^Cannot listen on 192\.0\.2\.1 port 0: set HOST to an address/);
});

test('a repair of a row that a read model cannot have', async () => {
  const ended = await waybill.run(['projections', 'repair', 'order_list', 'ORD-2026-000001'], onDatabase());
  rejects(ended, /^"ORD-2026-000001" is no row of order_list: expected a UUID in lower case, such as/);
});

const misused: readonly (readonly [words: readonly string[], line: RegExp])[] = [
  [['strat'], /^The command "strat" is not known\. Did you mean start\?\n\nUse: npm start/],
  [['start', 'apy'], /^The role "apy" is not known\. Did you mean api\?\n\nUse: start \[api\|projector\|worker/],
  [['token'], /^Use: token --role customer\|delivery_partner\|admin\|auditor/],
  [['token', '--role', 'king'], /^--role is "king"; expected one of customer, /],
  [
    ['token', '--role', 'admin', '--subject', 'x'],
    /^The option "--subject" is not known\. Did you mean --sub\?\n\nUse: token --role/,
  ],
  [['token', '--role', 'admin', '--expires', 'never'], /^--expires is "never"; expected a period such as 30m/],
  [
    ['projections', 'rebuild', 'nothing'],
    /^The read model "nothing" is not known\. Expected one of .*, all\.\n\nUse: proj/,
  ],
  [['projections'], /^Use: projections list/],
  [['keys', 'rotat'], /^The command "rotat" is not known\. Did you mean rotate\?/],
  [['shop'], /^Use: shop load <file\.json>/],
  [['shop', 'load', 'nowhere.json'], /^nowhere\.json cannot be read \(ENOENT\)/],
  [['jobs', 'refill'], /^The command "refill" is not known\. .*\n\nUse: jobs backfill\|clock\n$/],
];
for (const [words, line] of misused)
  test(`"${words.join(' ')}" says how to say it`, async () => {
    const ended = await waybill.run(words);
    assert.is(ended.code, 1);
    assert.is(ended.out, '');
    assert.match(ended.err, line);
    assert.not.match(ended.err, /^\s+at /m);
  });

test('"--help" lists the commands', async () => {
  const { code, out } = await waybill.run(['--help']);
  assert.is(code, 0);
  for (const word of ['start', 'token', 'demo', 'projections', 'jobs']) assert.match(out, word);
});

test('a database that was sealed with another MASTER_KEY is rejected, by npm start and by a role alone', async () => {
  await demandMasterKey({ db: database.db, masterKey: Buffer.from(SECRETS.MASTER_KEY, 'base64') });
  const other = { ...onDatabase(), MASTER_KEY: randomBytes(32).toString('base64') };
  const line = /was sealed with another MASTER_KEY: set that one, or restore secrets\.json/;
  rejects(await waybill.run([], other), line);
  rejects(await waybill.run(['api'], other), line);
});

test('a database of a newer release is rejected, and says so', async () => {
  const newer = { name: '9999-of-the-future.sql', batch: 99, migration_time: new Date() };
  await database.db('knex_migrations').insert(newer);
  rejects(
    await waybill.run([], onDatabase()),
    /belongs to a newer release \(migration 9999-of-the-future\.sql .*install that release, or restore the backup/,
  );
  await database.db('knex_migrations').where('name', newer.name).delete();
});

test.run();
