import { execFileSync } from 'node:child_process';
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeBase64 } from '../../../src/audit/formats/base64.ts';
import {
  createSigner,
  createVerifier,
  InvalidNote,
  openNote,
  parseVerifier,
  signNote,
  splitNote,
} from '../../../src/audit/formats/signed-note.ts';

const test = suite('signed notes of C2SP');

const isInvalidNote = (error: unknown): boolean => error instanceof InvalidNote;

const AT = new Date('2026-03-01T12:00:00.700Z');
const newKey = (): Buffer => generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' });

/** The example of c2sp.org/signed-note. */
const EXAMPLE_KEY = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
const EXAMPLE = `This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
`;

test("the specification's example note opens with the specification's example key", () => {
  const verifier = parseVerifier(EXAMPLE_KEY);
  const { text, signatures } = openNote(EXAMPLE, [verifier]);
  assert.is(text, 'This is an example message.\n');
  assert.equal(
    signatures.map((signature) => signature.verifier.vkey),
    [EXAMPLE_KEY],
  );
});

test('a note whose text, signature or key was changed does not open', () => {
  const verifier = parseVerifier(EXAMPLE_KEY);
  const other = createVerifier('example.com/foo', 'signature', new Uint8Array(32));
  assert.throws(
    () => openNote(EXAMPLE.replace('message', 'massage'), [verifier]),
    /signature of example.com\/foo is wrong/,
  );
  assert.throws(() => openNote(EXAMPLE.replace('iJGh', 'iJGi').replace('1yJGh', '1yJGi'), [verifier]), /is wrong/);
  assert.throws(() => openNote(EXAMPLE, [other]), /none of the known keys/);
  assert.throws(() => openNote(EXAMPLE, []), /none of the known keys/);
});

test('lines of other keys are passed over, also under a known name', () => {
  const [own, stranger] = [
    createSigner('waybill/1', 'signature', newKey()),
    createSigner('waybill/1', 'signature', newKey()),
  ];
  const note = signNote('a\n\nb\n', [stranger, own], AT);
  const { text, signatures } = openNote(note, [own.verifier]);
  assert.is(text, 'a\n\nb\n', 'the last empty line ends the text');
  assert.is(signatures.length, 1);
  assert.is(splitNote(note).lines.length, 2);
});

test('a cosignature says when it was given, and covers that', () => {
  const signer = createSigner('waybill/1/time', 'cosignature', newKey());
  const note = signNote('waybill/1\n1\nAAAA\n', [signer], AT);
  assert.equal(openNote(note, [signer.verifier]).signatures, [
    { verifier: signer.verifier, at: new Date('2026-03-01T12:00:00.000Z') },
  ]);
  const [line] = splitNote(note).lines;
  const signature = Buffer.from(line?.signature ?? []);
  assert.is(signature.length, 72);
  assert.is(signature.readBigUInt64BE(0), BigInt(Date.parse('2026-03-01T12:00:00Z') / 1_000));
  signature[7] = (signature[7] ?? 0) ^ 1;
  const later = encodeBase64(Buffer.concat([Buffer.from(signer.verifier.id, 'hex'), signature]));
  assert.throws(
    () => openNote(note.replace(/(— \S+ ).*\n$/, `$1${later}\n`), [signer.verifier]),
    /signature of waybill\/1\/time is wrong/,
  );
});

test('the kind of a key is part of its id', () => {
  const key = newKey();
  const [one, other] = [createSigner('a', 'signature', key), createSigner('a', 'cosignature', key)];
  assert.is.not(one.verifier.id, other.verifier.id);
  for (const { verifier } of [one, other]) assert.equal(parseVerifier(verifier.vkey).kind, verifier.kind);
});

test('keys that are not of the form are rejected', () => {
  const wrong = [
    '',
    'a',
    'a+b+c',
    EXAMPLE_KEY.replace('530d903a', '530d903b'),
    EXAMPLE_KEY.replace('+Aeky', '+Beky'),
    `${EXAMPLE_KEY} `,
  ];
  for (const vkey of wrong) assert.throws(() => parseVerifier(vkey), isInvalidNote, vkey);
  for (const name of ['', 'a b', 'a+b', 'a\u00a0b', 'a\n'])
    assert.throws(() => createVerifier(name, 'signature', new Uint8Array(32)), isInvalidNote, name);
});

test('texts that are not notes are rejected', () => {
  const verifier = parseVerifier(EXAMPLE_KEY);
  const line = EXAMPLE.split('\n')[2] ?? '';
  const wrong = [
    '',
    '\n',
    'text',
    'text\n',
    'text\n\n',
    `text\n${line}\n`,
    EXAMPLE.slice(0, -1),
    EXAMPLE.replace('— ', '- '),
    EXAMPLE.replace('=\n', '\n'),
    EXAMPLE.replace('T', '\t'),
    `a\n\n${`${line}\n`.repeat(65)}`,
  ];
  for (const note of wrong) assert.throws(() => openNote(note, [verifier]), isInvalidNote, JSON.stringify(note));
  const signer = createSigner('a', 'signature', newKey());
  for (const text of ['', 'a', 'a\r\n', 'a\0\n']) assert.throws(() => signNote(text, [signer], AT), isInvalidNote);
});

test('openssl checks a signature', () => {
  const key = newKey();
  const signer = createSigner('waybill/1', 'signature', key);
  const note = signNote('waybill/1\n1\nAAAA\n', [signer], AT);
  const { text, lines } = splitNote(note);
  const folder = mkdtempSync(join(tmpdir(), 'note-'));
  try {
    const files = { text: join(folder, 'text'), sig: join(folder, 'sig'), key: join(folder, 'key.der') };
    const check = (): string =>
      execFileSync(
        'openssl',
        [
          'pkeyutl',
          '-verify',
          '-rawin',
          '-pubin',
          '-keyform',
          'DER',
          '-inkey',
          files.key,
          '-sigfile',
          files.sig,
          '-in',
          files.text,
        ],
        { encoding: 'utf8', stdio: 'pipe' },
      );
    writeFileSync(
      files.key,
      createPublicKey(createPrivateKey({ key, format: 'der', type: 'pkcs8' })).export({ format: 'der', type: 'spki' }),
    );
    writeFileSync(files.sig, lines[0]?.signature ?? '');
    writeFileSync(files.text, text);
    assert.match(check(), /Signature Verified Successfully/);
    writeFileSync(files.text, text.replace('1\nA', '2\nA'));
    assert.throws(check);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
