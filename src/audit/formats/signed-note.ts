import { createPrivateKey, createPublicKey, hash, sign, verify, type KeyObject } from 'node:crypto';
import { decodeBase64, encodeBase64 } from './base64.ts';

/** A note that must not be trusted: it is not in the format of C2SP signed-note, or no known key signed it. */
export class InvalidNote extends Error {
  override readonly name = 'InvalidNote';
}

/** Ed25519 signatures of the text, or of the text with a time before it (C2SP tlog-cosignature). */
const TYPES = { signature: 0x01, cosignature: 0x04 } as const;
export type KeyKind = keyof typeof TYPES;

const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
const ID_BYTES = 4;
const TIME_BYTES = 8;
/** The specification requires support for at least 16; a post-quantum signature has 5 kB. */
const MAX_SIGNATURES = 64;
const MAX_NOTE_CHARS = 1_000_000;

/** Comes before the 32 bytes of an Ed25519 key in a DER-encoded SubjectPublicKeyInfo. */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

const isKeyName = (name: string): boolean => /^[^\p{White_Space}+\p{Cc}]+$/u.test(name);

const typed = (kind: KeyKind, publicKey: Uint8Array): Uint8Array => Buffer.concat([Buffer.of(TYPES[kind]), publicKey]);

const keyIdOf = (name: string, kind: KeyKind, publicKey: Uint8Array): Buffer =>
  hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), typed(kind, publicKey)]), 'buffer').subarray(0, ID_BYTES);

/** Checks signatures of one key. */
export type Verifier = {
  readonly name: string;
  readonly kind: KeyKind;
  /** Hexadecimal, eight digits. */
  readonly id: string;
  /** The key as published: `<name>+<id>+<base64>`. */
  readonly vkey: string;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
};

export const createVerifier = (name: string, kind: KeyKind, publicKey: Uint8Array): Verifier => {
  if (!isKeyName(name)) throw new InvalidNote(`"${name}" is not a key name: it must not contain spaces or plus signs`);
  const id = keyIdOf(name, kind, publicKey).toString('hex');
  return { name, kind, id, publicKey, vkey: `${name}+${id}+${encodeBase64(typed(kind, publicKey))}` };
};

/** @throws InvalidNote if the text is not a verifier key of a known kind */
export const parseVerifier = (vkey: string): Verifier => {
  const [, name = '', id = '', encoded = ''] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(vkey) ?? [];
  const material = decodeBase64(encoded);
  const kind = (['signature', 'cosignature'] as const).find((one) => TYPES[one] === material?.[0]);
  if (material === undefined || kind === undefined || material.length !== 1 + KEY_BYTES)
    throw new InvalidNote(`"${vkey}" is not a verifier key: expected <name>+<id>+<base64 of an Ed25519 key>`);
  const verifier = createVerifier(name, kind, material.subarray(1));
  if (verifier.id !== id) throw new InvalidNote(`the id of the verifier key "${vkey}" does not match its name and key`);
  return verifier;
};

const publicKeyOf = (raw: Uint8Array): KeyObject =>
  createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: 'der', type: 'spki' });

