import { execFile } from 'node:child_process';
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { programArgs } from './support/compiled.ts';
import { temporaryFolder, type TemporaryFolder } from './support/temporary.ts';

const repository = fileURLToPath(new URL('../', import.meta.url));
const test = suite('architecture');

type Finding = { readonly from: string; readonly rule: { readonly name: string } };

/** Rule → a planted file and the one import with which it breaks the rule. */
const PLANTED: Readonly<Record<string, readonly [file: string, source: string]>> = {
  'domain-imports-only-what-it-may': ['src/domain/planted.ts', `import '../commands/handle.ts';`],
  'domain-is-pure': ['src/domain/clock.ts', `import 'node:fs';`],
  'event-store-imports-only-what-it-may': ['src/event-store/planted.ts', `import '../projections/registry.ts';`],
  'event-store-imports-only-types': ['src/event-store/rule.ts', `import { decide } from '../domain/decide.ts';`],
  'commands-imports-only-what-it-may': ['src/commands/planted.ts', `import '../event-store/postgres/index.ts';`],
  'commands-imports-only-types': ['src/commands/waiting.ts', `import { wait } from '../platform/clock.ts';`],
  'projections-imports-only-what-it-may': ['src/projections/planted.ts', `import '../commands/handle.ts';`],
  'numbers-imports-only-what-it-may': ['src/numbers/planted.ts', `import '../commands/handle.ts';`],
  'rooms-know-read-models-by-their-index': ['src/http/rows.ts', `import '../projections/orders/rows.ts';`],
  'read-models-meet-at-their-index': ['src/projections/search/planted.ts', `import '../orders/rows.ts';`],
  'projection-engine-knows-no-read-model': ['src/projections/engine/planted.ts', `import '../orders/index.ts';`],
  'processes-imports-only-what-it-may': ['src/processes/planted.ts', `import '../http/app.ts';`],
  'jobs-imports-only-what-it-may': ['src/jobs/planted.ts', `import '../processes/charging.ts';`],
  'jobs-imports-only-types': ['src/jobs/rule.ts', `import { decide } from '../domain/decide.ts';`],
  'checkout-imports-only-what-it-may': ['src/checkout/planted.ts', `import '../projections/registry.ts';`],
  'delivery-imports-only-what-it-may': ['src/delivery/planted.ts', `import '../commands/handle.ts';`],
  'imports-imports-only-what-it-may': ['src/imports/planted.ts', `import '../projections/registry.ts';`],
  'exports-imports-only-what-it-may': ['src/exports/planted.ts', `import '../commands/handle.ts';`],
  'privacy-imports-only-what-it-may': ['src/privacy/planted.ts', `import '../http/app.ts';`],
  'reports-imports-only-what-it-may': ['src/reports/planted.ts', `import '../commands/handle.ts';`],
  'seed-imports-only-what-it-may': ['src/seed/planted.ts', `import '../projections/registry.ts';`],
  'notifications-imports-only-what-it-may': ['src/notifications/planted.ts', `import '../projections/registry.ts';`],
  'webhooks-imports-only-what-it-may': ['src/webhooks/planted.ts', `import '../domain/decide.ts';`],
  'documents-imports-only-what-it-may': ['src/documents/planted.ts', `import '../projections/registry.ts';`],
  'documents-imports-only-types': ['src/documents/command.ts', `import { handle } from '../commands/handle.ts';`],
  'gateways-imports-only-what-it-may': ['src/gateways/planted.ts', `import '../projections/registry.ts';`],
  'gateways-imports-only-types': ['src/gateways/rule.ts', `import { decide } from '../domain/decide.ts';`],
  'http-imports-only-what-it-may': ['src/http/planted.ts', `import '../event-store/postgres/index.ts';`],
  'platform-imports-only-what-it-may': ['src/platform/planted.ts', `import '../domain/decide.ts';`],
  'audit-imports-only-what-it-may': ['src/audit/planted.ts', `import '../projections/registry.ts';`],
  'config-imports-only-what-it-may': ['src/config/planted.ts', `import '../platform/clock.ts';`],
  'event-store-client-stays-behind-the-port': ['src/http/client.ts', `import '@eventstore/db-client';`],
  'sql-stays-in-the-postgres-adapter': ['src/event-store/sql.ts', `import type { Pool } from 'pg';`],
  'commands-and-documents-touch-no-database': ['src/commands/sql.ts', `import type { Knex } from 'knex';`],
  'no-sql-in-http': ['src/http/sql.ts', `import type { Knex } from 'knex';`],
  'koa-stays-in-http': ['src/jobs/web.ts', `import 'koa';`],
  'pdf-stays-in-documents': ['src/jobs/draw.ts', `import 'pdf-lib';`],
  'job-queue-stays-in-jobs': ['src/processes/queue.ts', `import 'graphile-worker';`],
  'main-is-imported-by-no-file': ['src/http/main.ts', `import '../main.ts';`],
  'only-main-imports-cli': ['src/http/demo.ts', `import '../cli/demo.ts';`],
  'sources-need-no-tests': ['src/platform/shortcut.ts', `import '../../test/fixture.ts';`],
  'sources-need-no-dev-dependency': ['src/http/load.ts', `import 'autocannon';`],
  'imports-lead-somewhere': ['src/http/lost.ts', `import './nowhere.ts';`],
  'no-circles': ['src/jobs/circle.ts', `import { two } from './round.ts';\nexport const one = (): unknown => two;`],
};

