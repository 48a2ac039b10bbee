// Proves an audit pack of Waybill. Needs nothing but Node 20 and this folder:
//
//   node verify.mjs [folder] [--key <public key that you keep>] [--head <file of a head that you keep>]
//
// Exit code 0: everything in the pack is proven. 1: it is not, and the last line says why.
import { createHash, createPublicKey, verify } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

class Rejected extends Error {}
const reject = (reason) => {
  throw new Rejected(reason);
};
const demand = (isSo, reason) => {
  if (!isSo) reject(reason);
};

const args = process.argv.slice(2);
const optionOf = (name) => {
  const at = args.indexOf(name);
  if (at < 0) return undefined;
  const [, value] = args.splice(at, 2);
  return value ?? reject(`${name} needs a value`);
};

const sha256 = (...parts) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const say = (sentence) => console.log(sentence);
const countOf = (count, thing) => `${count} ${thing}${count === 1 ? '' : 's'}`;

/** Bytes of strict base64: what decodes to the same text again. */
const base64 = (text) => {
  const bytes = Buffer.from(text ?? '', 'base64');
  demand(bytes.length > 0 && bytes.toString('base64') === text, `"${text}" is not base64`);
  return bytes;
};

// --- Canonical JSON (RFC 8785), over which the hash of an event is taken ---
const canonical = (value) => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`;
};

// --- C2SP signed-note ---
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

const parseKey = (line) => {
  const [, name, id, encoded] =
    /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(line) ?? reject(`"${line}" is not a public key`);
  const typed = base64(encoded);
  demand(typed.length === 33 && (typed[0] === 1 || typed[0] === 4), `"${line}" is not an Ed25519 key`);
  demand(sha256(`${name}\n`, typed).subarray(0, 4).toString('hex') === id, `the id of the key "${line}" is wrong`);
  const key = createPublicKey({ key: Buffer.concat([SPKI, typed.subarray(1)]), format: 'der', type: 'spki' });
  return { name, id, isCosigner: typed[0] === 4, key, line, material: encoded };
};

/** The key itself, whatever its name: after a restore the same key signs under another one. */
const materialOf = (line) => /^[^+\s]+\+[0-9a-f]{8}\+(\S+)$/.exec(line)?.[1] ?? '';

/** Whether an origin is of before the restore that began another one: `…/2` comes after `…`. */
const isEarlierOrigin = (origin, begun) => {
  const [, base, digits] = /^(.+)\/([1-9]\d{0,5})$/.exec(begun) ?? [];
  if (base === undefined || !origin.startsWith(base)) return false;
  const [, earlier] = /^\/([1-9]\d{0,5})$/.exec(origin.slice(base.length)) ?? [];
  return origin === base || Number(earlier) < Number(digits);
};

const checkSignature = (text, { key, isCosigner }, bytes) => {
  if (!isCosigner) return verify(null, Buffer.from(text), key, bytes) ? {} : undefined;
  if (bytes.length !== 72) return undefined;
  const seconds = bytes.readBigUInt64BE(0);
  const signed = Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`);
  return verify(null, signed, key, bytes.subarray(8))
    ? { at: new Date(Number(seconds) * 1000).toISOString() }
    : undefined;
};

/**
 * The text of a note that a log key has signed, and with it, where a cosigner did, the time. Lines of other keys, such as
 * those of witnesses, say nothing and are skipped.
 */
const openNote = (note, keys, what) => {
  const end = note.lastIndexOf('\n\n');
  demand(end > 0 && note.endsWith('\n'), `${what} is not a signed note`);
  const text = note.slice(0, end + 1);
  const signatures = note
    .slice(end + 2, -1)
    .split('\n')
    .flatMap((line) => {
      const [, name, encoded] = /^— (\S+) (\S+)$/.exec(line) ?? reject(`${what} has a line that is not a signature`);
      const bytes = base64(encoded);
      const id = bytes.subarray(0, 4).toString('hex');
      const known = keys.find((one) => one.name === name && one.id === id);
      if (known === undefined) return [];
      const checked = checkSignature(text, known, bytes.subarray(4));
      demand(checked !== undefined, `the signature of ${name} on ${what} is wrong`);
      return [{ ...checked, key: known }];
    });
  const signature = signatures.find(({ key }) => !key.isCosigner);
  demand(signature !== undefined, `${what} is not signed by a key in keys.txt`);
  const signers = new Set(signatures.map(({ key }) => key.line));
  return { text, signer: signature.key, signers, at: signatures.find(({ at }) => at !== undefined)?.at };
};

