import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createAskWitness } from '../../src/app/compose/log.ts';
import { openCheckpointNote } from '../../src/audit/formats/checkpoint.ts';
import { isConsistent, type Hash, type Tree } from '../../src/audit/formats/merkle.ts';
import { createSigner, openNote, parseVerifier } from '../../src/audit/formats/signed-note.ts';
import { openHeads, readHead, readLogKeys, type Head } from '../../src/audit/heads.ts';
import { publishHeadTask, witnessHeadTask } from '../../src/audit/publish-head.ts';
import { parseWitness, type Witness } from '../../src/audit/witness.ts';
import { ManualInterventionRequired } from '../../src/jobs/manual-intervention-required.ts';
import { newSigningKey } from '../support/signing-key.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary.ts';
import { runJob } from '../support/worker-deps.ts';
import { openAuditWorld, placeOrders, recordAll, type AuditWorld } from './audit-world.ts';

const test = suite('heads are kept elsewhere');
const keys = { sign: newSigningKey(), cosign: newSigningKey() };
const signer = createSigner('witness.example/w', 'cosignature', newSigningKey());
const stranger = createSigner('witness.example/w', 'cosignature', newSigningKey());

let world: AuditWorld;
let folder: TemporaryFolder;
let server: Server;
let witness: Witness;
/** What the witness has seen last, how it signs, and the statuses it answered. */
const stub = { seen: { size: 0, root: new Uint8Array() as Hash }, signs: signer, answered: [] as number[] };

/** A witness as C2SP tlog-witness describes it. */
const answer = async (body: string): Promise<{ readonly status: number; readonly body: string }> => {
  const end = body.indexOf('\n\n');
  const [old = '', ...hashes] = body.slice(0, end).split('\n');
  const note = body.slice(end + 2);
  const head = openCheckpointNote(note, (await readLogKeys(world.db)).map(parseVerifier));
  if (old !== `old ${stub.seen.size}`) return { status: 409, body: `${stub.seen.size}\n` };
  const proof = hashes.map((hash): Hash => Buffer.from(hash, 'base64'));
  const before: Tree = stub.seen;
  if (before.size > 0 && !isConsistent(before, head, proof)) return { status: 422, body: '' };
  stub.seen = { size: head.size, root: head.root };
  return {
    status: 200,
    body: `— other.example AAAAAAAA\n${stub.signs.sign(note.slice(0, note.lastIndexOf('\n\n') + 1), new Date())}`,
  };
};

test.before(async () => {
  [world, folder] = [await openAuditWorld(), await temporaryFolder()];
  server = createServer((request, response) => {
    void text(request)
      .then(answer)
      .then(({ status, body }) => {
        stub.answered.push(status);
        response.writeHead(status, { 'content-type': status === 409 ? 'text/x.tlog.size' : 'text/plain' }).end(body);
      });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // listening on TCP
  witness = parseWitness(`${signer.verifier.vkey}@http://127.0.0.1:${port}/`);
});
test.before.each(() => {
  stub.answered.length = 0;
  stub.signs = signer;
});
test.after(async () => {
  server.close();
  await world.close();
  await folder.remove();
});

const signed = async (): Promise<Head> => {
  await placeOrders(world.log, 2);
  await recordAll(world);
  const { db } = world;
  const head = await openHeads({ db, keys, origin: 'shop.example/log', folder: folder.path, timeZone: 'UTC' }).make();
  if (head === undefined) throw new Error('there is nothing to sign');
  return head;
};
const ask = () =>
  runJob(
    witnessHeadTask,
    { vkey: witness.verifier.vkey },
    { db: world.db, witnesses: [witness], askWitness: createAskWitness(), headWebhooks: () => Promise.resolve([]) },
  );
const errorOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'nothing was thrown',
    (error: unknown) => error,
  );
const signaturesOfWitness = async (): Promise<number> => {
  const { note = '' } = (await readHead(world.db)) ?? {};
  return note.split(`\n— ${signer.verifier.name} `).length - 1;
};

test('a witness signs a head, and its line is kept with the head', async () => {
  await signed();
  await ask();
  const head = await readHead(world.db);
  assert.is(openNote(head?.note ?? '', [signer.verifier]).signatures.length, 1);
  assert.is(
    openCheckpointNote(head?.note ?? '', (await readLogKeys(world.db)).map(parseVerifier)).signatures.length,
    2,
  );
  await ask();
  assert.equal([stub.answered, await signaturesOfWitness()], [[200], 1], 'each head once');
});

test('the next head comes with the proof that the log only grew', async () => {
  await signed();
  await ask();
  assert.equal([stub.answered, await signaturesOfWitness()], [[200], 1]);
});

test('a witness that has seen another size names it, and gets the proof from there', async () => {
  await signed();
  // What it said was lost: the process died before it was written.
  await world.db.raw(
    `update log_heads set note = substr(note, 1, strpos(note, E'\\n— witness') )  where strpos(note, E'\\n— witness') > 0`,
  );
  await ask();
  assert.equal([stub.answered, await signaturesOfWitness()], [[409, 200], 1]);
});

test('an answer that its key did not sign is not kept', async () => {
  await signed();
  stub.signs = stranger;
  assert.match(String(await errorOf(ask())), /none of the known keys/);
  assert.is(await signaturesOfWitness(), 0);
  stub.signs = signer;
  await ask();
  assert.is(await signaturesOfWitness(), 1);
});

test('a witness that has seen more than the log has is a matter for people', async () => {
  await signed();
  stub.seen = { size: 1_000_000, root: new Uint8Array(32) };
  const error = await errorOf(ask());
  assert.instance(error, ManualInterventionRequired);
  assert.match(String(error), /has signed a head of 1000000 events/);
});

test('a new head is a job for each witness and each webhook that wants heads', async () => {
  const { db } = world;
  const asked: unknown[] = [];
  await runJob(
    publishHeadTask,
    {},
    {
      db,
      witnesses: [witness],
      askWitness: createAskWitness(),
      headWebhooks: () => {
        asked.push('webhooks');
        return Promise.resolve(['5b0f7a52-0000-4000-8000-000000000001']);
      },
    },
  );
  assert.equal(asked, ['webhooks']);
  const { rows } = await db.raw<{ rows: readonly { readonly key: string }[] }>(
    `select key from graphile_worker.jobs where key ~ '^(witness|send)-head' order by key`,
  );
  assert.equal(
    rows.map(({ key }) => key),
    ['send-head:5b0f7a52-0000-4000-8000-000000000001', `witness-head:${witness.verifier.vkey}`],
  );
});

test.run();
