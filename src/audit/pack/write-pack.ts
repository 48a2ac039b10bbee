import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { canonicalJson } from '../../event-store/canonical-json.ts';
import { hashOf } from '../../event-store/hash-chain.ts';
import type { EventStore, StoredEvent } from '../../event-store/port.ts';
import { csvLine, type CsvCell } from '../../platform/csv.ts';
import { makeFolder } from '../../platform/make-folder.ts';
import { ownFile } from '../../platform/own-files.ts';
import { readAuditEvents } from '../audit-events.ts';
import { encodeBase64 } from '../formats/base64.ts';
import { parseCheckpoint } from '../formats/checkpoint.ts';
import { consistencyProof, isSameHash, rootAt } from '../formats/merkle.ts';
import { signNote, splitNote } from '../formats/signed-note.ts';
import { subtreesOf } from '../formats/tiles.ts';
import { headFileName } from '../head-files.ts';
import { readHeadNotes, readLogKeys, type Head } from '../heads.ts';
import { proveKeyChange, readKeyChanges } from '../key-changes.ts';
import { createSigners, type LogKeys } from '../keys.ts';
import { openTiles } from '../log-tree.ts';
import { isEarlierOrigin } from '../origins.ts';
import { openProver } from '../prove-events.ts';

/** A pack is for people: what is larger is exported in parts. */
export const MOST_EVENTS = 100_000;
/** The newest ones; an auditor who keeps an older one can ask for a proof of consistency over HTTP. */
const MOST_HEADS = 1_000;

export class PackTooLarge extends Error {
  override readonly name = 'PackTooLarge';
}

export class FolderInUse extends Error {
  override readonly name = 'FolderInUse';
}

/** What the pack says to people about one event. */
export type ChangeRow = { readonly [column: string]: CsvCell };

export type PackDeps = {
  readonly db: Knex;
  readonly store: Pick<EventStore, 'readHashes' | 'readStream'>;
  readonly keys: LogKeys;
  /** The bytes of a document; undefined: there are none, or their key was destroyed. */
  readonly readDocument: (documentId: string) => Promise<Uint8Array | undefined>;
  readonly describe: (events: readonly StoredEvent[]) => Promise<readonly ChangeRow[]>;
  readonly now?: () => Date;
};

export type PackOptions = {
  readonly folder: string;
  /** What was asked for, as the manifest says it. */
  readonly selection: Readonly<Record<string, string>>;
  /** Whether its streams are complete from their first events on. */
  readonly isWhole: boolean;
  readonly head: Head;
  /** In the order of the log. Those after the head are left out. */
  readonly events: AsyncIterable<readonly StoredEvent[]>;
};

export type PackWritten = { readonly events: number; readonly streams: number; readonly documents: number };

const ASSETS = ['verify.mjs', 'README.md'] as const;
const assetOf = (name: (typeof ASSETS)[number]) => readFile(ownFile(`assets/audit-pack/${name}`));

const sha256 = (bytes: string | Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

/**
 * A pack has a folder of its own: files of something else would be taken for parts of it.
 * @throws FolderInUse
 */
export const demandNewFolder = async (folder: string): Promise<void> => {
  const before = await readdir(folder).catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return [];
    throw new FolderInUse(`${folder} is not a folder that can be read; name a new folder`, { cause: error });
  });
  if (before.length > 0) throw new FolderInUse(`${folder} is not empty; name a new folder`);
};

const openFolder = async (folder: string) => {
  await demandNewFolder(folder);
  for (const inner of ['', 'heads', 'proofs', 'documents']) makeFolder(join(folder, inner));
  const files = new Map<string, string>();
  return {
    files,
    write: async (name: string, content: string | Uint8Array): Promise<void> => {
      files.set(name, sha256(content).toString('hex'));
      await writeFile(join(folder, name), content, { flag: 'wx' });
    },
  };
};

type Folder = Awaited<ReturnType<typeof openFolder>>;

/**
 * Older heads that the newest one begins with, each with the proof: of its origin, and of those before it where a restore
 * began it. Heads that a restore gave up are left out.
 */
const writeHeads = async ({ write }: Folder, db: Knex, head: Head): Promise<void> => {
  const { origin } = parseCheckpoint(splitNote(head.note).text);
  const read = subtreesOf(openTiles(db));
  const older = (await readHeadNotes(db))
    .map(({ note, epoch }) => ({ note, epoch, ...parseCheckpoint(splitNote(note).text) }))
    .filter((one) =>
      one.origin === origin ? one.size < head.size : one.size <= head.size && isEarlierOrigin(one.origin, origin),
    )
    .slice(-MOST_HEADS);
  const proofs: object[] = [];
  for (const { size, root, note, epoch, origin: of } of older) {
    if (of !== origin && !isSameHash(await rootAt(read, size), root)) continue;
    await write(`heads/${headFileName({ size, epoch })}`, note);
    const hashes = await consistencyProof(read, size, head.size);
    proofs.push({ from: size, to: head.size, hashes: hashes.map(encodeBase64) });
  }
  await write('heads/consistency.json', `${JSON.stringify(proofs)}\n`);
};

type Placed = { readonly index: number; readonly previous: string | null; readonly proof?: string };

const lineOf = (event: StoredEvent, { index, ...more }: Placed): string => {
  const { id, type, stream, revision, position, data } = event;
  const { hash = null, ...metadata } = event.metadata;
  const at = { revision: String(revision), position: String(position), index };
  return `${canonicalJson({ id, type, stream, ...at, data, metadata, hash, ...more })}\n`;
};

