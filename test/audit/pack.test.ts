// time limit: 120 s
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFile, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { eventsOfDays, eventsOfStreams, packDeps, streamsOfSubject } from '../../src/app/compose/pack.ts';
import { openHeads, writePack, type Head, type PackDeps } from '../../src/audit/index.ts';
import { signNote } from '../../src/audit/formats/signed-note.ts';
import { createSigners, type LogKeys } from '../../src/audit/keys.ts';
import { openEventStoreDb } from '../../src/event-store/eventstoredb/index.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { openTestDatabase } from '../support/database.ts';
import { openEventLog } from '../support/event-log.ts';
import { eventually } from '../support/eventually.ts';
import { deliveredOrder, moveReturn, pay, TO_RECEIVED, type ReturnJson } from '../support/money-over-http.ts';
import { newSigningKey } from '../support/signing-key.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary.ts';
import { startWireDouble } from '../support/wire-double/start.ts';
import { startTestWorker } from '../support/worker.ts';
import { placeOrders, recordAll, recordUntil } from './audit-world.ts';

const test = suite('audit packs');
const run = promisify(execFile);

let api: TestApi;
let folder: TemporaryFolder;
let deps: PackDeps;
let head: Head;
let order: { readonly id: string; readonly order_number: string };
/** A key whose text has a plus sign, which also separates the parts of a public key. */
const keyWithPlus = (): Buffer => {
  for (;;) {
    const key = newSigningKey();
    if (createSigners({ sign: key, cosign: key }, 'w').sign.verifier.vkey.split('+').length > 3) return key;
  }
};
const keys: LogKeys = { sign: keyWithPlus(), cosign: newSigningKey() };

const signHead = async (): Promise<Head> => {
  await recordAll(api.core);
  const heads = openHeads({
    db: api.core.db,
    keys,
    origin: undefined,
    folder: join(folder.path, 'kept-heads'),
    timeZone: 'UTC',
  });
  const made = await heads.make();
  assert.ok(made);
  return made;
};

test.before(async () => {
  [api, folder] = await Promise.all([startTestApi(), temporaryFolder()]);
  const worker = await startTestWorker(api);
  order = await deliveredOrder(api);
  await signHead();
  await pay(api, order.id);
  const { body: opened } = await api.call<ReturnJson>(`/orders/${order.id}/return`, { method: 'POST' });
  await moveReturn(api, opened.id, [...TO_RECEIVED, 'process']);
  await eventually('both documents', async () => {
    const { documents } = (await api.call(`/orders/${order.id}`)).body;
    return documents.length === 2 && documents.every(({ status }) => status === 'ready');
  });
  await deliveredOrder(api, { customer_id: 'c-2' });
  await worker.stop();
  head = await signHead();
  deps = packDeps(keys, api.core);
});
test.after(async () => {
  await api.close();
  await folder.remove();
});

const packOf = async (name: string): Promise<string> => {
  const path = join(folder.path, name);
  const streams = await streamsOfSubject(api.core, { order: order.order_number });
  const events = eventsOfStreams(api.core, streams);
  await writePack(deps, { folder: path, selection: { order: order.order_number }, isWhole: true, head, events });
  return path;
};

type Verified = { readonly code: number; readonly out: string };

/** Runs the pack's own program, on plain Node, in an environment without anything else. */
const verify = async (path: string, ...args: readonly string[]): Promise<Verified> => {
  try {
    const { stdout } = await run(process.execPath, ['verify.mjs', ...args], { cwd: path, env: {}, timeout: 60_000 });
    return { code: 0, out: stdout };
  } catch (error) {
    const { code = -1, stdout = '' } = error as { readonly code?: number; readonly stdout?: string };
    return { code, out: stdout };
  }
};

const sha256 = (bytes: string | Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

/** What only the owner of the log's key can do: sign a pack anew after a change. */
const signAnew = async (
  path: string,
  change: (manifest: { files: Record<string, string> }) => void = () => undefined,
) => {
  const manifest = JSON.parse(await readFile(join(path, 'manifest.json'), 'utf8')) as {
    origin: string;
    files: Record<string, string>;
  };
  for (const name of Object.keys(manifest.files))
    manifest.files[name] = sha256(await readFile(join(path, name))).toString('hex');
  change(manifest);
  const text = JSON.stringify(manifest);
  await writeFile(join(path, 'manifest.json'), text);
  const note = `waybill-pack/v1\n${sha256(text).toString('base64')}\n`;
  await writeFile(join(path, 'manifest.note'), signNote(note, [createSigners(keys, manifest.origin).sign], new Date()));
};

/** One other byte, in the middle. */
const changeByte = async (file: string): Promise<void> => {
  const bytes = await readFile(file);
  const at = Math.floor(bytes.length / 2);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 0x01, at);
  await writeFile(file, bytes);
};

