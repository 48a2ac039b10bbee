import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openCheckpointNote } from '../../../src/audit/formats/checkpoint.ts';
import { openLogProof } from '../../../src/audit/formats/log-proof.ts';
import { isConsistent, isSameHash, leafHash } from '../../../src/audit/formats/merkle.ts';
import { parseVerifier } from '../../../src/audit/formats/signed-note.ts';
import { openHeads, type Head } from '../../../src/audit/heads.ts';
import { hashOf } from '../../../src/event-store/hash-chain.ts';
import { ADMIN, AUDITOR, MEERA, startTestApi, type Answer, type TestApi } from '../../support/api.ts';
import { placeOrder } from '../../support/core.ts';
import { newSigningKey } from '../../support/signing-key.ts';
import { temporaryFolder, type TemporaryFolder } from '../../support/temporary.ts';
import { recordAll } from '../../audit/audit-world.ts';

const test = suite('the log over HTTP');
let api: TestApi;
let published: TestApi;
let folder: TemporaryFolder;
let first: string;
let heads: readonly [Head, Head];

const keys = { sign: newSigningKey(), cosign: newSigningKey() };

const signHead = async (): Promise<Head> => {
  const { db } = api.core;
  await recordAll(api.core);
  const head = await openHeads({ db, keys, origin: 'shop.example/log', folder: folder.path, timeZone: 'UTC' }).make();
  if (head === undefined) throw new Error('there is nothing to sign');
  return head;
};

const read = (path: string, as = AUDITOR): Promise<Answer<unknown>> => api.call(path, { as });
const binary = async (path: string): Promise<{ readonly bytes: Buffer; readonly headers: Headers }> => {
  const response = await fetch(`${published.url}/api/v1${path}`);
  assert.is(response.status, 200, path);
  return { bytes: Buffer.from(await response.arrayBuffer()), headers: response.headers };
};

test.before(async () => {
  folder = await temporaryFolder();
  api = await startTestApi();
  published = await startTestApi({ beside: api, options: { logPublic: true } });
});
test.after(async () => {
  await published.close();
  await api.close();
  await folder.remove();
});

test('nothing can be proven before the first head', async () => {
  for (const path of [
    '/log/checkpoint',
    '/log/tile/0/000',
    '/log/proof?stream=a&revision=0',
    '/log/consistency?from=0&to=1',
  ]) {
    const { status, problem } = await read(path);
    assert.equal([status, problem.code], [409, 'log.no_head_yet'], path);
  }
  assert.is((await read('/log/keys')).text, '');
});

test('the newest head is served as it was signed, with the keys that open it', async () => {
  first = `order-${await placeOrder(api.core)}`;
  const before = await signHead();
  for (let orders = 0; orders < 4; orders++) await placeOrder(api.core);
  heads = [before, await signHead()];
  const { text, headers } = await read('/log/checkpoint');
  assert.is(text, heads[1].note);
  assert.is(headers.get('content-type'), 'text/plain; charset=utf-8');
  assert.is(headers.get('cache-control'), 'no-store');
  const vkeys = (await read('/log/keys', ADMIN)).text.trim().split('\n');
  assert.is(openCheckpointNote(text, vkeys.map(parseVerifier)).signatures.length, 2);
});

test('an event is proven to a reader with the keys', async () => {
  const { text } = await read(`/log/proof?stream=${first}&revision=0`);
  const [event] = await api.store.readStream(first);
  const entry = Buffer.from((event && hashOf(event)) ?? '', 'hex');
  const verifiers = (await read('/log/keys')).text.trim().split('\n').map(parseVerifier);
  assert.is(openLogProof(text, entry, verifiers).size, heads[1].size);
  assert.is((await read('/log/proof?stream=order-none&revision=0')).status, 404);
  const later = await placeOrder(api.core);
  assert.is((await read(`/log/proof?stream=order-${later}&revision=0`)).problem.code, 'log.no_head_yet');
});

test('heads are proven to belong together', async () => {
  const [before, after] = heads;
  const { body } = await api.call<{ readonly hashes: readonly string[] }>(
    `/log/consistency?from=${before.size}&to=${after.size}`,
  );
  assert.ok(
    isConsistent(
      before,
      after,
      body.hashes.map((hash) => Buffer.from(hash, 'base64')),
    ),
  );
  assert.is((await read('/log/consistency?from=2&to=1')).status, 422);
  assert.is((await read(`/log/consistency?from=1&to=${after.size + 1}`)).problem.code, 'log.no_head_yet');
});

test('tiles and entries are bytes that never change', async () => {
  const { size } = heads[1];
  const tile = await binary(`/log/tile/0/000.p/${size}`);
  const bundle = await binary(`/log/tile/entries/000.p/${size}`);
  assert.equal([tile.bytes.length, bundle.bytes.length], [size * 32, size * 34]);
  assert.ok(isSameHash(leafHash(bundle.bytes.subarray(2, 34)), tile.bytes.subarray(0, 32)));
  assert.is(tile.headers.get('content-type'), 'application/octet-stream');
  assert.is(tile.headers.get('cache-control'), 'public, max-age=31536000, immutable');
  for (const path of [
    '/log/tile/0/1',
    '/log/tile/00/000',
    '/log/tile/64/000',
    `/log/tile/0/000.p/${size + 1}`,
    '/log/tile/1/000.p/1',
    '/log/tile/0/x000/001',
    '/log/tile/0/x000/x000/001',
  ])
    assert.is((await read(path)).status, 404, path);
  for (const path of ['/log/tile/0/000', '/log/tile/0/x001/000', '/log/tile/entries/x001/x000/000'])
    assert.is((await read(path)).problem.code, 'log.no_head_yet', path);
});

test('it is for auditors and admins, or published for all', async () => {
  assert.is((await api.call('/log/checkpoint', { as: MEERA })).status, 403);
  assert.is((await api.call('/log/checkpoint', { as: null })).status, 401);
  assert.is((await published.call('/log/checkpoint', { as: null })).text, heads[1].note);
});

test('health tells that the log contradicts its record, and not what of it', async () => {
  type Health = {
    readonly status: string;
    readonly parts: readonly { readonly name: string; readonly state: string; readonly reason?: string }[];
  };
  const log = async () => {
    const { body } = await api.call<Health>('//health/ready', { as: null });
    return [body.status, body.parts.find(({ name }) => name === 'log')?.state];
  };
  assert.equal(await log(), ['ready', 'up']);
  await api.core.db('log_progress').update({ failure: 'order-1 revision 4 does not follow' });
  const { text } = await api.call('//health/ready', { as: null });
  assert.equal(await log(), ['ready', 'behind']);
  assert.not.match(text, 'order-1');
});

test.run();
