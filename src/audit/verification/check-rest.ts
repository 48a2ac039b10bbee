import type { Knex } from 'knex';
import type { DomainEvent } from '../../domain/events.ts';
import type { EventText, StoredEvent } from '../../event-store/port.ts';
import { isSameHash, type Hash } from '../formats/merkle.ts';
import { hashAt, hashesAtLevel, TILE_WIDTH, tileRoot, type ReadTile } from '../formats/tiles.ts';
import { sleep } from '../../platform/backoff.ts';
import { findReturnedKeys, type ErasedKeys } from '../erased-keys.ts';
import type { Restore } from './check-heads.ts';
import type { ReadKeyChange } from './check-key-changes.ts';
import { objectIn, readable } from './readable.ts';
import type { Findings } from './finding.ts';

/**
 * The SHA-256 of the stored bytes of a document; undefined: there are none. `destroyed`: the key that sealed it was
 * destroyed, and with it the document.
 */
export type ReadDocument = (documentId: string) => Promise<string | { readonly destroyed: string } | undefined>;

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** As the codec writes it; within a string no quote stands without a backslash. */
const SEALED = /"personal":\{(?:"fields":\[[^\]]*\],)?"key":"([^"\\]*)","sealed":/;

/** The key that sealed the personal data in a part of an event. Nearly all are told without reading it. */
const keyOf = (part: string): string | undefined => {
  if (!part.includes('"personal"')) return undefined;
  const [, key] = SEALED.exec(part) ?? [];
  if (key !== undefined) return key;
  const { personal } = objectIn(part);
  return typeof personal === 'object' && personal !== null && 'key' in personal ? text(personal.key) : undefined;
};

const restoreIn = ({ data, metadata }: StoredEvent, index: number): Restore => ({
  at: text(metadata['recorded_at']) ?? '',
  reason: text(data['reason']) ?? '',
  origin: text(data['origin']) ?? '',
  agrees_until: Number(data['agrees_until']),
  index,
});

/** Events whose content is compared with data outside the log, or with the rest of it. */
const CLAIMING: ReadonlySet<string> = new Set([
  'LogRestored',
  'LogKeyChanged',
  'DocumentRendered',
  'DocumentRedacted',
  'DocumentNumbered',
] satisfies readonly DomainEvent['type'][]);

/** Data outside the log to which events refer: documents, numbers, keys. */
export const createClaims = () => {
  /** Document id → SHA-256 of its bytes, for rendered documents. */
  const documents = new Map<string, string>();
  const keys = new Set<string>();
  const restores: Restore[] = [];
  const keyChanges: ReadKeyChange[] = [];
  return {
    documents,
    keys,
    restores,
    keyChanges,
    note: (event: EventText, index: number, findings: Findings): void => {
      const { type, stream, revision } = event;
      const [inData, inMetadata] = [keyOf(event.data), keyOf(event.metadata)];
      if (inData !== undefined) keys.add(inData);
      if (inMetadata !== undefined) keys.add(inMetadata);
      if (!CLAIMING.has(type)) return;
      if (type === 'LogKeyChanged') keyChanges.push({ stream, revision: Number(revision), index });
      const read = readable(event);
      const { data } = read;
      if (type === 'LogRestored') restores.push(restoreIn(read, index));
      const sha256 = text(data['sha256']);
      if ((type === 'DocumentRendered' || type === 'DocumentRedacted') && sha256 !== undefined)
        documents.set(stream.slice(stream.indexOf('-') + 1), sha256);
      if (type !== 'DocumentNumbered') return;
      // The numbers of a series end in revision + 1: INV-2026-000001.
      const number = text(data['number']) ?? '';
      const counted = Number(number.slice(number.lastIndexOf('-') + 1));
      if (counted !== Number(revision) + 1)
        findings.add({
          kind: 'number_gap',
          stream,
          revision: Number(revision),
          detail: `${number} is the number ${Number(revision) + 1} of its series`,
        });
    },
  };
};

const BATCH = 1_000;

type KeyRow = { readonly id: string; readonly wrapped: Uint8Array | null; readonly books_year: number | null };

/** What the log says is destroyed. */
export type ReadErased = () => Promise<ErasedKeys>;

/** Whether the master key opens a key. */
export type CanOpen = (id: string, wrapped: Uint8Array) => boolean;

type KeyDeps = { readonly db: Knex; readonly canOpen: CanOpen; readonly readErased: ReadErased };