const openHead = (note, keys, what) => {
  const { text, signer, signers, at } = openNote(note, keys, what);
  const [origin, size, root, ...more] = text.split('\n');
  demand(more.length === 1 && more[0] === '' && /^(0|[1-9]\d*)$/.test(size), `${what} is not a head of a log`);
  demand(signer.name === origin, `${what} is signed by ${signer.name}, not by ${origin}`);
  return { origin, size: Number(size), root: base64(root), at, signer, signers };
};

// --- RFC 6962: inclusion and consistency ---
const leafHash = (leaf) => sha256(Buffer.of(0), leaf);
const nodeHash = (left, right) => sha256(Buffer.of(1), left, right);
const splitOf = (n) => {
  let split = 1;
  while (split * 2 < n) split *= 2;
  return split;
};

const rootOfInclusion = (index, from, to, leaf, path) => {
  if (to - from === 1) return path.length === 0 ? leaf : undefined;
  if (path.length === 0) return undefined;
  const [middle, sibling, rest] = [from + splitOf(to - from), path.at(-1), path.slice(0, -1)];
  const isLeft = index < middle;
  const own = isLeft
    ? rootOfInclusion(index, from, middle, leaf, rest)
    : rootOfInclusion(index, middle, to, leaf, rest);
  if (own === undefined) return undefined;
  return isLeft ? nodeHash(own, sibling) : nodeHash(sibling, own);
};

/** The roots of the smaller and of the larger tree, as a consistency proof has them. */
const rootsOfConsistency = (old, from, to, oldRoot, path) => {
  if (old === to) {
    if (oldRoot !== undefined) return path.length === 0 ? { before: oldRoot, after: oldRoot } : undefined;
    return path.length === 1 ? { before: path[0], after: path[0] } : undefined;
  }
  if (path.length === 0) return undefined;
  const [middle, sibling, rest] = [from + splitOf(to - from), path.at(-1), path.slice(0, -1)];
  if (old <= middle) {
    const left = rootsOfConsistency(old, from, middle, oldRoot, rest);
    return left && { before: left.before, after: nodeHash(left.after, sibling) };
  }
  const right = rootsOfConsistency(old, middle, to, undefined, rest);
  return right && { before: nodeHash(sibling, right.before), after: nodeHash(sibling, right.after) };
};

const precedes = (older, newer, path) => {
  if (older.size > newer.size) return false;
  if (older.size === newer.size) return older.root.equals(newer.root) && path.length === 0;
  const roots = rootsOfConsistency(older.size, 0, newer.size, older.root, path);
  return roots !== undefined && roots.before.equals(older.root) && roots.after.equals(newer.root);
};

