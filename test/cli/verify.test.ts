// time limit: 120 s
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Verification } from '../../src/audit/index.ts';
import { openDataKeys } from '../../src/platform/data-keys.ts';
import { openAuditWorld, placeOrders, tamper, type AuditWorld } from '../audit/audit-world.ts';
import { commandLine, type CommandLine } from '../support/command-line.ts';
import { openEventLog } from '../support/event-log.ts';
import { newSigningKey } from '../support/signing-key.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary.ts';

const test = suite('log and verify on the command line');

let world: AuditWorld;
let folder: TemporaryFolder;
let waybill: CommandLine;
const next = { LOG_KEY: newSigningKey().toString('base64'), LOG_COSIGN_KEY: newSigningKey().toString('base64') };

test.before(async () => {
  world = await openAuditWorld();
  const masterKey = randomBytes(32);
  folder = await temporaryFolder();
  waybill = commandLine(folder.path, {
    DATA_DIR: folder.path,
    DATABASE_URL: world.url,
    JWT_SECRET: randomBytes(32).toString('hex'),
    MASTER_KEY: masterKey.toString('base64'),
    LOG_KEY: newSigningKey().toString('base64'),
    LOG_COSIGN_KEY: newSigningKey().toString('base64'),
  });
  await placeOrders(openEventLog(world.store, openDataKeys({ db: world.db, masterKey })), 2);
});
test.after(async () => {
  await world.close();
  await folder.remove();
});

test('a head is recorded, signed, printed and kept, without a projector running', async () => {
  const { code, out, err } = await waybill.run(['log', 'head']);
  assert.equal([code, err], [0, '']);
  assert.match(out, /^waybill\/[0-9a-f]{16}\n6\n.{44}\n\n— .*\n— .*\/time .*\n$/);
  assert.equal(await readdir(join(folder.path, 'heads')), ['6.checkpoint']);
  assert.is((await waybill.run(['log', 'head'])).out, out, 'nothing new: the same head');
});

test('an unchanged log ends with 0', async () => {
  const { code, out } = await waybill.run(['verify']);
  assert.is(
    out,
    'Checked 6 events of 2 streams, 6 of them recorded, and 2 signed heads.\nEverything is as it was recorded.\n',
  );
  assert.is(code, 0);
});

test('where heads are not signed, a verification says so', async () => {
  const { out } = await waybill.run(['verify'], { LOG_KEY: 'off' });
  assert.match(out, /^LOG_KEY is off: nothing is signed now, /m);
});

test('a pack of days that have not come is not written', async () => {
  const path = join(folder.path, 'future');
  const { code, err } = await waybill.run([
    'audit',
    'export',
    '--from',
    '2999-01-01',
    '--to',
    '2999-01-02',
    '--out',
    path,
  ]);
  assert.is(code, 1);
  assert.match(err, /^--to is 2999-01-02, which is in the future: today is \d{4}-\d{2}-\d{2}\n$/);
});

test('a log that could not be checked ends with 2', async () => {
  const wrong = await waybill.run(['verify', '--head', join(folder.path, 'nowhere')]);
  assert.equal([wrong.code, wrong.out], [2, '']);
  assert.match(wrong.err, /^--head is ".*nowhere", which cannot be read; expected a file or a folder of heads\n$/);
  const empty = await waybill.run(['verify', '--head', await mkdtemp(join(folder.path, 'empty-'))]);
  assert.is(empty.code, 2);
  assert.match(empty.err, /^--head is ".*", which has no heads\n$/);
  const beyond = await waybill.run(['verify', '--since', '7000']);
  assert.equal([beyond.code, beyond.err], [2, 'cannot begin at event 7000: only 6 are recorded.\n']);
  const away = await waybill.run(['verify'], { DATABASE_URL: 'postgres://127.0.0.1:1/none' });
  assert.is(away.code, 2);
});

test('other keys sign after a rotation, and their processes need no old ones', async () => {
  const unset = await waybill.run(['log', 'rotate']);
  assert.match(unset.err, /^LOG_KEY_NEXT and LOG_COSIGN_KEY_NEXT are not set/);
  const { code, out } = await waybill.run(['log', 'rotate'], {
    LOG_KEY_NEXT: next.LOG_KEY,
    LOG_COSIGN_KEY_NEXT: next.LOG_COSIGN_KEY,
  });
  assert.is(code, 0);
  assert.is(out.match(/^— /gm)?.length, 4);
  const verified = await waybill.run(['verify'], next);
  assert.match(
    verified.out,
    /Checked 7 events of 3 streams.* and 4 signed heads\.\nEverything is as it was recorded\.\n$/,
  );
  // The keys before the rotation sign no more: a process that still has them cannot check those that do.
  const outdated = await waybill.run(['verify', '--json']);
  assert.equal([outdated.code, outdated.out], [2, '']);
  assert.match(outdated.err, /^LOG_KEY and LOG_COSIGN_KEY are keys from before a rotation: .* were replaced by /);
  const unsigned = await waybill.run(['log', 'head']);
  assert.is(unsigned.code, 1);
  assert.match(unsigned.err, /^LOG_KEY or LOG_COSIGN_KEY is not the key that signed the last head; set that key again/);
  const nothing = await waybill.run(['log', 'accept-restore', '--reason', 'none'], next);
  assert.is(nothing.err, 'Nothing to accept: the log matches every earlier head.\n');
});

test('a change of the log is named and ends with 1, for people and for programs', async () => {
  await tamper(world.db, (sql) => sql('events').where('position', 6).delete());
  const { code, out } = await waybill.run(['verify'], next);
  assert.is(code, 1);
  assert.match(
    out,
    /^truncated: order-\S+, revision 2, entry 5: events from revision 2 on are gone: it had 3\. Recorded between the beginning and /m,
  );
  const json = await waybill.run(['verify', '--json', '--head', join(folder.path, 'heads')], next);
  assert.is(json.code, 1);
  const { counts, recorded } = JSON.parse(json.out) as Verification;
  assert.equal([recorded, counts], [7, { head_root: 4, head_consistency: 2, truncated: 1 }]);
});

test.run();