/** The text that a cosigner signs: the time, and the tree that it saw. */
const cosigned = (text: string, seconds: bigint): Buffer => Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`);

export type Signer = {
  readonly verifier: Verifier;
  /** The signature line for a note's text, with its newline. A cosigner's line contains the time. */
  readonly sign: (text: string, at: Date) => string;
};

/** @param key Ed25519, DER-encoded PKCS #8 */
export const createSigner = (name: string, kind: KeyKind, key: Uint8Array): Signer => {
  const privateKey = createPrivateKey({ key: Buffer.from(key), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(SPKI_PREFIX.length);
  const verifier = createVerifier(name, kind, publicKey);
  const bytesOf = (text: string, at: Date): Buffer => {
    if (kind === 'signature') return sign(null, Buffer.from(text), privateKey);
    const seconds = BigInt(Math.floor(at.getTime() / 1_000));
    const time = Buffer.alloc(TIME_BYTES);
    time.writeBigUInt64BE(seconds);
    return Buffer.concat([time, sign(null, cosigned(text, seconds), privateKey)]);
  };
  return {
    verifier,
    sign: (text, at) =>
      `— ${name} ${encodeBase64(Buffer.concat([Buffer.from(verifier.id, 'hex'), bytesOf(text, at)]))}\n`,
  };
};

/** @throws InvalidNote if the text cannot be the text of a note */
export const signNote = (text: string, signers: readonly Signer[], at: Date): string => {
  if (!isNoteText(text))
    throw new InvalidNote('the text of a note must end in a newline and have no control characters');
  return `${text}\n${signers.map((signer) => signer.sign(text, at)).join('')}`;
};

const isNoteText = (text: string): boolean =>
  text.endsWith('\n') && text.isWellFormed() && !/[\0-\x09\x0b-\x1f]/.test(text);

type SignatureLine = {
  readonly name: string;
  readonly id: string;
  readonly signature: Uint8Array;
  readonly line: string;
};

const parseLine = (line: string): SignatureLine => {
  const [, name = '', encoded = ''] = /^— (\S+) (\S+)$/.exec(line) ?? [];
  const bytes = decodeBase64(encoded);
  if (!isKeyName(name) || bytes === undefined || bytes.length <= ID_BYTES)
    throw new InvalidNote('a signature line is not of the form "— <name> <base64>"');
  return {
    name,
    id: Buffer.from(bytes.subarray(0, ID_BYTES)).toString('hex'),
    signature: bytes.subarray(ID_BYTES),
    line: `${line}\n`,
  };
};

/** The text of a note and its signature lines, not checked yet. @throws InvalidNote */
export const splitNote = (note: string): { readonly text: string; readonly lines: readonly SignatureLine[] } => {
  const end = note.lastIndexOf('\n\n');
  if (note.length > MAX_NOTE_CHARS || end < 0 || !isNoteText(note))
    throw new InvalidNote('it is not a signed note: expected text, an empty line and signature lines');
  const lines = note
    .slice(end + 2)
    .split('\n')
    .slice(0, -1);
  if (lines.length === 0 || lines.length > MAX_SIGNATURES)
    throw new InvalidNote(`a note has 1 to ${MAX_SIGNATURES} signatures, this one has ${lines.length}`);
  return { text: note.slice(0, end + 1), lines: lines.map(parseLine) };
};

export type Signature = {
  readonly verifier: Verifier;
  /** For a cosignature: its time. */
  readonly at: Date | undefined;
};

const timeOf = (signature: Uint8Array): bigint => Buffer.from(signature).readBigUInt64BE(0);

const check = (text: string, verifier: Verifier, bytes: Uint8Array): Signature | undefined => {
  const key = publicKeyOf(verifier.publicKey);
  if (verifier.kind === 'signature')
    return verify(null, Buffer.from(text), key, bytes) ? { verifier, at: undefined } : undefined;
  if (bytes.length !== TIME_BYTES + SIGNATURE_BYTES) return undefined;
  const seconds = timeOf(bytes);
  const at = new Date(Number(seconds) * 1_000);
  const isSigned = verify(null, cosigned(text, seconds), key, bytes.subarray(TIME_BYTES));
  return isSigned && !Number.isNaN(at.getTime()) ? { verifier, at } : undefined;
};

export type OpenedNote = { readonly text: string; readonly signatures: readonly Signature[] };

/**
 * The text of a note, and which of these keys signed it. Lines of other keys are skipped.
 * @throws InvalidNote if a signature of a known key is wrong, or if no known key signed
 */
export const openNote = (note: string, verifiers: readonly Verifier[]): OpenedNote => {
  const { text, lines } = splitNote(note);
  const signatures = lines.flatMap(({ name, id, signature }) => {
    const verifier = verifiers.find((one) => one.name === name && one.id === id);
    if (verifier === undefined) return [];
    const checked = check(text, verifier, signature);
    if (checked === undefined) throw new InvalidNote(`the signature of ${name} is wrong`);
    return [checked];
  });
  if (signatures.length === 0) throw new InvalidNote('none of the known keys signed this note');
  return { text, signatures };
};