test('the pack of an order proves itself in sentences, alone in an empty folder', async () => {
  const path = await packOf('whole');
  const { code, out } = await verify(path);
  assert.is(code, 0, out);
  assert.match(
    out,
    /^The manifest of .* is signed by waybill\/[0-9a-f]{16}\.\nAll \d+ files are as they were exported\./,
  );
  assert.match(out, /The log of the head begins with those of 1 older head\./);
  assert.match(out, /\d+ events of 5 streams have the hashes that they were stored with/);
  assert.match(out, /2 documents have the bytes that were recorded\./);
  const [own = ''] = (await readFile(join(path, 'keys.txt'), 'utf8')).split('\n');
  const [older = ''] = (await readdir(join(folder.path, 'kept-heads'))).map((name) =>
    join(folder.path, 'kept-heads', name),
  );
  const kept = await verify(path, '--key', own, '--head', older);
  assert.is(kept.code, 0, kept.out);
  assert.match(kept.out, /^Your head of \d+ events is one of them\.$/m);
  const changes = (await readFile(join(path, 'changes.csv'), 'utf8')).split('\r\n');
  assert.match(changes[0] ?? '', /^position,at,stream,revision,event,what,actor_id,actor_role/);
  assert.ok(changes.some((line) => line.includes('The order was shipped.')));
});

