import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openCheckpointNote, parseCheckpoint } from '../../src/audit/formats/checkpoint.ts';
import { openLogProof } from '../../src/audit/formats/log-proof.ts';
import { isConsistent, isSameHash, leafHash } from '../../src/audit/formats/merkle.ts';
import { parseVerifier, splitNote } from '../../src/audit/formats/signed-note.ts';
import { openHeads, OtherLogKey, readLogKeys, RolledBack, type Head, type Heads } from '../../src/audit/heads.ts';
import { keepLog } from '../../src/audit/keep-log.ts';
import { openLogReader } from '../../src/audit/log-reader.ts';
import { readLogState, recordedRoot, type LogState } from '../../src/audit/log-tree.ts';
import { entryOf } from '../../src/audit/record-log.ts';
import { hashOf } from '../../src/event-store/hash-chain.ts';
import { eventually } from '../support/eventually.ts';
import { newSigningKey } from '../support/signing-key.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary.ts';
import { openAuditWorld, placeOrders, recordAll, silent, tamper, type AuditWorld } from './audit-world.ts';

type World = AuditWorld & { readonly folder: TemporaryFolder; readonly keys: typeof keys };

const test = suite<World>('signed heads of the log');
const keys = { sign: newSigningKey(), cosign: newSigningKey() };
const TODAY = new Date('2026-03-01T12:00:00Z');

test.before.each(async (world) => {
  Object.assign(world, await openAuditWorld(), { folder: await temporaryFolder() });
});
test.after.each(async ({ close, folder }) => {
  await close();
  await folder.remove();
});

const headsOf = ({ db, folder }: World, more: Partial<Parameters<typeof openHeads>[0]> = {}): Heads =>
  openHeads({ db, keys, origin: undefined, folder: folder.path, timeZone: 'Europe/Berlin', now: () => TODAY, ...more });

const grow = async ({ db, store, log }: World, orders: number): Promise<readonly string[]> => {
  const streams = await placeOrders(log, orders);
  await recordAll({ db, store });
  return streams;
};

const made = async (heads: Heads): Promise<Head> => {
  const head = await heads.make();
  if (head === undefined) throw new Error('there is nothing to sign');
  return head;
};

const isRolledBack = (error: unknown): boolean => error instanceof RolledBack;

const rejects = async (work: Promise<unknown>, isExpected: (error: unknown) => boolean): Promise<void> => {
  const outcome = await work.then(
    () => 'nothing was thrown',
    (error: unknown) => error,
  );
  assert.ok(isExpected(outcome), String(outcome));
};

test('an empty log has no head', async (world) => {
  assert.is(await headsOf(world).make(), undefined);
  assert.equal(await readLogKeys(world.db), []);
});

test('a head is signed by the log and, with the time, by its cosigner, and kept as a file', async (world) => {
  const { db, folder } = world;
  await grow(world, 2);
  const head = await made(headsOf(world));
  const verifiers = (await readLogKeys(db)).map(parseVerifier);
  const opened = openCheckpointNote(head.note, verifiers);
  assert.is(opened.size, 6);
  assert.match(opened.origin, /^waybill\/[0-9a-f]{16}$/);
  assert.ok(isSameHash(opened.root, await recordedRoot(db, 6)));
  assert.equal(
    opened.signatures.map(({ verifier, at }) => [verifier.name, at]),
    [
      [opened.origin, undefined],
      [`${opened.origin}/time`, TODAY],
    ],
  );
  assert.is(await readFile(join(folder.path, '6.checkpoint'), 'utf8'), head.note);
});

test('the name of the log is fixed with its first head', async (world) => {
  await grow(world, 1);
  const first = await made(headsOf(world, { origin: 'shop.example/log' }));
  await grow(world, 1);
  const second = await made(headsOf(world, { origin: 'other.example/log' }));
  const originOf = ({ note }: Head): string => parseCheckpoint(splitNote(note).text).origin;
  assert.equal([originOf(first), originOf(second)], ['shop.example/log', 'shop.example/log']);
});

