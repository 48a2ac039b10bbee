import { execFile } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { acceptRestore, NothingRestored } from '../../src/audit/accept-restore.ts';
import { openCheckpointNote } from '../../src/audit/formats/checkpoint.ts';
import { openNote, parseVerifier } from '../../src/audit/formats/signed-note.ts';
import { openHeads, OtherLogKey, readEpoch, readLogKeys, RolledBack, type Head } from '../../src/audit/heads.ts';
import { createSigners, verifiersOf, type LogKeys } from '../../src/audit/keys.ts';
import { eventsOfStreams } from '../../src/app/compose/pack.ts';
import { writePack } from '../../src/audit/pack/write-pack.ts';
import { rotateLogKeys } from '../../src/audit/rotate-keys.ts';
import { ReplacedLogKeys } from '../../src/audit/verification/check-key-changes.ts';
import { verifyLog, type Verification, type VerifyOptions } from '../../src/audit/verification/verify-log.ts';
import { testCore, type Core } from '../support/core.ts';
import { newSigningKey } from '../support/signing-key.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary.ts';
import { openAuditWorld, placeOrders, recordAll, tamper, type AuditWorld } from './audit-world.ts';

type World = AuditWorld & { readonly core: Core; readonly folder: TemporaryFolder };

const test = suite<World>('other keys of the log, and restores');
const [OLD, NEW] = [0, 1].map((): LogKeys => ({ sign: newSigningKey(), cosign: newSigningKey() }));

test.before.each(async (world) => {
  const opened = await openAuditWorld();
  Object.assign(world, opened, { core: testCore(opened.db, opened.store), folder: await temporaryFolder() });
});
test.after.each(async ({ close, folder }) => {
  await close();
  await folder.remove();
});

const keysOf = (keys: LogKeys | undefined): LogKeys => {
  if (keys === undefined) throw new Error('two pairs of keys were made');
  return keys;
};
const headsOf = ({ db, folder }: World, keys = OLD) =>
  openHeads({ db, keys: keysOf(keys), origin: 'shop.example/log', folder: folder.path, timeZone: 'UTC' });
const signed = async (world: World, keys = OLD): Promise<Head> => {
  await recordAll(world);
  const head = await headsOf(world, keys).make();
  if (head === undefined) throw new Error('there is nothing to sign');
  return head;
};
const record = (world: World) => async (): Promise<void> => {
  await recordAll(world);
};
const rotate = (world: World) =>
  rotateLogKeys(
    { handle: world.core.handle, heads: headsOf(world), record: record(world) },
    { origin: 'shop.example/log', old: keysOf(OLD), next: keysOf(NEW) },
  );
const accept = (world: World) =>
  acceptRestore(
    {
      db: world.db,
      store: world.store,
      folder: world.folder.path,
      handle: world.core.handle,
      heads: headsOf(world),
      record: record(world),
    },
    'the disk failed',
  );
const verified = async (
  { db, store, folder }: World,
  keys = OLD,
  options: VerifyOptions = {},
): Promise<Pick<Verification, 'heads' | 'restores'> & { readonly kinds: readonly string[] }> => {
  const { heads, restores, findings } = await verifyLog(
    {
      db,
      store,
      numbering: 'positions',
      keys,
      folder: folder.path,
      readDocument: () => Promise.resolve(undefined),
      canOpen: () => true,
    },
    options,
  );
  const kinds = findings.map(({ kind }) => kind).filter((kind) => kind !== 'key_missing');
  return { heads, restores, kinds };
};
const errorOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'nothing was thrown',
    (error: unknown) => error,
  );
/** The log and everything recorded of it, as a backup has it. */
const TABLES = ['events', 'log_tiles', 'log_streams', 'log_progress', 'log_epochs', 'log_keys', 'log_heads'];
const backUp = async ({ db }: World): Promise<void> => {
  for (const table of TABLES) await db.raw(`create table backup_${table} as table ${table}`);
};
const restoreBackup = ({ db }: World): Promise<void> =>
  tamper(db, async (sql) => {
    for (const table of [...TABLES].reverse()) await sql.raw(`delete from ${table}`);
    for (const table of TABLES) await sql.raw(`insert into ${table} select * from backup_${table}`);
  });

