import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError, loadConfig, type Config, type Environment } from '../../src/config/index.ts';
import { envExample } from '../../src/config/env-example.ts';
import { VARIABLES } from '../../src/config/variables.ts';
import { newSigningKey } from '../support/signing-key.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary.ts';

const test = suite('configuration');
const SECRET = 'a secret of thirty-two characters or more';
const MASTER_KEY = Buffer.alloc(32, 7).toString('base64');
/** Given where they are not the subject. */
const LOG_KEY = 'off';

let folder: TemporaryFolder;
const load = (environment: Environment = {}): Config => loadConfig({ DATA_DIR: folder.path, ...environment });

const problemsOf = (environment: Environment): readonly string[] => {
  try {
    load(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
};

test.before.each(async () => {
  folder = await temporaryFolder();
});
test.after.each(() => folder.remove());

test('an empty environment is the embedded default on loopback', () => {
  const config = load();
  assert.is(config.host, '127.0.0.1');
  assert.is(config.port, 8000);
  assert.is(config.databaseUrl, undefined);
  assert.is(config.orders.taxRate, '0.10');
  assert.is(config.secrets.masterKey.length, 32);
});

test('all problems are listed at once, with variable, value and what is expected', () => {
  assert.equal(problemsOf({ PORT: '99999', AUTH_MODE: 'maybe', TAX_RATE: '10%', BUSINESS_TIMEZONE: 'Mars/Base' }), [
    'PORT is "99999"; expected a whole number from 0 to 65535',
    'AUTH_MODE is "maybe"; expected jwt or off',
    'TAX_RATE is "10%"; expected a fraction from 0 to 1 with at most 6 decimals, such as 0.19',
    'BUSINESS_TIMEZONE is "Mars/Base"; expected an IANA time zone, such as Europe/Berlin',
  ]);
});

test('several event store nodes to discover are rejected in one line that holds no password', () => {
  const problems = problemsOf({ EVENTSTORE_URL: 'esdb+discover://ops:s3cret-w0rd@h1,h2,h3' });
  assert.is(problems.length, 1);
  assert.match(problems[0] ?? '', /^EVENTSTORE_URL .*esdb:\/\/host1:2113,host2:2113,host3:2113/);
  assert.not.match(problems[0] ?? '', /s3cret/);
  assert.equal(problemsOf({ EVENTSTORE_URL: 'esdb://h1:2113,h2:2113,h3:2113?tls=false' }), []);
});

test('two kinds of numbers cannot look alike', () => {
  assert.equal(problemsOf({ RETURN_ID_PREFIX: 'ORD' }), [
    'RETURN_ID_PREFIX is "ORD", which is already the prefix of another kind of number; expected a different prefix',
  ]);
});

test('the http gateway needs an address', () => {
  assert.equal(problemsOf({ PAYMENT_GATEWAY: 'http' }), [
    'PAYMENT_SERVICE_URL is not set; PAYMENT_GATEWAY=http needs the base URL of your payment service',
  ]);
});

const rejected: readonly (readonly [string, string])[] = [
  ['PORT', '8000.5'],
  ['PORT', '-1'],
  ['DATABASE_URL', 'mysql://localhost/shop'],
  ['EVENTSTORE_URL', 'http://localhost:2113'],
  ['LOG_LEVEL', 'INFO'],
  ['MASTER_KEY', 'c2hvcnQ='],
  ['LOG_KEY', Buffer.alloc(48, 7).toString('base64')],
  ['LOG_COSIGN_KEY', 'off'],
  ['LOG_ORIGIN', 'my log'],
  ['CORS_ORIGINS', 'https://shop.example/path'],
  ['MAX_BODY_BYTES', '9000000'],
  ['IDEMPOTENCY_HOURS', '0'],
  ['DEFAULT_CURRENCY', 'usd'],
  ['SHIPPING_FEE', '-5'],
  ['SHIPPING_FEES', 'JPY:500.5'],
  ['SHIPPING_FEES', 'JPY:500,JPY:600'],
  ['ORDER_ID_PREFIX', 'ord-'],
  ['ORDER_CANCELLATION_ALLOWED_STATUSES', 'pending,delivered'],
  ['ORDER_RETURN_ALLOWED_STATUSES', 'pending'],
  ['REQUIRE_FULL_ADDRESS', 'yes'],
];
for (const [name, value] of rejected)
  test(`${name}=${value} is rejected`, () => {
    const problems = problemsOf({ [name]: value });
    assert.is(problems.length, 1);
    assert.ok(problems[0]?.startsWith(`${name} is `), problems[0]);
  });

test('secrets are generated once, readable by their owner only', async () => {
  const first = load();
  assert.ok((first.secrets.jwtSecret ?? '').length >= 32);
  assert.equal(load().secrets, first.secrets);
  assert.is((await stat(join(folder.path, 'secrets.json'))).mode & 0o777, 0o600);
});

const inOwnFolder = async (work: (dataDir: string) => Promise<void>): Promise<void> => {
  const own = await temporaryFolder();
  await work(own.path);
  await own.remove();
};

test('secrets are never made anew beside data that was sealed with the old ones', () =>
  inOwnFolder(async (DATA_DIR) => {
    await mkdir(join(DATA_DIR, 'postgres'));
    await writeFile(join(DATA_DIR, 'postgres', 'PG_VERSION'), '17\n');
    const [problem = ''] = problemsOf({ DATA_DIR });
    assert.match(
      problem,
      /secrets\.json is missing, and .* has data .*; restore the file from your backup, or set MASTER_KEY$/,
    );
    assert.not((await readdir(DATA_DIR)).includes('secrets.json'));
  }));

test('keys of the log are not generated beside heads that lost keys have signed', () =>
  inOwnFolder(async (DATA_DIR) => {
    load({ DATA_DIR });
    await mkdir(join(DATA_DIR, 'heads'));
    await writeFile(join(DATA_DIR, 'heads', '3.checkpoint'), 'a head');
    load({ DATA_DIR });
    await rm(join(DATA_DIR, 'log-keys.json'));
    const [problem = ''] = problemsOf({ DATA_DIR });
    assert.match(problem, /log-keys\.json is missing, and .*heads has heads .*; restore the file from your backup/);
    assert.not((await readdir(DATA_DIR)).includes('log-keys.json'));
    await mkdir(join(DATA_DIR, 'log-keys.json'));
    assert.match(problemsOf({ DATA_DIR })[0] ?? '', /log-keys\.json is a folder; restore the file/);
  }));

test('the keys of the log are generated once, readable by their owner only, and turned off by a word', async () => {
  const { logKeys } = load().secrets;
  assert.is(logKeys?.sign.length, 48);
  assert.not.equal(logKeys?.sign, logKeys?.cosign);
  assert.equal(load().secrets.logKeys, logKeys);
  assert.is((await stat(join(folder.path, 'log-keys.json'))).mode & 0o777, 0o600);
  assert.is(load({ LOG_KEY: 'off' }).secrets.logKeys, undefined);
});

test('outside the embedded PostgreSQL both keys of the log are given, and differ', () => {
  const [sign, cosign] = [newSigningKey(), newSigningKey()];
  const given = { DATABASE_URL: 'postgres://db.example/shop', JWT_SECRET: SECRET, MASTER_KEY };
  const LOG_KEY = sign.toString('base64');
  assert.match(
    problemsOf({ ...given, LOG_KEY })[0] ?? '',
    /^LOG_COSIGN_KEY is not set; with DATABASE_URL it is required/,
  );
  assert.equal(problemsOf({ ...given, LOG_KEY, LOG_COSIGN_KEY: LOG_KEY }), [
    'LOG_COSIGN_KEY is the same key as LOG_KEY; expected another one',
  ]);
  const { secrets } = load({ ...given, LOG_KEY, LOG_COSIGN_KEY: cosign.toString('base64') });
  assert.equal(secrets.logKeys, { sign, cosign });
});

test('a truncated secrets.json is named, with the fix', () =>
  inOwnFolder(async (DATA_DIR) => {
    await writeFile(join(DATA_DIR, 'secrets.json'), '{"jwt_secret": "ab');
    assert.match(problemsOf({ DATA_DIR })[0] ?? '', /secrets\.json is not JSON.*; restore the file from your backup$/);
  }));

// Linux alone has a file system that takes no folders.
if (process.platform === 'linux')
  test('a DATA_DIR where no folder can be made is rejected, and not tried for ever', () => {
    assert.match(problemsOf({ DATA_DIR: '/proc/1/data' })[0] ?? '', /^DATA_DIR is ".*", where no folder can be made;/);
  });

test('a DATA_DIR that is a file is rejected', () =>
  inOwnFolder(async (folder) => {
    const DATA_DIR = join(folder, 'data');
    await writeFile(DATA_DIR, '');
    assert.match(problemsOf({ DATA_DIR })[0] ?? '', /^DATA_DIR is ".*", which is a file; expected a folder$/);
  }));

test('processes that start at once agree on the generated secrets', async () => {
  const url = new URL('../../src/config/index.ts', import.meta.url).href;
  const script = join(folder.path, 'print.mts');
  await writeFile(script, `import { loadConfig } from '${url}'; console.log(loadConfig().secrets.jwtSecret);`);
  const env = { PATH: process.env['PATH'], DATA_DIR: folder.path };
  const runs = Array.from({ length: 4 }, () =>
    promisify(execFile)(process.execPath, ['--import', 'tsx', script], { env, cwd: repository }),
  );
  const secrets = (await Promise.all(runs)).map(({ stdout }) => stdout.trim());
  assert.is(new Set(secrets).size, 1);
  assert.is(secrets[0], load().secrets.jwtSecret);
});

test('outside loopback and with another database, secrets must be given', () => {
  assert.equal(
    problemsOf({ HOST: '0.0.0.0' }).map((problem) => problem.split(';')[0]),
    ['JWT_SECRET is not set', 'MASTER_KEY is not set', 'LOG_KEY is not set'],
  );
  const databaseUrl = 'postgres://me:mine@db.example/shop';
  assert.is(problemsOf({ DATABASE_URL: databaseUrl }).length, 3);
  const config = load({ DATABASE_URL: databaseUrl, JWT_SECRET: SECRET, MASTER_KEY, LOG_KEY });
  assert.is(config.secrets.jwtSecret, SECRET);
  assert.equal(config.secrets.masterKey, Buffer.alloc(32, 7));
});

test('published keys take the place of a shared secret, and only come over a safe line', () => {
  const outside = { HOST: '0.0.0.0', DATABASE_URL: 'postgres://me:mine@db.example/shop', MASTER_KEY, LOG_KEY };
  const { secrets, auth } = load({ ...outside, JWT_JWKS_URL: 'https://login.example/keys' });
  assert.equal([secrets.jwtSecret, auth.jwksUrl], [undefined, 'https://login.example/keys']);
  assert.is(load({ JWT_JWKS_URL: 'http://[::1]:9/keys' }).auth.jwksUrl, 'http://[::1]:9/keys');
  for (const url of ['http://login.example/keys', 'file:///etc/keys', 'keys'])
    assert.match(problemsOf({ JWT_JWKS_URL: url })[0] ?? '', /^JWT_JWKS_URL is .*https:/);
});

test('beside an auth service only a secret that was given is held against tokens', () => {
  const AUTH_SERVICE_URL = 'http://auth.internal:3001';
  assert.is(load({ AUTH_SERVICE_URL }).secrets.jwtSecret, undefined);
  assert.is(load({ AUTH_SERVICE_URL, JWT_SECRET: SECRET }).secrets.jwtSecret, SECRET);
  assert.equal(problemsOf({ HOST: '0.0.0.0', MASTER_KEY, LOG_KEY, AUTH_SERVICE_URL }), []);
});

test('a service is not where machines get their credentials, and has none in its URL', () => {
  assert.is(load({ CART_SERVICE_URL: 'http://cart:8080/base' }).services.cart, 'http://cart:8080/base');
  for (const url of ['http://169.254.169.254/', 'http://[fe80::1]/', 'http://me:mine@cart:8080/', 'ftp://cart/'])
    assert.match(problemsOf({ CART_SERVICE_URL: url })[0] ?? '', /^CART_SERVICE_URL is .*without credentials/);
});

/** Where requests of ours go, as far as the configuration says. */
const OUTGOING = Object.keys(VARIABLES).filter((name) => /_URL$/.test(name) && !/^(DATABASE|EVENTSTORE)_/.test(name));

test('no configured URL leads to where machines get their credentials, or carries some', () => {
  assert.ok(OUTGOING.length >= 8, OUTGOING.join());
  for (const name of OUTGOING) {
    for (const url of [
      'http://169.254.169.254/latest/meta-data',
      'http://0xa9fea9fe/',
      'https://[fd00:ec2::254]/',
      'https://[fe80::1]/',
      'https://[::ffff:169.254.169.254]/',
      'https://me:secret@shop.example/',
      'https://0.0.0.0/',
      'file:///etc/passwd',
      'gopher://shop.example/',
      'https:shop.example',
      'shop.example',
    ]) {
      const [problem = 'accepted', ...others] = problemsOf({ [name]: url });
      assert.match(problem, new RegExp(`^${name} is .*expected a URL`), `${name}=${url}`);
      assert.is(others.length, 0);
      assert.not.match(problem, 'secret');
    }
    assert.equal(problemsOf({ [name]: 'https://10.0.0.5:8443/base' }), [], name);
  }
});

test('rates are limited as soon as others can reach it', () => {
  assert.equal(load().http.rateLimits, { read: 0, write: 0, export: 0, auth: 0 });
  assert.equal(load({ RATE_LIMIT_WRITE: '5' }).http.rateLimits, { read: 0, write: 5, export: 0, auth: 0 });
  const open = load({ HOST: '0.0.0.0', JWT_SECRET: SECRET, MASTER_KEY, LOG_KEY, RATE_LIMIT_READ: '0' });
  assert.equal(open.http.rateLimits, { read: 0, write: 1200, export: 10, auth: 60 });
});

test('a short secret is rejected and not shown', () => {
  const problems = problemsOf({ JWT_SECRET: 'hunter2', HOST: '0.0.0.0', MASTER_KEY, LOG_KEY });
  assert.equal(problems, ['JWT_SECRET is a value of 7 characters (not shown); expected at least 32 characters']);
});

test('tokens may be switched off on loopback only', () => {
  assert.is(load({ AUTH_MODE: 'off' }).auth.mode, 'off');
  assert.is(load({ AUTH_MODE: 'off', DATABASE_URL: 'postgres://db/shop', MASTER_KEY, LOG_KEY }).auth.mode, 'off');
  const problems = problemsOf({ AUTH_MODE: 'off', HOST: '0.0.0.0', JWT_SECRET: SECRET, MASTER_KEY, LOG_KEY });
  assert.is(problems.length, 1);
  assert.match(String(problems[0]), /^AUTH_MODE is "off"/);
});

test('messages come from an address, with a name or without, in quotes or not', () => {
  const from = (text: string) => load({ EMAIL_HOST: 'localhost', EMAIL_FROM: text }).mail.from;
  const address = 'orders@shop.example';
  assert.equal(from(address), { name: null, address });
  assert.equal(from(`<${address}>`), { name: null, address });
  assert.equal(from(`My Shop <${address}>`), { name: 'My Shop', address });
  assert.equal(from(`"Shop, the"  <${address}>`), { name: 'Shop, the', address });
  for (const bad of ['shop', `My "Shop <${address}>`, `a <b> <${address}>`, `${address}\nBcc: a@b.example`])
    assert.is(problemsOf({ EMAIL_HOST: 'localhost', EMAIL_FROM: bad }).length, 1, bad);
});

test('a shipping fee is rounded to the decimals of the currency, or has one of its own', () => {
  const { shippingFee } = load({ SHIPPING_FEE: '4.995', SHIPPING_FEES: 'JPY:500, KWD:1.500' }).orders;
  assert.equal(['USD', 'KRW', 'TND', 'JPY', 'KWD'].map(shippingFee), [500, 5, 4995, 500, 1500]);
});

test('an empty value counts as unset', () => {
  assert.is(load({ PORT: '', METRICS_TOKEN: ' ' }).http.metricsToken, undefined);
});

const repository = fileURLToPath(new URL('../../', import.meta.url));

test('.env is read, and the environment wins over it', async () => {
  const script = join(folder.path, 'print.mts');
  const url = new URL('../../src/config/index.ts', import.meta.url).href;
  await writeFile(
    script,
    `import { loadConfig } from '${url}'; const { port, host } = loadConfig(); console.log(host, port);`,
  );
  await writeFile(join(folder.path, '.env'), 'PORT=1234\nHOST=127.0.0.2\n');
  const env = { PATH: process.env['PATH'], DATA_DIR: folder.path, PORT: '4321' };
  const tsx = import.meta.resolve('tsx');
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', tsx, script], { env, cwd: folder.path });
  assert.is(stdout.trim(), '127.0.0.2 4321');
});

test('.env.example lists every variable as the table has it', async () => {
  const text = await readFile(new URL('../../.env.example', import.meta.url), 'utf8');
  assert.is(text, envExample(), 'run: node --import tsx scripts/env-example.ts');
  for (const name of Object.keys(VARIABLES)) assert.match(text, new RegExp(`^# ${name}=`, 'm'));
});

test.run();