const { forbidden } = createRequire(import.meta.url)('../.dependency-cruiser.cjs') as {
  forbidden: readonly { name: string }[];
};

/** A violation for each room that is entered by its index: main imports any other file of it. */
const ENTERED: Readonly<Record<string, readonly [file: string, source: string]>> = Object.fromEntries(
  forbidden.flatMap(({ name }) => {
    const room = name.endsWith('-is-entered-by-its-index') ? name.slice(0, -'-is-entered-by-its-index'.length) : '';
    return room === '' ? [] : [[name, [`src/enters-${room.replace('/', '-')}.ts`, `import './${room}/inside.ts';`]]];
  }),
);

/** What planted files import: allowed for no room or for every room, as the rules say. */
const TARGETS: Readonly<Record<string, string>> = {
  'src/main.ts': '',
  'src/cli/demo.ts': '',
  'src/commands/index.ts': '',
  'src/commands/handle.ts': `export const handle = 1;`,
  'src/domain/decide.ts': `export const decide = 1;\nexport type Order = number;`,
  'src/event-store/port.ts': '',
  'src/event-store/postgres/index.ts': '',
  'src/http/app.ts': '',
  'src/jobs/worker.ts': '',
  'src/jobs/round.ts': `import { one } from './circle.ts';\nexport const two = (): unknown => one;`,
  'src/platform/clock.ts': `export const wait = 1;`,
  'src/processes/charging.ts': '',
  'src/projections/orders/index.ts': '',
  'src/projections/orders/rows.ts': '',
  'src/projections/registry.ts': '',
  'test/fixture.ts': '',
};

/** Imports that look alike and are allowed: a rule that fires on them is as wrong as one that never fires. */
const ALLOWED: Readonly<Record<string, string>> = {
  'src/domain/fine.ts': `import { match } from 'ts-pattern';\nexport const fine = match;`,
  'src/event-store/fine.ts': `import type { Order } from '../domain/decide.ts';\nexport type Fine = Order;`,
  'src/http/fine.ts': `import 'koa';\nimport '../commands/index.ts';\nimport '../event-store/port.ts';`,
  'src/projections/search/fine.ts': `import '../orders/index.ts';`,
  'src/http/lists.ts': `import '../projections/orders/index.ts';\nimport '../projections/registry.ts';`,
  'src/projections/fine.ts': `import type { Knex } from 'knex';\nimport '../domain/decide.ts';\nexport type Fine = Knex;`,
};

let folder: TemporaryFolder;
let findings: readonly Finding[];

const write = async (file: string, source: string): Promise<void> => {
  await mkdir(dirname(join(folder.path, file)), { recursive: true });
  await writeFile(join(folder.path, file), `${source}\nexport {};\n`);
};