// --- The pack ---
const run = () => {
  const [ownKey, ownHead] = [optionOf('--key'), optionOf('--head')];
  const isKnown = args.length <= 1 && !args[0]?.startsWith('-');
  demand(isKnown, 'use: node verify.mjs [folder] [--key <public key>] [--head <file>]');
  const folder = args[0] ?? '.';
  const bytesOf = (name) => {
    try {
      return readFileSync(`${folder}/${name}`);
    } catch {
      return reject(`${name} cannot be read`);
    }
  };
  const textOf = (name) => {
    const bytes = bytesOf(name);
    const text = bytes.toString('utf8');
    demand(Buffer.from(text).equals(bytes), `${name} is not UTF-8`);
    return text;
  };
  const jsonOf = (name, text) => {
    try {
      return JSON.parse(text);
    } catch {
      return reject(`${name} is not JSON`);
    }
  };
  const linesOf = (name) => {
    const text = textOf(name);
    demand(text === '' || text.endsWith('\n'), `${name} does not end with a line`);
    return text.split('\n').slice(0, -1);
  };

  const keys = linesOf('keys.txt').map(parseKey);
  if (ownKey !== undefined)
    demand(
      keys.some(({ line }) => line === ownKey),
      'your key is not among the keys of the pack',
    );

  const manifestText = textOf('manifest.json');
  const signed = openNote(textOf('manifest.note'), keys, 'manifest.note');
  const expected = `waybill-pack/v1\n${sha256(manifestText).toString('base64')}\n`;
  demand(signed.text === expected, 'manifest.json is not the one that was signed');
  const manifest = jsonOf('manifest.json', manifestText);
  say(`The manifest of ${manifest.made_at} is signed by ${signed.signer.name}.`);

  const listed = Object.entries(manifest.files);
  for (const [name, hash] of listed) {
    demand(
      /^[\w.-]+(\/[\w.-]+)?$/.test(name) && !name.includes('..'),
      `the manifest names a file outside the pack: ${name}`,
    );
    demand(sha256(bytesOf(name)).toString('hex') === hash, `${name} was changed after the export`);
  }
  const present = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  ).length;
  demand(present === listed.length + 2, 'the folder has files that are not in the manifest');
  say(`All ${listed.length} files are as they were exported.`);

  /** An event as its line has it, with its hash, which must be what its content gives. */
  const eventIn = (where, line) => {
    const { hash, index, position, previous, proof, ...event } = jsonOf(where, line);
    const whole = { ...event, hash, index, position, previous, ...(proof !== undefined && { proof }) };
    demand(canonical(whole) === line, `${where} is not in canonical form`);
    const own = sha256(canonical({ ...event, previous }));
    demand(
      own.toString('hex') === hash,
      `the event in ${where} was changed: its hash is not the one that it was stored with`,
    );
    return { ...event, hash, index, position, previous, proof, own };
  };
  /** The note of the head that a proof leads to. */
  const headOfProof = (proof) => proof.slice(proof.indexOf('\n\n') + 2);
  const demandInLog = ({ own, index }, where, proof, head) => {
    const [first, indexLine, ...path] = proof.slice(0, proof.indexOf('\n\n')).split('\n');
    demand(first === 'c2sp.org/tlog-proof@v1' && indexLine === `index ${index}`, `there is no proof of ${where}`);
    demand(index < head.size, `entry ${index} is not covered by the head`);
    const root = rootOfInclusion(index, 0, head.size, leafHash(own), path.map(base64));
    demand(root?.equals(head.root), `the event in ${where} is not entry ${index} of the log`);
  };

  // From the key that you keep to the key that signed the pack: each rotation is in the log of a head of both.
  if (ownKey !== undefined) {
    const believed = new Set([materialOf(ownKey)]);
    const changes = 'key-changes.ndjson' in manifest.files ? linesOf('key-changes.ndjson') : [];
    for (const [at, line] of changes.entries()) {
      const where = `line ${at + 1} of key-changes.ndjson`;
      const event = eventIn(where, line);
      const { old, new: fresh } = event.data;
      demand(event.type === 'LogKeyChanged', `${where} is not a change of keys`);
      if (!old.some((key) => believed.has(materialOf(key)))) continue;
      const covering = openHead(headOfProof(event.proof), keys, `the head of ${where}`);
      demandInLog(event, where, event.proof, covering);
      demand(
        [...old, ...fresh].every((key) => covering.signers.has(key)),
        `${where}: its head is not signed by the keys before and after it`,
      );
      for (const key of fresh) believed.add(materialOf(key));
      say(`At ${event.metadata.recorded_at} other keys took the place of yours, in a head that both signed.`);
    }
    demand(believed.has(signed.signer.material), 'the pack is not signed by your key, nor by one that took its place');
  }

  const head = openHead(textOf('checkpoint'), keys, 'checkpoint');
  demand(head.origin === signed.signer.name, 'the manifest and the head are of different logs');
  say(
    `The head of ${countOf(head.size, 'event')} is signed by ${head.origin}${head.at === undefined ? '' : ` at ${head.at}`}.`,
  );

  const restores = ('restores.ndjson' in manifest.files ? linesOf('restores.ndjson') : []).map((line, at) => {
    const where = `line ${at + 1} of restores.ndjson`;
    const event = eventIn(where, line);
    demand(event.type === 'LogRestored', `${where} is not a restore`);
    demand(headOfProof(event.proof) === textOf('checkpoint'), `the proof of ${where} is against another head`);
    demandInLog(event, where, event.proof, head);
    return { ...event.data, at: event.metadata.recorded_at };
  });
  const began = restores.find(({ origin }) => origin === head.origin);
  for (const { at, reason, origin, previous_origin: before, agrees_until: until } of restores)
    if (origin === head.origin || isEarlierOrigin(origin, head.origin))
      say(
        `At ${at} an older copy of the log was restored (${reason}). The log is named ${origin} since then; of ${before} it has the first ${countOf(until, 'event')}, and heads over more were given up.`,
      );

  const consistency = jsonOf('heads/consistency.json', textOf('heads/consistency.json'));
  const older = listed.flatMap(([name]) =>
    /^heads\/.*\.checkpoint$/.test(name) ? [{ name, ...openHead(textOf(name), keys, name) }] : [],
  );
  for (const one of older) {
    const proof = consistency.find(({ from, to }) => from === one.size && to === head.size);
    const isOfLog = one.origin === head.origin || (began !== undefined && isEarlierOrigin(one.origin, head.origin));
    demand(isOfLog && proof !== undefined, `${one.name} has no proof that it precedes the head`);
    demand(
      precedes(one, head, proof.hashes.map(base64)),
      `the log of the head does not begin with that of ${one.name}`,
    );
  }
  if (older.length > 0) say(`The log of the head begins with those of ${countOf(older.length, 'older head')}.`);
  if (ownHead !== undefined) {
    const own = openHead(readFileSync(ownHead, 'utf8'), keys, 'your head');
    const [givenUp, known] = [
      restores.find(({ origin, agrees_until }) => own.size > agrees_until && isEarlierOrigin(own.origin, origin)),
      [head, ...older].find(({ size, origin }) => size === own.size && origin === own.origin),
    ];
    demand(
      known !== undefined || givenUp === undefined,
      `your head of ${countOf(own.size, 'event')} was given up when an older copy of the log was restored at ${givenUp?.at}: of ${own.origin} the log has the first ${givenUp?.agrees_until}. Ask why the others are gone`,
    );
    demand(
      known !== undefined,
      'your head is not among the heads of the pack; compare it on the machine that runs Waybill: npm run verify -- --head <file>',
    );
    demand(known.root.equals(own.root), 'your head contradicts the head of the pack');
    say(`Your head of ${countOf(own.size, 'event')} is one of them.`);
  }

  const streams = new Map();
  const documents = new Map();
  const positions = [];
  for (const [at, line] of linesOf('events.ndjson').entries()) {
    const where = `line ${at + 1} of events.ndjson`;
    const event = eventIn(where, line);
    const { hash, index, position, previous, stream, revision, type, data } = event;
    const before = streams.get(stream);
    if (before !== undefined) {
      demand(BigInt(revision) === before.revision + 1n, `${stream} has a gap before revision ${revision}`);
      demand(previous === before.hash, `revision ${revision} of ${stream} does not follow the one before it`);
    } else {
      demand(manifest.is_whole === false || revision === '0', `${stream} does not begin with its first event`);
      demand(
        (revision === '0') === (previous === null),
        `revision ${revision} of ${stream} does not name the one before it`,
      );
    }
    streams.set(stream, { revision: BigInt(revision), hash });
    demand(
      positions.length === 0 || BigInt(position) > BigInt(positions.at(-1)),
      `${where} is not in the order of the log`,
    );
    positions.push(position);

    const proof = textOf(`proofs/${index}.tlog-proof`);
    demand(headOfProof(proof) === textOf('checkpoint'), `proofs/${index}.tlog-proof is against another head`);
    demandInLog(event, where, proof, head);

    if (type === 'DocumentRendered') documents.set(stream, { number: data.number, sha256: data.sha256 });
    if (type === 'DocumentRedacted' && documents.has(stream)) documents.get(stream).sha256 = data.sha256;
  }
  demand(positions.length === manifest.events, 'the number of events is not that of the manifest');
  if (positions.length === 0) {
    say(`The pack holds no events. It is signed by the key ${signed.signer.line}, and proves nothing else.`);
    return;
  }
  say(
    `${countOf(positions.length, 'event')} of ${countOf(streams.size, 'stream')} have the hashes that they were stored with, and each follows the one before it.`,
  );
  say(`Each of them is in the log of that head.`);

  const missing = new Set(manifest.missing_documents);
  let kept = 0;
  for (const { number, sha256: expectedHash } of documents.values()) {
    if (missing.has(number)) continue;
    demand(
      sha256(bytesOf(`documents/${number}.pdf`)).toString('hex') === expectedHash,
      `document ${number} is not the one that was recorded`,
    );
    kept += 1;
  }
  if (kept > 0) say(`${countOf(kept, 'document')} have the bytes that were recorded.`);
  for (const number of missing)
    say(`Document ${number} is not in the pack: Waybill does not have it, or its key was destroyed.`);
  say(`The pack is proven under the key ${signed.signer.line}. Compare it with the key that you keep.`);
};

try {
  run();
} catch (error) {
  console.log(`REJECTED: ${error instanceof Error ? error.message : String(error)}.`);
  process.exitCode = 1;
}
