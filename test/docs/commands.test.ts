// time limit: 240 s
import { unzipSync } from 'fflate';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { commandLine, type Service } from '../support/command-line.ts';
import { compiledMain } from '../support/compiled.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary.ts';

/** Pages whose `sh` commands are run, top to bottom, in one shell a page. */
const PAGES = ['README.md', 'docs/guide.md', 'docs/operations.md', 'docs/audit.md', 'docs/privacy.md'];

/**
 * Commands that are not run here, and who runs them instead. A block that has one of them runs as a whole elsewhere.
 * `npm run NAME` is run as the `node dist/main.js NAME` that its script says; every script must exist.
 */
const ELSEWHERE: readonly (readonly [command: RegExp, by: string])[] = [
  [/^npm ci$/, '.ci/run'],
  [/^npm test$/, 'this very run'],
  [/^npm start$/, 'test/cli/start.test.ts'],
  [/^npm run demo$/, 'test/cli/demo.test.ts'],
  [/^npm run sandbox$/, 'test/cli/sandbox.test.ts'],
  [/^node dist\/main\.js (start )?(api|projector|worker)\b/, 'test/cli/start.test.ts'],
  [/^(\w+='[^']*' )?npm run test:eventstoredb$/, 'test/eventstoredb/real-server.test.ts, where there is a server'],
  [/^npm run log -- (accept-restore|rotate)\b/, 'test/audit/rotate-and-restore.test.ts, test/cli/verify.test.ts'],
  [/ npm run keys -- rotate$/, 'test/platform/rotate-master-key.test.ts'],
  [/^export DATABASE_URL=/, 'test/cli/rejections.test.ts'],
];

const test = suite('commands of the docs');
const repository = fileURLToPath(new URL('../../', import.meta.url));

let folder: TemporaryFolder;
let service: Service;
let scripts: Record<string, string>;

const page = (name: string): Promise<string> => readFile(join(repository, name), 'utf8');
const blocksIn = (text: string): readonly string[] =>
  [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);

const commandsIn = (block: string): readonly string[] =>
  block
    .split('\n')
    .map((line) => line.replace(/ +#.*$/, '').trim())
    .filter((line) => line !== '');

const runsElsewhere = (block: string): boolean =>
  commandsIn(block).some((line) => ELSEWHERE.some(([command]) => command.test(line)));

/** `npm run [--silent] NAME [-- …]`, on the data of the running service. */
const npmFor = (main: string): string => `#!/bin/sh
[ "$1" = run ] || exit 64
shift
[ "$1" = --silent ] && shift
name=$1
shift
[ "$1" = -- ] && shift
exec "${process.execPath}" "${main}" "$name" "$@"
`;

const runShell = async (script: string): Promise<{ readonly code: number | null; readonly out: string }> => {
  const { PATH, HOME } = process.env;
  const shell = spawn('sh', ['-eu'], {
    cwd: folder.path,
    env: { PATH: `${join(folder.path, 'bin')}:${PATH}`, HOME, DATA_DIR: folder.path, LOG_LEVEL: 'warn' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let out = '';
  for (const stream of [shell.stdout, shell.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (out += text));
  shell.stdin.end(script);
  const [code] = (await once(shell, 'close')) as [number | null];
  return { code, out };
};

const runPage = async (name: string): Promise<string> => {
  const blocks = blocksIn(await page(name)).filter((block) => !runsElsewhere(block));
  const script = blocks.map((block) => `: ${name}\n${block}`).join('\n');
  const { code, out } = await runShell(script.replaceAll('http://127.0.0.1:8000', service.url));
  assert.is(code, 0, out);
  assert.not.match(out, '"request_id"', 'no answer is a problem');
  return out;
};

test.before(async () => {
  folder = await temporaryFolder();
  await mkdir(join(folder.path, 'bin'));
  await writeFile(join(folder.path, 'bin/npm'), npmFor(await compiledMain()), { mode: 0o755 });
  ({ scripts } = JSON.parse(await page('package.json')) as { scripts: Record<string, string> });
  service = await commandLine(folder.path, { DATA_DIR: folder.path, PORT: '0', LOG_LEVEL: 'warn' }).start();
});
test.after(async () => {
  await service.interrupt();
  await folder.remove();
});

test('every npm script that a page names exists', async () => {
  for (const name of [...PAGES, 'CONTRIBUTING.md']) {
    const named = (await page(name)).matchAll(/npm run (?:--silent )?([\w:]+)/g);
    for (const [, script = ''] of named) assert.ok(script in scripts, `${name}: npm run ${script}`);
  }
});

test('what is run here is what the npm script says', async () => {
  for (const name of PAGES)
    for (const block of blocksIn(await page(name)).filter((each) => !runsElsewhere(each)))
      for (const [, script = ''] of block.matchAll(/npm run (?:--silent )?([\w:]+)/g))
        assert.is(scripts[script], `node dist/main.js ${script}`, name);
});

test('the README leads a newcomer from a token to an invoice', async () => {
  const out = await runPage('README.md');
  assert.match(out, '"order_number":"ORD-');
  assert.match(out, 'confirm 200\nstart_processing 200\nship 200\n');
  assert.match(out, /"new_status":"shipped"/);
  assert.match(out, /"invoice_number":"INV-|"status":"pending"/);
});

test('the guide leads from the first order to the credit memo', async () => {
  const out = await runPage('docs/guide.md');
  for (const status of ['partially_shipped', 'partially_delivered', 'partially_returned'])
    assert.match(out, `"status":"${status}"`);
  assert.match(out, '"new_status":"partially_returned"');
  assert.match(out, '"type":"ReturnSettled"');
  for (const line of [
    '"status":"out_for_delivery"',
    '"latitude":37.9955',
    '"estimated_delivery_at"',
    '"status":"delivered"',
  ])
    assert.match(out, new RegExp(`^data: .*${line}`, 'm'));
  for (const proven of [
    '"as_of":{"revision":"0"',
    '"sentence":"The order was shipped with Hermes Couriers',
    '"label":"Restocking fee"',
    '"period":"',
    'Everything is as it was recorded.',
    /^Your head of \d+ events is one of them\.$/m,
    'The pack is proven under the key waybill/',
  ])
    assert.match(out, proven);
  assert.match(out, '"rating":5');
  assert.match(out, '2 orders read, 2 can be imported: 0 errors, 0 warnings.');
  assert.match(out, '"external_number":"#1002"');
  assert.match(out, /^1 order imported/m);
  assert.match(out, /^return_list: rebuilt from \d+ events .*; not swapped in$/m);
  assert.match(out, '0 rows, 0 counters and 0 sums differ');
  for (const done of ['swapped in', 'rolled back']) assert.match(out, `return_list: ${done}`);
  assert.match(out, /^return_list .* events behind\n  rebuild: swapped, .*\n  kept: version \d+/m);
  assert.match(out, 'order_list: repaired 0 rows');
  for (const file of ['invoice.pdf', 'credit-memo.pdf'])
    assert.match((await readFile(join(folder.path, file))).subarray(0, 5).toString(), '%PDF-');
});

test('docs/operations.md tells an operator what to do', async () => {
  const out = await runPage('docs/operations.md');
  assert.match(out, /"status":"ready"/);
  assert.match(out, /order_list: rebuilt from \d+ events/);
  assert.match(out, /"name":"document_list"/);
  assert.match(out, 'No document is missing.');
});

test('docs/audit.md tells an auditor how to prove the log', async () => {
  const out = await runPage('docs/audit.md');
  assert.match(out, /^c2sp\.org\/tlog-proof@v1\nindex \d+\n/m);
  assert.match(out, /"hashes":\[/);
  const checked = [...out.matchAll(/Everything is as it was recorded\./g)];
  assert.is(checked.length, 2, 'whole, and since a head');
  assert.match(out, /^The first \d+ events were not read/m);
  assert.match(out, /^\{"since":0,.*"counts":\{\}\}$/m);
  assert.match(out, /"state":"(never_run|passed)"/);
  assert.is([...out.matchAll(/The pack is proven under the key waybill\//g)].length, 4);
  assert.match(out, /^Your head of \d+ events is one of them\.$/m);
  const tile = await readFile(join(folder.path, 'first.tile'));
  const entries = await readFile(join(folder.path, 'first.entries'));
  assert.is(entries.length, (tile.length / 32) * 34);
});

test('docs/privacy.md leads a data protection officer from a copy to a certificate that a stranger checks', async () => {
  const out = await runPage('docs/privacy.md');
  const files = unzipSync(await readFile(join(folder.path, 'personal-data.zip')));
  assert.match(Buffer.from(files['orders.ndjson'] ?? []).toString(), 'Zuzanna Kowalska');
  assert.match(out, /"customer_id":"c-17","orders":1,/);
  assert.match(out, /"state":"done"/);
  assert.match(out, /"customer_name":null/);
  assert.match(out, '"type":"SubjectExported"');
  assert.match(out, '"type":"SubjectErased"');
  assert.match(out, 'Signature Verified Successfully');
  assert.match(out, 'Everything is as it was recorded.');
  const mails = await readdir(join(folder.path, 'messages'));
  for (const name of mails)
    assert.not.match(await readFile(join(folder.path, 'messages', name), 'utf8'), /zuzanna@customer\.example/);
});

test.run();