/** An erased key is there, without its bytes, and the log says that it was destroyed. */
export const checkKeys = async (
  { db, canOpen, readErased }: KeyDeps,
  keys: ReadonlySet<string>,
  findings: Findings,
): Promise<void> => {
  const all = [...keys];
  for (let at = 0; at < all.length; at += BATCH) {
    const some = all.slice(at, at + BATCH);
    const rows = await db<KeyRow>('data_keys').whereIn('id', some).select('id', 'wrapped', 'books_year');
    const found = new Map(rows.map((row) => [row.id, row]));
    // Read after the rows: a key is destroyed after the log says so.
    const erased = await readErased();
    for (const id of some) {
      const row = found.get(id);
      const named = `the key ${id} that sealed personal data`;
      if (row === undefined) findings.add({ kind: 'key_missing', detail: `${named} is gone` });
      else if (row.wrapped === null) {
        const isRecorded = erased.keys.has(id) || (row.books_year !== null && erased.years.has(row.books_year));
        if (!isRecorded)
          findings.add({ kind: 'key_destroyed', detail: `${named} was destroyed, and the log does not say so` });
      } else if (!canOpen(id, row.wrapped))
        findings.add({ kind: 'key_missing', detail: `${named} was changed: the master key does not open it` });
    }
  }
};

/** A key is destroyed a moment after the log says so; on a busy machine that takes longer. */
const DESTROYED_WITHIN_MS = 2_000;
const LOOK_EVERY_MS = 100;

/** No key is there, or unrestricted, that the log says is destroyed or restricted. */
export const checkReturnedKeys = async (
  {
    db,
    readErased,
    withinMs = DESTROYED_WITHIN_MS,
  }: Pick<KeyDeps, 'db' | 'readErased'> & { readonly withinMs?: number },
  findings: Findings,
): Promise<void> => {
  const until = performance.now() + withinMs;
  const erased = await readErased();
  let { undestroyed, unrestricted } = await findReturnedKeys(db, erased);
  while (undestroyed.length + unrestricted.length > 0 && performance.now() < until) {
    await sleep(LOOK_EVERY_MS);
    ({ undestroyed, unrestricted } = await findReturnedKeys(db, erased));
  }
  const add = (detail: string): void =>
    findings.add({ kind: 'key_returned', detail: `${detail}: an old backup may have been restored` });
  for (const { id } of undestroyed) add(`the key ${id} is there although the log says that it was destroyed`);
  for (const { id } of unrestricted)
    add(`the key ${id} of documents is not restricted although the log says that their customer was erased`);
};

/** Answers the keys of documents that were destroyed. */
export const checkDocuments = async (
  documents: ReadonlyMap<string, string>,
  readDocument: ReadDocument,
  findings: Findings,
): Promise<readonly string[]> => {
  const destroyed: string[] = [];
  for (const [id, sha256] of documents) {
    const found = await readDocument(id);
    const stream = `document-${id}`;
    if (typeof found === 'object') destroyed.push(found.destroyed);
    else if (found === undefined)
      findings.add({ kind: 'document_missing', stream, detail: 'the bytes of this document are gone' });
    else if (found !== sha256)
      findings.add({
        kind: 'document_bytes',
        stream,
        detail: 'the bytes of this document, or the hash kept beside them, were changed',
      });
  }
  return destroyed;
};

/** Which part of the record is checked. */
type Checked = {
  /** Tiles that have entries from this index on. */
  readonly from: number;
  readonly size: number;
  /** The hash of a tile of level 0 that the log has just been found to agree with. */
  readonly agreed?: (n: number) => Hash | undefined;
};

/** Every hash above level 0 must be the hash of the tile below it. */
export const checkTiles = async (
  { from, size, agreed = () => undefined }: Checked,
  readTile: ReadTile,
  findings: Findings,
): Promise<void> => {
  const read = (level: number, n: number) =>
    readTile({ level, n, width: Math.min(TILE_WIDTH, hashesAtLevel(size, level) - n * TILE_WIDTH) }).catch(() => {
      findings.add({ kind: 'tile', detail: `tile ${n} of level ${level} is gone` });
      return undefined;
    });
  for (let level = 0; hashesAtLevel(size, level) > 0; level++)
    for (let n = Math.floor(from / TILE_WIDTH ** (level + 1)); n * TILE_WIDTH < hashesAtLevel(size, level); n++) {
      if (level === 0 && agreed(n) !== undefined) continue;
      const tile = await read(level, n);
      if (tile === undefined || level === 0) continue;
      const rootBelow = async (below: number): Promise<Hash | undefined> => {
        const known = level === 1 ? agreed(below) : undefined;
        if (known !== undefined) return known;
        const found = await readTile({ level: level - 1, n: below, width: TILE_WIDTH }).catch(() => undefined);
        return found && tileRoot(found);
      };
      const width = Math.min(TILE_WIDTH, hashesAtLevel(size, level) - n * TILE_WIDTH);
      for (let at = 0; at < width; at++) {
        const below = await rootBelow(n * TILE_WIDTH + at);
        if (below !== undefined && !isSameHash(below, hashAt(tile, at)))
          findings.add({
            kind: 'tile',
            index: (n * TILE_WIDTH + at) * TILE_WIDTH ** level,
            detail: `hash ${at} of tile ${n} at level ${level} does not match the tile below it`,
          });
      }
    }
};
