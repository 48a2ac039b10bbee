// time limit: 120 s
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFile, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { eventsOfDays, eventsOfStreams, packDeps, streamsOfSubject } from '../../src/app/compose/pack.ts';
import { openHeads, rotateLogKeys, signStatement, writePack, type Head, type PackDeps } from '../../src/audit/index.ts';
import { readLogKeys } from '../../src/audit/heads.ts';
import { signNote, splitNote } from '../../src/audit/formats/signed-note.ts';
import { createSigners, type LogKeys } from '../../src/audit/keys.ts';
import { openEventStoreDb } from '../../src/event-store/eventstoredb/index.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { testCore } from '../support/core.ts';
import { openTestDatabase } from '../support/database.ts';
import { openEventLog } from '../support/event-log.ts';
import { eventually } from '../support/eventually.ts';
import { deliveredOrder, moveReturn, pay, TO_RECEIVED, type ReturnJson } from '../support/money-over-http.ts';
import { createDice, seed } from '../support/random.ts';
import { newSigningKey } from '../support/signing-key.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary.ts';
import { startWireDouble } from '../support/wire-double/start.ts';
import { openAuditWorld, placeOrders, recordAll, recordUntil } from './audit-world.ts';

const test = suite('audit packs');
const run = promisify(execFile);
const VERIFIER = new URL('../../assets/audit-pack/verify.mjs', import.meta.url);

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
  const worker = await api.startWorker();
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

const shellBlocksIn = (page: string): readonly string[] =>
  [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);

/** Runs the commands of the pack's README, and counts the signatures that openssl has verified. */
const checkWithOpenssl = async (path: string): Promise<{ readonly verified: number }> => {
  const readme = await readFile(join(path, 'README.md'), 'utf8');
  const commands = shellBlocksIn(readme).filter((block) => !block.startsWith('node '));
  assert.is(commands.length, 3);
  const { stdout } = await run('sh', ['-euc', commands.join('\n')], { cwd: path });
  return { verified: [...stdout.matchAll(/Signature Verified Successfully/g)].length };
};