test('one head is signed by the old and the new keys, and then the new ones sign alone', async (world) => {
  await placeOrders(world.log, 1);
  await signed(world);
  const head = await rotate(world);
  const vkeys = await readLogKeys(world.db);
  assert.is(vkeys.length, 4);
  const { signatures } = openCheckpointNote(head?.note ?? '', vkeys.map(parseVerifier));
  assert.equal(
    signatures.map(({ verifier }) => verifier.name),
    ['shop.example/log', 'shop.example/log/time', 'shop.example/log', 'shop.example/log/time'],
  );
  await placeOrders(world.log, 1);
  await recordAll(world);
  assert.instance(await errorOf(headsOf(world, OLD).make()), OtherLogKey);
  const after = await signed(world, NEW);
  assert.is(openNote(after.note, vkeys.map(parseVerifier)).signatures.length, 2);
  assert.is((await readEpoch(world.db))?.origin, 'shop.example/log');
});

test('with the new keys alone, heads of the old ones are still verified', async (world) => {
  await placeOrders(world.log, 1);
  await signed(world);
  await rotate(world);
  await placeOrders(world.log, 1);
  await signed(world, NEW);
  assert.equal(await verified(world, NEW), { heads: 6, restores: [], kinds: [] });
  // Keys that the log does not name are not believed, whatever the database says: they are a finding.
  await world.db('log_keys').insert({ vkey: 'x+00000000+AA==', epoch: 1, added_at: new Date() });
  assert.equal(await verified(world, NEW), { heads: 6, restores: [], kinds: ['head_signature'] });
});

test('keys from before a rotation check nothing, and are told which keys do', async (world) => {
  await placeOrders(world.log, 1);
  await signed(world);
  await rotate(world);
  await placeOrders(world.log, 1);
  await signed(world, NEW);
  const outcome = await errorOf(verified(world, OLD));
  assert.instance(outcome, ReplacedLogKeys);
  const [before, after] = [OLD, NEW].map((keys) =>
    verifiersOf(createSigners(keysOf(keys), 'shop.example/log')).map(({ vkey }) => vkey),
  );
  for (const vkey of [...(before ?? []), ...(after ?? [])]) assert.match(String(outcome), vkey);
  assert.match(String(outcome), /Set the keys that sign now/);
});

test('a rotation that no head of both keys covers is found, and replaces no keys', async (world) => {
  await placeOrders(world.log, 1);
  await signed(world);
  const vkeysOf = (keys: LogKeys | undefined) =>
    verifiersOf(createSigners(keysOf(keys), 'shop.example/log')).map(({ vkey }) => vkey);
  await world.log.appendTo(`audit-${new Date().getUTCFullYear()}`, [
    { type: 'LogKeyChanged', data: { origin: 'shop.example/log', old: vkeysOf(OLD), new: vkeysOf(NEW) } },
  ]);
  // The keys that sign cover it, without knowing.
  await signed(world);
  assert.equal((await verified(world)).kinds, ['head_signature']);
});

test('a rotation that died is repeated, and changes the keys once', async (world) => {
  await placeOrders(world.log, 1);
  await signed(world);
  const died = { ...headsOf(world), rotate: () => Promise.reject(new Error('killed')) };
  const crash = rotateLogKeys(
    { handle: world.core.handle, heads: died, record: record(world) },
    { origin: 'shop.example/log', old: keysOf(OLD), next: keysOf(NEW) },
  );
  assert.match(String(await errorOf(crash)), 'killed');
  // Meanwhile a projector signs the same head with the old keys.
  await signed(world);
  await rotate(world);
  await rotate(world);
  const events = await world.store.readStream(`audit-${new Date().getUTCFullYear()}`);
  assert.equal(
    events.map(({ type }) => type),
    ['LogKeyChanged'],
  );
  assert.is((await readLogKeys(world.db)).length, 4);
});

test('after a restore nothing is signed until a person accepts it, then under another origin', async (world) => {
  const { db, log } = world;
  await placeOrders(log, 2);
  const before = await signed(world);
  await backUp(world);
  await placeOrders(log, 3);
  const lost = await signed(world);
  await restoreBackup(world);
  await placeOrders(world.log, 1);
  await recordAll(world);

  assert.instance(await errorOf(headsOf(world).make()), RolledBack);
  assert.equal((await verified(world)).kinds, ['rolled_back']);
  const head = await accept(world);
  assert.is(openNote(head?.note ?? '', (await readLogKeys(db)).map(parseVerifier)).signatures.length, 2);
  assert.match(head?.note ?? '', /^shop\.example\/log\/2\n10\n/);
  const restores = (await verified(world)).restores;
  assert.equal(
    restores.map(({ reason, agrees_until }) => [reason, agrees_until]),
    [['the disk failed', before.size]],
  );
  assert.equal((await verified(world)).kinds, [], 'own heads beyond it are given up');
  const kept = [{ source: 'kept', name: 'of the auditor', note: lost.note }] as const;
  assert.equal((await verified(world, OLD, { kept })).kinds, ['rolled_back'], 'those that were kept elsewhere are not');
  assert.ok((await readdir(world.folder.path)).includes('10-2.checkpoint'));

  // Accepted once, it is accepted.
  assert.match(String(await errorOf(accept(world))), /NothingRestored: .* that no accepted restore has given up$/);
  assert.is((await readEpoch(db))?.epoch, 2);

  await placeOrders(log, 2);
  assert.match((await signed(world)).note, /^shop\.example\/log\/2\n16\n/);
  assert.equal((await verified(world)).kinds, []);
});