test('two processes sign one head of each size', async (world) => {
  await grow(world, 2);
  const [one, other] = await Promise.all([made(headsOf(world)), made(headsOf(world))]);
  assert.is(one.note, other.note);
  assert.is((await world.db('log_heads').select()).length, 1);
  assert.equal(await readdir(world.folder.path), ['6.checkpoint']);
});

test('a file that was not written before a crash is written next time', async (world) => {
  await grow(world, 1);
  await made(headsOf(world, { folder: join(world.folder.path, 'elsewhere') }));
  await made(headsOf(world));
  assert.ok((await readdir(world.folder.path)).includes('3.checkpoint'));
});

test('a head is due first at once, then at the end of a business day and every 10 000 events', (world) => {
  const { isDue } = headsOf(world, { now: () => new Date('2026-03-02T00:30:00+01:00') });
  const head = (size: number, madeAt: string): Head => ({
    size,
    root: new Uint8Array(32),
    note: '',
    madeAt: new Date(madeAt),
  });
  assert.is(isDue({ size: 0 }, undefined), false);
  assert.is(isDue({ size: 1 }, undefined), true);
  assert.is(isDue({ size: 2 }, head(1, '2026-03-02T00:10:00+01:00')), false);
  assert.is(isDue({ size: 2 }, head(1, '2026-03-01T23:50:00+01:00')), true, 'midnight in Berlin, not in UTC');
  assert.is(isDue({ size: 1 }, head(1, '2026-03-01T23:50:00+01:00')), false, 'nothing new');
  assert.is(isDue({ size: 10_000 }, head(1, '2026-03-02T00:10:00+01:00')), false);
  assert.is(isDue({ size: 10_001 }, head(1, '2026-03-02T00:10:00+01:00')), true);
});

test('a running recorder signs heads by itself, and goes on when it cannot', async (world) => {
  const { db, store, log } = world;
  const stopping = new AbortController();
  const run = (heads: Heads) =>
    keepLog({ db, store, heads, numbering: 'positions', log: silent, pauseMs: 5, retryMs: 10 }, stopping.signal);
  let isBroken = true;
  const heads = headsOf(world);
  const ended = run({ ...heads, make: () => (isBroken ? Promise.reject(new Error('no')) : heads.make()) });
  try {
    await placeOrders(log, 1);
    await recordAll({ db, store });
    assert.is(await heads.newest(), undefined);
    isBroken = false;
    await eventually('a head is signed', async () => (await heads.newest())?.size === 3);
  } finally {
    stopping.abort();
    await ended;
  }
});

test('keys that cannot continue the heads are told at once, not when the next head is due', async (world) => {
  const { db, store } = world;
  await grow(world, 1);
  await made(headsOf(world));
  /** A projector with these heads, until it has said how the log is kept. */
  const stateUnder = async (heads: Heads | undefined, expected: LogState): Promise<void> => {
    const stopping = new AbortController();
    const ended = keepLog({ db, store, heads, numbering: 'positions', log: silent, pauseMs: 5 }, stopping.signal);
    await eventually(`it is ${expected}`, async () => (await readLogState(db)) === expected);
    stopping.abort();
    await ended;
  };
  await stateUnder(headsOf(world), 'kept');
  for (const half of ['sign', 'cosign'] as const) {
    await stateUnder(headsOf(world, { keys: { ...keys, [half]: newSigningKey() } }), 'unsigned');
    await stateUnder(headsOf(world), 'kept');
  }
  await db('log_heads').update({ note: 'no head' });
  await stateUnder(headsOf(world), 'unsigned');
  await stateUnder(undefined, 'kept');
});

test('another key signs nothing', async (world) => {
  await grow(world, 1);
  await made(headsOf(world));
  await grow(world, 1);
  const other = { ...keys, sign: newSigningKey() };
  await rejects(headsOf(world, { keys: other }).make(), (error) => error instanceof OtherLogKey);
});