/**
 * The rotations of the log's keys up to the head, each with the proof that a head of both pairs of keys covers it. They
 * lead from a key that an auditor keeps to the one that signs the pack.
 */
const writeKeyChanges = async ({ write }: Folder, { db, store }: PackDeps, head: Head): Promise<void> => {
  const heads = (await readHeadNotes(db)).filter(({ size }) => size <= head.size);
  const lines: string[] = [];
  for (const change of await readKeyChanges({ db, store })) {
    const proven = await proveKeyChange({ db, store }, change, heads);
    if (proven !== undefined) lines.push(lineOf(change.event, { ...proven, previous: change.previous }));
  }
  if (lines.length > 0) await write('key-changes.ndjson', lines.join(''));
};

/** The restores that were accepted, each with the proof that the head covers what the log says of it. */
const writeRestores = async ({ write }: Folder, { db, store }: PackDeps, head: Head): Promise<void> => {
  const prove = openProver({ db, store }, head);
  const lines: string[] = [];
  for (const { event, previous } of await readAuditEvents({ db, store }, 'LogRestored')) {
    const proven = await prove(event);
    if (proven !== undefined) lines.push(lineOf(event, { ...proven, previous }));
  }
  if (lines.length > 0) await write('restores.ndjson', lines.join(''));
};

/** The hash of the event before another one in its stream. */
const hashBefore = async (
  { store }: Pick<PackDeps, 'store'>,
  { stream, revision }: StoredEvent,
): Promise<string | null> => {
  if (revision === 0n) return null;
  const [before] = await store.readStream(stream, { from: revision - 1n, limit: 1 });
  return before === undefined ? null : hashOf(before);
};

type Numbered = { readonly id: string; readonly number: string };

/** The documents that were made, by their events. */
const documentOf = ({ stream, type, data }: StoredEvent): readonly Numbered[] =>
  type === 'DocumentRendered' && typeof data['number'] === 'string'
    ? [{ id: stream.slice(stream.indexOf('-') + 1), number: data['number'] }]
    : [];

const writeDocuments = async ({ write }: Folder, deps: PackDeps, documents: readonly Numbered[]) => {
  const missing: string[] = [];
  for (const { id, number } of documents) {
    const bytes = await deps.readDocument(id);
    if (bytes === undefined) missing.push(number);
    else await write(`documents/${number}.pdf`, bytes);
  }
  return missing;
};

const writeEvents = async (folder: Folder, deps: PackDeps, { head, events }: PackOptions) => {
  const prove = openProver(deps, head);
  const hashes = new Map<string, string | null>();
  const documents: Numbered[] = [];
  const lines: string[] = [];
  const changes: string[] = [];
  for await (const some of events) {
    if (lines.length + some.length > MOST_EVENTS)
      throw new PackTooLarge(`more than ${MOST_EVENTS} events; choose a shorter period`);
    const covered: StoredEvent[] = [];
    for (const event of some) {
      const proven = await prove(event);
      if (proven === undefined) continue;
      const { index, proof } = proven;
      const previous = hashes.get(event.stream) ?? (await hashBefore(deps, event));
      covered.push(event);
      lines.push(lineOf(event, { index, previous }));
      await folder.write(`proofs/${index}.tlog-proof`, proof);
      hashes.set(event.stream, hashOf(event));
      documents.push(...documentOf(event));
    }
    for (const row of await deps.describe(covered)) {
      if (changes.length === 0) changes.push(csvLine(Object.keys(row)));
      changes.push(csvLine(Object.values(row)));
    }
  }
  await folder.write('events.ndjson', lines.join(''));
  await folder.write('changes.csv', changes.join(''));
  return { count: lines.length, streams: hashes.size, documents };
};

/**
 * Writes events with all that proves them, and what a reader needs, into a folder. The manifest, written last, has the
 * hash of every file and is signed by the log: a folder without it is not a pack.
 */
export const writePack = async (deps: PackDeps, options: PackOptions): Promise<PackWritten> => {
  const { db, keys, now = () => new Date() } = deps;
  const { head, selection, isWhole } = options;
  const folder = await openFolder(options.folder);
  const { origin, size } = parseCheckpoint(splitNote(head.note).text);
  const signer = createSigners(keys, origin).sign;
  const vkeys = await readLogKeys(db);
  const [own, others] = [signer.verifier.vkey, vkeys.filter((vkey) => vkey !== signer.verifier.vkey)];
  await folder.write('keys.txt', [own, ...others].map((vkey) => `${vkey}\n`).join(''));
  await folder.write('checkpoint', head.note);
  await writeHeads(folder, db, head);
  await writeKeyChanges(folder, deps, head);
  await writeRestores(folder, deps, head);
  const { count, streams, documents } = await writeEvents(folder, deps, options);
  const missing = await writeDocuments(folder, deps, documents);
  for (const name of ASSETS) await folder.write(name, await assetOf(name));
  const manifest = {
    format: 'waybill-pack/v1',
    made_at: now().toISOString(),
    selection,
    is_whole: isWhole,
    origin,
    size,
    events: count,
    streams,
    missing_documents: missing,
    files: Object.fromEntries([...folder.files].toSorted(([one], [other]) => (one < other ? -1 : 1))),
  };
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  await folder.write('manifest.json', text);
  const note = signNote(`waybill-pack/v1\n${encodeBase64(sha256(text))}\n`, [signer], now());
  await folder.write('manifest.note', note);
  return { events: count, streams, documents: documents.length - missing.length };
};