const sha256 = (bytes: string | Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

/** What only the owner of the log's key can do: sign a pack anew after a change. */
const signAnew = async (path: string, signers: LogKeys = keys) => {
  const manifest = JSON.parse(await readFile(join(path, 'manifest.json'), 'utf8')) as {
    origin: string;
    files: Record<string, string>;
  };
  for (const name of Object.keys(manifest.files))
    manifest.files[name] = sha256(await readFile(join(path, name))).toString('hex');
  const text = JSON.stringify(manifest);
  await writeFile(join(path, 'manifest.json'), text);
  const note = `waybill-pack/v1\n${sha256(text).toString('base64')}\n`;
  await writeFile(
    join(path, 'manifest.note'),
    signNote(note, [createSigners(signers, manifest.origin).sign], new Date()),
  );
};

/** Runs the program of Waybill on a folder, in this process: a change of many is judged in milliseconds. */
let judged = 0;
const judge = async (path: string): Promise<Verified> => {
  const output = globalThis.console; // where the program says what it found
  const { argv } = process;
  const print = output.log.bind(output);
  const said: string[] = [];
  process.argv = [process.execPath, VERIFIER.pathname, path];
  output.log = (line: string) => void said.push(line);
  try {
    judged += 1;
    await import(`${VERIFIER.href}?${judged}`);
    return { code: Number(process.exitCode ?? 0), out: `${said.join('\n')}\n` };
  } finally {
    process.exitCode = undefined;
    process.argv = argv;
    output.log = print;
  }
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

test('one changed byte anywhere in any file, a missing and an additional file are rejected', async () => {
  const path = await packOf('changed');
  const { below } = createDice(seed);
  const rejected = async (what: string, change: () => Promise<void>, undo: () => Promise<void>): Promise<void> => {
    await change();
    const { code, out } = await judge(path);
    assert.is(code, 1, `${what}: ${out}`);
    assert.match(out, /^REJECTED: .+\.$/m, what);
    await undo();
  };
  const all = (await readdir(path, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const names = all.map(({ parentPath, name }) => relative(path, join(parentPath, name)));
  for (const name of [
    ...['README.md', 'changes.csv', 'checkpoint', 'events.ndjson', 'heads/consistency.json', 'keys.txt'],
    ...['manifest.json', 'manifest.note', 'verify.mjs'],
  ])
    assert.ok(names.includes(name), name);
  for (const folderOf of ['documents', 'heads', 'proofs'])
    assert.ok(
      names.some((name) => name.startsWith(`${folderOf}/`)),
      folderOf,
    );
  for (const name of names) {
    const file = join(path, name);
    const before = await readFile(file);
    const put = () => writeFile(file, before);
    for (const at of [0, before.length - 1, below(before.length), below(before.length)]) {
      const changed = Buffer.from(before);
      changed.writeUInt8(changed.readUInt8(at) ^ (1 << below(8)), at);
      await rejected(`${name} at ${at}`, () => writeFile(file, changed), put);
    }
    await rejected(`${name} cut`, () => writeFile(file, before.subarray(0, -1)), put);
    await rejected(`${name} missing`, () => rm(file), put);
  }
  const more = join(path, 'proofs', 'more');
  await rejected(
    'an additional file',
    () => writeFile(more, ''),
    () => rm(more),
  );
  assert.is((await judge(path)).code, 0, 'put back, it is proven again');
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
  const { code, out } = await verify(none);
  assert.is(code, 0, 'an empty pack is a pack');
  assert.match(out, /The pack holds no events\. It is signed by the key .*, and proves nothing else\.\n$/);
});

test('a customer is all of their orders, and a folder in use is not touched', async () => {
  const streams = await streamsOfSubject(api.core, { customer: 'c-1' });
  assert.equal(streams, await streamsOfSubject(api.core, { order: order.id }));
  assert.equal(await streamsOfSubject(api.core, { customer: 'nobody' }), []);
  const path = join(folder.path, 'in-use');
  await mkdir(path);
  await writeFile(join(path, 'mine.txt'), 'mine');
  const options = { selection: {}, isWhole: true, head, events: eventsOfStreams(api.core, streams) };
  for (const taken of [path, join(path, 'mine.txt')])
    await writePack(deps, { ...options, folder: taken }).then(
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

test('documents that are kept of an erased customer are in it, and each reading is recorded', async () => {
  const { db, store } = api.core;
  const readings = async () =>
    (await store.readStream(`audit-${new Date().getUTCFullYear()}`)).filter(({ type }) => type === 'KeptDocumentRead');
  await db('data_keys').whereLike('subject', 'books-%').update({ restricted_at: new Date() });
  try {
    const before = await readings();
    for (const name of ['kept', 'kept-again']) {
      deps = packDeps(keys, api.core);
      assert.match((await verify(await packOf(name))).out, /2 documents have the bytes/);
    }
    const read = (await readings()).slice(before.length).map(({ data }) => data['document_id']);
    assert.is(read.length, 4, 'each export reads both');
    assert.is(new Set(read).size, 2);
  } finally {
    await db('data_keys').whereLike('subject', 'books-%').update({ restricted_at: null });
  }
});

test('with the key from before a rotation, the log itself leads to the key that signed the pack', async () => {
  const world = await openAuditWorld();
  try {
    const { db, store, log } = world;
    const [old, next] = [keys, { sign: newSigningKey(), cosign: newSigningKey() }];
    const [origin, kept] = ['shop.example/log', join(folder.path, 'rotated-heads')];
    const headsOf = (own: LogKeys) => openHeads({ db, keys: own, origin, folder: kept, timeZone: 'UTC' });
    const record = async (): Promise<void> => {
      await recordAll(world);
    };
    const streams = await placeOrders(log, 2);
    await record();
    const first = await headsOf(old).make();
    const { handle } = testCore(db, store);
    const both = await rotateLogKeys({ handle, heads: headsOf(old), record }, { origin, old, next });
    await placeOrders(log, 1);
    await record();
    const newest = await headsOf(next).make();
    assert.ok(first !== undefined && both !== undefined && newest !== undefined);
    // A witness has signed it, too: its key is in no pack.
    const witness = createSigners({ sign: newSigningKey(), cosign: newSigningKey() }, 'witness.example').cosign;
    const note = `${newest.note}${witness.sign(splitNote(newest.note).text, new Date())}`;
    const path = join(folder.path, 'rotated');
    const nothing = { readDocument: () => Promise.resolve(undefined), describe: () => Promise.resolve([]) };
    const events = eventsOfStreams({ store }, streams);
    await writePack(
      { db, store, keys: next, ...nothing },
      { folder: path, selection: {}, isWhole: true, head: { ...newest, note }, events },
    );
    // The newest head has signatures of both keys: those of the pack are chosen by their id.
    const ofBoth = join(folder.path, 'of-both');
    await writePack(
      { db, store, keys: next, ...nothing },
      { folder: ofBoth, selection: {}, isWhole: true, head: both, events: eventsOfStreams({ store }, streams) },
    );
    assert.is((await checkWithOpenssl(ofBoth)).verified, 2);
    // A certificate that the old key signed is checked with the line of the old key, whatever its place.
    const statement = join(folder.path, 'statement');
    await mkdir(statement);
    for (const signers of [old, next]) {
      const said = { kind: 'waybill-erasure/v1', text: '{}', at: new Date() };
      await writeFile(join(statement, 'certificate.note'), await signStatement(db, { keys: signers }, said));
      await writeFile(join(statement, 'keys.txt'), `${(await readLogKeys(db)).join('\n')}\n`);
      const page = await readFile(new URL('../../docs/privacy.md', import.meta.url), 'utf8');
      const block = shellBlocksIn(page).find((each) => each.includes('certificate.sig'));
      const { stdout } = await run('sh', ['-euc', block ?? 'exit 1'], { cwd: statement });
      assert.match(stdout, 'Signature Verified Successfully');
    }

    const [before, after] = [old, next].map((pair) => createSigners(pair, origin).sign.verifier.vkey);
    const own = join(folder.path, 'own.checkpoint');
    await writeFile(own, first.note);
    const proven = await verify(path, '--key', before ?? '', '--head', own);
    assert.is(proven.code, 0, proven.out);
    assert.match(proven.out, /^At .* other keys took the place of yours, in a head that both signed\.$/m);
    assert.match(proven.out, `The pack is proven under the key ${after ?? ''}`);
    assert.is((await verify(path, '--key', after ?? '')).code, 0);

    // Who has only the new keys cannot say what came before them.
    const file = join(path, 'key-changes.ndjson');
    const line = await readFile(file, 'utf8');
    const rejected = async (text: string): Promise<string> => {
      await writeFile(file, text);
      await signAnew(path, next);
      const { code, out } = await verify(path, '--key', before ?? '');
      assert.is(code, 1, out);
      return out;
    };
    assert.match(await rejected(''), /nor by one that took its place/);
    assert.match(await rejected(line.replace('shop.example', 'shop.Example')), 'REJECTED');
    const coSigned = /— shop\.example\/log [A-Za-z0-9+/=]+\\n/g;
    const [lineOfOld = ''] = line.match(coSigned) ?? [];
    assert.match(await rejected(line.replace(lineOfOld, '')), /is not signed by the keys before and after it/);
  } finally {
    await world.close();
  }
});

test('the commands of its README check the pack with openssl, and leave it as it was', async () => {
  const path = await packOf('openssl');
  assert.is((await checkWithOpenssl(path)).verified, 2);
  assert.is((await verify(path)).code, 0);
  for (const file of ['checkpoint', 'manifest.json']) {
    const before = await readFile(join(path, file), 'utf8');
    await writeFile(
      join(path, file),
      before.replace(/\d/, (digit) => String((Number(digit) + 1) % 10)),
    );
    const failed = await checkWithOpenssl(path).catch((error: unknown) => error);
    assert.instance(failed, Error, file);
    await writeFile(join(path, file), before);
  }
});

test.run();