test('one changed byte in any file, a missing and an additional file are rejected', async () => {
  const path = await packOf('changed');
  const all = (await readdir(path, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const perClass = new Map(
    all.map(({ parentPath, name }) => {
      const file = join(parentPath, name);
      return [parentPath === path || name === 'consistency.json' ? name : basename(parentPath), file] as const;
    }),
  );
  assert.equal([...perClass.keys()].sort(), [
    ...['README.md', 'changes.csv', 'checkpoint', 'consistency.json', 'documents', 'events.ndjson', 'heads'],
    ...['keys.txt', 'manifest.json', 'manifest.note', 'proofs', 'verify.mjs'],
  ]);
  const rejected = async (what: string, change: () => Promise<void>, undo: () => Promise<void>): Promise<void> => {
    await change();
    const { code, out } = await verify(path);
    assert.is(code, 1, `${what}: ${out}`);
    if (what !== 'verify.mjs') assert.match(out, /^REJECTED: .+\.$/m, what);
    await undo();
  };
  for (const [what, file] of perClass) {
    const before = await readFile(file);
    const put = () => writeFile(file, before);
    await rejected(what, () => changeByte(file), put);
    if (what === 'proofs' || what === 'documents') await rejected(`${what} missing`, () => rm(file), put);
  }
  const more = join(path, 'proofs', 'more');
  await rejected(
    'an additional file',
    () => writeFile(more, ''),
    () => rm(more),
  );
  assert.is((await verify(path)).code, 0, 'put back, it is proven again');
});

test('a pack that was signed again after a change is rejected by what is inside', async () => {
  const whole = await packOf('to-copy');
  const tampered = async (name: string, change: (path: string) => Promise<void>): Promise<string> => {
    const path = join(folder.path, name);
    await cp(whole, path, { recursive: true });
    await change(path);
    await signAnew(path);
    const { code, out } = await verify(path);
    assert.is(code, 1, out);
    return out.trimEnd().split('\n').at(-1) ?? '';
  };
  const edit = (file: string, from: string | RegExp, to: string) => async (path: string) => {
    const text = await readFile(join(path, file), 'utf8');
    assert.ok(text.search(from) >= 0);
    await writeFile(join(path, file), text.replace(from, to));
  };
  assert.match(
    await tampered('content', edit('events.ndjson', '"quantity":2', '"quantity":3')),
    /was changed: its hash/,
  );
  assert.match(
    await tampered('gone', edit('events.ndjson', /\n.*\n/, '\n')),
    /has a gap before revision|number of events/,
  );
  assert.match(await tampered('first', edit('events.ndjson', /^.*\n/, '')), /does not begin with its first event/);
  assert.match(
    await tampered('document', async (path) => {
      const [name = ''] = await readdir(join(path, 'documents'));
      await appendFile(join(path, 'documents', name), ' ');
    }),
    /document \S+ is not the one that was recorded/,
  );
  assert.match(
    await tampered('proof', async (path) => {
      const [one = '', other = ''] = await readdir(join(path, 'proofs'));
      const [mine, theirs] = await Promise.all(
        [one, other].map((name) => readFile(join(path, 'proofs', name), 'utf8')),
      );
      const index = /index \d+/.exec(mine ?? '')?.[0] ?? '';
      await writeFile(join(path, 'proofs', one), (theirs ?? '').replace(/index \d+/, index));
    }),
    /is not entry \d+ of the log/,
  );
});

test('a pack under another key is rejected by those who keep the key', async () => {
  const path = await packOf('their-key');
  const other = createSigners({ sign: newSigningKey(), cosign: newSigningKey() }, 'waybill/other').sign.verifier.vkey;
  const { code, out } = await verify(path, '--key', other);
  assert.is(code, 1);
  assert.match(out, /your key is not among the keys of the pack/);
  const misspelt = await verify(path, `--key=${other}`);
  assert.is(misspelt.code, 1);
  assert.match(misspelt.out, /use: node verify\.mjs \[folder\] \[--key <public key>\]/);
});

test('business days are a range of the log, and their events name the ones before them', async () => {
  const path = join(folder.path, 'days');
  const today = new Date().toISOString().slice(0, 10);
  const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  const days = { from: yesterday, to: today };
  const events = eventsOfDays(api.core, days, 'UTC');
  const written = await writePack(deps, { folder: path, selection: days, isWhole: false, head, events });
  assert.is(written.events, head.size);
  assert.is((await verify(path)).code, 0);
  const none = join(folder.path, 'no-day');
  const past = eventsOfDays(api.core, { from: '2020-01-01', to: '2020-01-31' }, 'UTC');
  await writePack(deps, { folder: none, selection: {}, isWhole: false, head, events: past });
  assert.is((await verify(none)).code, 0, 'an empty pack is a pack');
});

test('a customer is all of their orders, and a folder in use is not touched', async () => {
  const streams = await streamsOfSubject(api.core, { customer: 'c-1' });
  assert.equal(streams, await streamsOfSubject(api.core, { order: order.id }));
  assert.equal(await streamsOfSubject(api.core, { customer: 'nobody' }), []);
  const path = join(folder.path, 'in-use');
  await mkdir(path);
  await writeFile(join(path, 'mine.txt'), 'mine');
  const options = { folder: path, selection: {}, isWhole: true, head, events: eventsOfStreams(api.core, streams) };
  await writePack(deps, options).then(
    () => assert.unreachable(),
    (error: unknown) => assert.is(error instanceof Error && error.name, 'FolderInUse'),
  );
  assert.equal(await readdir(path), ['mine.txt']);
});

test('events of EventStoreDB are proven as well: PostgreSQL is the witness', async () => {
  const [database, double] = await Promise.all([openTestDatabase(), startWireDouble()]);
  const store = openEventStoreDb({ url: double.url });
  const { db } = database;
  try {
    const streams = await placeOrders(openEventLog(store), 2);
    await recordUntil({ db, store, numbering: 'ordinals' }, ({ size }) => size === 6);
    const heads = openHeads({ db, keys, origin: undefined, folder: join(folder.path, 'other-heads'), timeZone: 'UTC' });
    const signed = await heads.make();
    assert.ok(signed);
    const path = join(folder.path, 'eventstoredb');
    const nothing = { readDocument: () => Promise.resolve(undefined), describe: () => Promise.resolve([]) };
    const events = eventsOfStreams({ store }, streams);
    await writePack(
      { db, store, keys, ...nothing },
      { folder: path, selection: {}, isWhole: true, head: signed, events },
    );
    const { code, out } = await verify(path);
    assert.is(code, 0, out);
    assert.match(out, /^6 events of 2 streams /m);
  } finally {
    await store.close();
    await Promise.all([database.close(), double.stop()]);
  }
});

test('the commands of its README check the signature of the head with openssl', async () => {
  const path = await packOf('openssl');
  const [, commands = ''] =
    /with openssl\n\n```sh\n([\s\S]*?)```/.exec(await readFile(join(path, 'README.md'), 'utf8')) ?? [];
  const { stdout } = await run('sh', ['-ec', commands], { cwd: path });
  assert.match(stdout, /Signature Verified Successfully/);
});

test.run();