test('a pack from after a restore is proven to those who keep the key and a head from before it', async (world) => {
  const { db, store, log, folder } = world;
  const streams = await placeOrders(log, 1);
  const before = await signed(world);
  await backUp(world);
  await placeOrders(log, 2);
  const lost = await signed(world);
  await restoreBackup(world);
  const head = await accept(world);
  assert.ok(head);
  const path = join(folder.path, 'pack');
  const nothing = { readDocument: () => Promise.resolve(undefined), describe: () => Promise.resolve([]) };
  const events = eventsOfStreams({ store }, streams);
  await writePack(
    { db, store, keys: keysOf(OLD), ...nothing },
    { folder: path, selection: {}, isWhole: true, head, events },
  );
  const key = createSigners(keysOf(OLD), 'shop.example/log').sign.verifier.vkey;
  const proves = async ({ note }: Head): Promise<string> => {
    const own = join(folder.path, 'own');
    await writeFile(own, note);
    const args = ['verify.mjs', '--key', key, '--head', own];
    return promisify(execFile)(process.execPath, args, { cwd: path }).then(
      ({ stdout }) => stdout,
      (error: unknown) => (error as { readonly stdout: string }).stdout,
    );
  };
  const out = await proves(before);
  assert.match(
    out,
    /^At \S+ an older copy of the log was restored \(the disk failed\)\. The log is named shop\.example\/log\/2 /m,
  );
  assert.match(out, /^Your head of 3 events is one of them\.$/m);
  assert.match(out, 'The pack is proven under the key shop.example/log/2+');
  assert.match(
    await proves(lost),
    /^REJECTED: your head of 9 events was given up when an older copy .* has the first 3\./m,
  );
});

test('a restore that was written into the log, but not signed, excuses no head', async (world) => {
  await placeOrders(world.log, 1);
  await backUp(world);
  await placeOrders(world.log, 1);
  const { size } = await signed(world);
  await restoreBackup(world);
  const origins = { previous_origin: 'shop.example/log', origin: 'shop.example/log/2' };
  await world.log.appendTo(`audit-${new Date().getUTCFullYear()}`, [
    { type: 'LogRestored', data: { reason: 'forged', ...origins, agrees_until: 0, signed_until: size } },
  ]);
  await recordAll(world);
  const { kinds, restores } = await verified(world);
  assert.equal([kinds, restores], [['rolled_back'], []]);
});

test('a second restore begins a third origin, also where the backup has forgotten the second', async (world) => {
  await placeOrders(world.log, 1);
  await signed(world);
  await backUp(world);
  await placeOrders(world.log, 1);
  await signed(world);
  await restoreBackup(world);
  await accept(world);
  await restoreBackup(world);
  const head = await accept(world);
  assert.match(head?.note ?? '', /^shop\.example\/log\/3\n/);
  assert.equal((await verified(world)).kinds, []);
});

test('where nothing was restored there is nothing to accept', async (world) => {
  await placeOrders(world.log, 1);
  assert.instance(await errorOf(accept(world)), NothingRestored);
  await signed(world);
  assert.instance(await errorOf(accept(world)), NothingRestored);
  assert.equal(await world.store.readStream(`audit-${new Date().getUTCFullYear()}`), []);
});

test('a record that is ahead of the log is made again, once a person has accepted that', async (world) => {
  const { db, log } = world;
  await placeOrders(log, 2);
  const before = await signed(world);
  await placeOrders(log, 1);
  await signed(world);
  // The log alone was restored, as with EventStoreDB, whose record is in PostgreSQL.
  await tamper(db, (sql) => sql('events').where('position', '>', 6).delete());
  await db('log_progress').update({ failure: 'entry 8, the last one recorded, is no longer in the log' });
  const head = await accept(world);
  assert.match(head?.note ?? '', /^shop\.example\/log\/2\n7\n/);
  const { restores, kinds } = await verified(world);
  assert.equal([restores[0]?.agrees_until, kinds], [before.size, []]);
});

test.run();
