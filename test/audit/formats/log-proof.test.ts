import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { verifyTLogInclusion } from '@sigstore/verify/dist/tlog/index.js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openCheckpointNote, parseCheckpoint, signCheckpoint } from '../../../src/audit/formats/checkpoint.ts';
import { encodeLogProof, openLogProof, parseLogProof, type LogProof } from '../../../src/audit/formats/log-proof.ts';
import { inclusionProof, rootAt } from '../../../src/audit/formats/merkle.ts';
import { createSigner, InvalidNote, splitNote } from '../../../src/audit/formats/signed-note.ts';
import { entryAt, growLog } from './grow-log.ts';

const test = suite('checkpoints and proofs of C2SP');

const isInvalidNote = (error: unknown): boolean => error instanceof InvalidNote;

const AT = new Date('2026-03-01T12:00:00Z');
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const key = privateKey.export({ format: 'der', type: 'pkcs8' });
const log = createSigner('waybill/1', 'signature', key);
const time = createSigner(
  'waybill/1/time',
  'cosignature',
  generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' }),
);
const { read } = growLog([600]);

const proofAt = async (index: number, size: number): Promise<LogProof> => ({
  index,
  hashes: await inclusionProof(read, index, size),
  checkpoint: signCheckpoint({ origin: 'waybill/1', size, root: await rootAt(read, size) }, [log, time], AT),
});

test('a checkpoint is three lines and its signatures', async () => {
  const { checkpoint } = await proofAt(0, 3);
  const [origin, size, root, empty, ...lines] = checkpoint.split('\n');
  assert.equal([origin, size, root?.length, empty], ['waybill/1', '3', 44, '']);
  assert.equal(
    lines.map((line) => line.split(' ').slice(0, 2).join(' ')),
    ['— waybill/1', '— waybill/1/time', ''],
  );
  const opened = openCheckpointNote(checkpoint, [log.verifier, time.verifier]);
  assert.equal([opened.origin, opened.size, opened.signatures.map(({ at }) => at)], ['waybill/1', 3, [undefined, AT]]);
});

test("the specification's checkpoint is read", () => {
  const { origin, size, root } = parseCheckpoint(
    'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n',
  );
  assert.equal([origin, size, root.length], ['example.com/behind-the-sofa', 20_852_163, 32]);
});

test('texts that are no checkpoints are rejected', () => {
  const root = 'CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=';
  for (const text of [
    '',
    'a\n',
    `a\n1\n`,
    `\n1\n${root}\n`,
    `a\n01\n${root}\n`,
    `a\n-1\n${root}\n`,
    `a\n1e3\n${root}\n`,
    `a\n1\nAAAA\n`,
    `a\n1\n${root.replace('=', '')}\n`,
    `a\n99999999999999999999\n${root}\n`,
  ])
    assert.throws(() => parseCheckpoint(text), isInvalidNote, JSON.stringify(text));
});

test('a proof is text that opens with the keys and the entry alone', async () => {
  const proof = await proofAt(255, 513);
  const text = encodeLogProof(proof);
  assert.ok(text.startsWith('c2sp.org/tlog-proof@v1\nindex 255\n'));
  assert.equal(parseLogProof(text), parseLogProof(text.replace('index', 'extra AAAA\nindex')));
  assert.is(openLogProof(text, entryAt(255), [log.verifier]).size, 513);
  assert.throws(() => openLogProof(text, entryAt(254), [log.verifier]), /does not lead/);
  assert.throws(
    () => openLogProof(text.replace('index 255', 'index 254'), entryAt(255), [log.verifier]),
    /does not lead/,
  );
  assert.throws(() => openLogProof(text.replace('\n513\n', '\n514\n'), entryAt(255), [log.verifier]), /is wrong/);
});

test('texts that are no proofs are rejected', async () => {
  const text = encodeLogProof(await proofAt(1, 3));
  const wrong = [
    '',
    'a',
    text.replace('v1', 'v2'),
    text.replace('index 1', 'index 01'),
    text.replace('index 1', 'index -1'),
    text.replace('index 1\n', ''),
    text.replace('=\n\n', '\n\n'),
    text.replace('\n\n', '\nAAAA\n\n'),
  ];
  for (const one of wrong) assert.throws(() => parseLogProof(one), isInvalidNote, JSON.stringify(one));
});

/** As sigstore's verifier, which knows nothing of us, wants its entries and keys. */
const sigstoreAccepts = ({ index, hashes, checkpoint }: LogProof, entry: Uint8Array): void => {
  const [, size = '', root = ''] = checkpoint.split('\n');
  verifyTLogInclusion(
    {
      logIndex: String(index),
      logId: { keyId: Buffer.from(log.verifier.id, 'hex') },
      kindVersion: { kind: 'event', version: '1' },
      integratedTime: '0',
      inclusionPromise: undefined,
      inclusionProof: {
        logIndex: String(index),
        rootHash: Buffer.from(root, 'base64'),
        treeSize: size,
        hashes: hashes.map((hash) => Buffer.from(hash)),
        checkpoint: { envelope: checkpoint },
      },
      canonicalizedBody: Buffer.from(entry),
    },
    [
      {
        logID: Buffer.from(log.verifier.id, 'hex'),
        baseURL: 'waybill/1',
        publicKey,
        validFor: { start: new Date(0), end: new Date('2100-01-01') },
      },
    ],
  );
};

for (const size of [1, 2, 3, 255, 256, 257, 513])
  test(`@sigstore/verify accepts proofs and heads at size ${size}, and rejects what was changed`, async () => {
    for (const index of new Set([0, size >> 1, size - 1])) {
      const proof = await proofAt(index, size);
      sigstoreAccepts(proof, entryAt(index));
      assert.throws(() => sigstoreAccepts(proof, entryAt(index + 1)), /root hash/);
      assert.throws(
        () => sigstoreAccepts({ ...proof, hashes: [...proof.hashes, entryAt(0)] }, entryAt(index)),
        /hash count/,
      );
      const forged = proof.checkpoint.replace(`\n${size}\n`, `\n${size + 1}\n`);
      assert.throws(() => sigstoreAccepts({ ...proof, checkpoint: forged }, entryAt(index)), /signature/);
      const stranger = createSigner(
        'waybill/1',
        'signature',
        generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' }),
      );
      const other = signCheckpoint(parseCheckpoint(splitNote(proof.checkpoint).text), [stranger], AT);
      assert.throws(() => sigstoreAccepts({ ...proof, checkpoint: other }, entryAt(index)), /signature/);
    }
  });

test('the key that others are given is that of the signing key', () => {
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  assert.equal(Buffer.from(log.verifier.publicKey), spki.subarray(-32));
});

test.run();