test('nothing is signed on top of an older copy of the record', async (world) => {
  const { db, folder } = world;
  await grow(world, 2);
  await made(headsOf(world));
  await tamper(db, async (sql) => {
    await sql('log_heads').delete();
    await sql('log_progress').update({ size: 5 });
  });
  await rejects(headsOf(world).make(), isRolledBack);
  assert.equal(await readdir(folder.path), ['6.checkpoint']);
});

test('nothing is signed over a record that was changed', async (world) => {
  const { db } = world;
  await grow(world, 2);
  await made(headsOf(world));
  await db.raw(`update log_tiles set hashes = set_byte(hashes, 0, 255 - get_byte(hashes, 0)) where level = 0`);
  await grow(world, 1);
  await rejects(headsOf(world).make(), isRolledBack);
});

test('files of other logs are passed over', async (world) => {
  const { folder } = world;
  await grow(world, 1);
  const elsewhere = headsOf(world, { origin: 'other.example/log', folder: join(folder.path, 'elsewhere') });
  const { note } = await made(elsewhere);
  await world.db('log_heads').delete();
  await world.db('log_keys').delete();
  await world.db('log_epochs').delete();
  await mkdir(folder.path, { recursive: true });
  await writeFile(join(folder.path, '900.checkpoint'), note.replace('\n3\n', '\n900\n'));
  assert.is((await made(headsOf(world))).size, 3);
});

test('anyone with the keys can check an event, a tile, an entry and that heads belong together', async (world) => {
  const { db, store } = world;
  const reader = openLogReader({ db, store });
  const [first = ''] = await grow(world, 2);
  assert.is(await reader.proof(first, 0n), 'no_head_yet');
  assert.is(await reader.tile({ level: 0, n: 0, width: 6 }), undefined);
  const before = await made(headsOf(world));
  const [later = ''] = await grow(world, 100);
  const verifiers = (await reader.keys()).map(parseVerifier);

  assert.is(await reader.proof(later, 0n), 'no_head_yet');
  assert.is(await reader.proof(first, 3n), 'unknown');
  assert.is(await reader.proof('order-none', 0n), 'unknown');
  const after = await made(headsOf(world));
  for (const [stream, revision] of [
    [first, 2n],
    [later, 0n],
  ] as const) {
    const [event] = await store.readStream(stream, { from: revision, limit: 1 });
    const hash = event === undefined ? null : hashOf(event);
    const answer = await reader.proof(stream, revision);
    if (typeof answer === 'string') throw new Error(answer);
    assert.is(openLogProof(answer.proof, entryOf(hash) ?? new Uint8Array(), verifiers).size, after.size);
  }
  const consistency = await reader.consistency(before.size, after.size);
  if (consistency === 'no_head_yet') throw new Error(consistency);
  assert.ok(
    isConsistent(
      before,
      after,
      consistency.hashes.map((hash) => Buffer.from(hash, 'base64')),
    ),
  );
  assert.is(await reader.consistency(1, after.size + 1), 'no_head_yet');

  const [tile, bundle] = await Promise.all([
    reader.tile({ level: 0, n: 1, width: 50 }),
    reader.entries({ n: 1, width: 50 }),
  ]);
  assert.is(tile?.length, 50 * 32);
  assert.is(bundle?.length, 50 * 34);
  assert.ok(
    isSameHash((tile ?? new Uint8Array()).subarray(0, 32), leafHash((bundle ?? new Uint8Array()).subarray(2, 34))),
  );
  assert.is(await reader.tile({ level: 0, n: 1, width: 51 }), undefined, 'beyond the head');
  assert.is(await reader.entries({ n: 1, width: 51 }), undefined);
});

test('what was changed has no proof', async (world) => {
  const { db, store } = world;
  const [first = ''] = await grow(world, 1);
  await made(headsOf(world));
  await tamper(db, (sql) =>
    sql.raw(
      `update events set metadata = jsonb_set(metadata::jsonb, '{hash}', to_jsonb(repeat('0', 64)))::json where position = 1`,
    ),
  );
  assert.is(await openLogReader({ db, store }).proof(first, 0n), 'contradicted');
});

test.run();