const cruise = async (): Promise<readonly Finding[]> =>
  new Promise((resolve, reject) => {
    const program = join(repository, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
    const args = [program, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'src'];
    execFile(process.execPath, args, { cwd: folder.path, maxBuffer: 64 * 1024 * 1024 }, (_error, stdout, stderr) => {
      try {
        const report = JSON.parse(stdout) as { summary: { violations: readonly Finding[] } };
        resolve(report.summary.violations);
      } catch {
        reject(new Error(stderr));
      }
    });
  });

test.before(async () => {
  folder = await temporaryFolder();
  for (const file of ['.dependency-cruiser.cjs', '.oxlintrc.json', 'tsconfig.json', 'package.json'])
    await cp(join(repository, file), join(folder.path, file));
  await symlink(join(repository, 'node_modules'), join(folder.path, 'node_modules'));
  for (const [file, source] of Object.entries({ ...TARGETS, ...ALLOWED })) await write(file, source);
  for (const [, source] of Object.values(ENTERED)) await write(`src/${source.slice("import './".length, -2)}`, '');
  for (const [file, source] of Object.values({ ...PLANTED, ...ENTERED })) await write(file, source);
  findings = await cruise();
});
test.after(() => folder.remove());

test('every rule has a planted violation', () => {
  assert.equal(forbidden.map(({ name }) => name).sort(), Object.keys({ ...PLANTED, ...ENTERED }).sort());
});

for (const [rule, [file]] of Object.entries({ ...PLANTED, ...ENTERED }))
  test(`${rule}: the violation in ${file} is found`, () => {
    assert.ok(findings.some((finding) => finding.rule.name === rule && finding.from === file));
  });

/** The lines that begin so of what a script says of the planted folder. */
const said = (script: string, beginning: string): Promise<readonly string[]> =>
  new Promise((resolve) => {
    const args = programArgs(new URL(`../${script}`, import.meta.url));
    execFile(process.execPath, args, { cwd: folder.path }, (_error, _stdout, stderr) =>
      resolve(stderr.split('\n').filter((line) => line.startsWith(beginning))),
    );
  });

test('a business table or a business word in platform is found', async () => {
  await write('migrations/0001.sql', 'create table messages (id int);\ncreate table data_keys (id int);');
  await write('src/platform/tables.ts', `db('messages');\ndb('data_keys');\nconst sql = 'select 1 from messages';`);
  await write(
    'src/platform/words.ts',
    `import './messages.ts';\n// Of a customer, in this order.\nconst order_id = 1;`,
  );
  assert.equal(await said('scripts/check-platform.ts', 'src/platform/'), [
    "src/platform/tables.ts:1: 'messages",
    'src/platform/tables.ts:3: from messages',
    'src/platform/words.ts:2: customer',
    'src/platform/words.ts:3: order_id',
  ]);
});

test('folders that import each other are found, and folders that import a file that imports them', async () => {
  await write('src/left/one.ts', `import '../right/one.ts';`);
  await write('src/right/two.ts', `import type { Two } from '../left/two.ts';`);
  await write('src/up/here.ts', `import './below/there.ts';`);
  await write('src/up/below/there.ts', `import '../here.ts';`);
  await write('src/http/server/table.ts', `import type { Entry } from '../goods/entry.ts';`);
  await write('src/http/goods/entry.ts', `import '../server/problem.ts';`);
  await write('src/up/unharmed.ts', `import './below/there.ts';`);
  assert.equal(await said('scripts/check-rooms.ts', 'src/up/'), ['src/up/below → src/up/here.ts → src/up/below']);
  assert.equal(await said('scripts/check-rooms.ts', 'src/left'), ['src/left → src/right → src/left']);
  assert.equal(await said('scripts/check-rooms.ts', 'src/http/'), [
    'src/http/goods → src/http/server → src/http/goods',
  ]);
  await write('src/domain/order/refunds/split.ts', `import '../returns/settle.ts';`);
  await write('src/domain/order/returns/worth.ts', `import '../state.ts';`);
  await write('src/domain/order/state.ts', `import type { Refund } from './refunds/refund.ts';`);
  assert.equal(await said('scripts/check-rooms.ts', 'src/domain/order/'), [
    'src/domain/order/refunds → src/domain/order/returns → src/domain/order/state.ts → src/domain/order/refunds',
  ]);
});

const IMPURE = [
  'export const decide = async () => 1;',
  'export async function decide() {}',
  'export const later = Promise.resolve(1);',
  'setTimeout(() => undefined, 1);',
  'export const at = Date.now();',
  'export const at = new Date();',
  'export const at = Date();',
  'export const at = performance.now();',
  'export const id = Math.random();',
  'export const id = crypto.randomUUID();',
];

const DATES = 'export const day = (at: string) => new Date(at).getUTCDay() + Date.parse(at) + Math.max(1, 2);';

type Diagnostics = { readonly diagnostics: readonly { readonly code: string; readonly filename: string }[] };

/** The planted files in which the linter finds syntax that their folder may not use. */
const withForbiddenSyntax = (): Promise<readonly string[]> =>
  new Promise((resolve, reject) => {
    const program = join(repository, 'node_modules/oxlint/bin/oxlint');
    execFile(process.execPath, [program, '--format', 'json', 'src', 'test'], { cwd: folder.path }, (_error, stdout) => {
      try {
        const { diagnostics } = JSON.parse(stdout) as Diagnostics;
        const found = diagnostics.filter(({ code }) => code === 'eslint-js(no-restricted-syntax)');
        resolve(found.map(({ filename }) => filename).toSorted());
      } catch {
        reject(new Error(stdout));
      }
    });
  });

test('syntax that the domain may not use is found there alone, and a test that expects an error by its class', async () => {
  const impure = IMPURE.map((code, n) => [`src/domain/order/impure-${n}.ts`, code] as const);
  const byClass = 'test/by-class.ts';
  await write(byClass, 'assert.throws(() => parse(1), TypeError);'); // any error would pass
  await write('test/by-predicate.ts', 'assert.throws(() => parse(1), isTypeError);');
  await write('src/domain/order/dates.ts', DATES);
  for (const [file, code] of impure) await write(file, code);
  for (const [n, code] of IMPURE.entries()) await write(`src/platform/impure-${n}.ts`, code);
  assert.equal(await withForbiddenSyntax(), [...impure.map(([file]) => file), byClass].toSorted());
});

test('what the table allows is not reported', () => {
  const reported = findings.filter(({ from }) => from in ALLOWED || from in TARGETS);
  assert.equal(
    reported.filter(({ rule }) => rule.name !== 'no-circles'),
    [],
  );
});

test.run();
