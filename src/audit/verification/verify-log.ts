import type { Knex } from 'knex';
import type { EventStore, EventText, Position } from '../../event-store/port.ts';
import { growTree, isSameHash, peaksAt, rootAt, type Hash, type ReadSubtree } from '../formats/merkle.ts';
import { hashAt, subtreesOf, TILE_WIDTH } from '../formats/tiles.ts';
import { createVerifier, type Verifier } from '../formats/signed-note.ts';
import { readErasedKeys } from '../erased-keys.ts';
import { headFilesIn } from '../head-files.ts';
import { readKeyChanges } from '../key-changes.ts';
import { readHeadNotes } from '../heads.ts';
import { createSigners, type LogKeys } from '../keys.ts';
import { findEntryTile, openTilesInTurn, readProgress, recordedStreams } from '../log-tree.ts';
import type { Numbering } from '../record-log.ts';
import { checkEvents } from './check-events.ts';
import {
  checkFolder,
  createHeadCheck,
  openHeadsOf,
  otherRoot,
  type GivenHead,
  type Restore,
  type SignedHead,
} from './check-heads.ts';
import {
  checkDocuments,
  checkKeys,
  checkReturnedKeys,
  checkTiles,
  createClaims,
  type CanOpen,
  type ReadDocument,
} from './check-rest.ts';
import {
  checkHeadColumns,
  checkListedKeys,
  checkOrigins,
  checkSizes,
  readListed,
  verifiersIn,
  type Listed,
} from './check-record.ts';
import { checkKeyChanges, demandNotReplaced, retiredBy } from './check-key-changes.ts';
import { classify } from './classify.ts';
import { collectFindings, type Finding, type Findings } from './finding.ts';

export type VerifyDeps = {
  readonly db: Knex;
  readonly store: Pick<EventStore, 'readTexts' | 'readStream' | 'readHashes'>;
  readonly numbering: Numbering;
  /** Undefined: heads are not signed. Existing heads are then checked with the keys in the database. */
  readonly keys: LogKeys | undefined;
  /** The folder for heads outside the database. */
  readonly folder: string;
  readonly readDocument: ReadDocument;
  readonly canOpen: CanOpen;
};

export type VerifyOptions = {
  /** Heads that the caller has kept. */
  readonly kept?: readonly GivenHead[];
  /** Reads only the entries from about this index on (a multiple of 256), and trusts the record of those before. */
  readonly since?: number;
  /** Called with the number of entries read so far, and of those recorded at the start. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => Promise<void> | void;
  readonly signal?: AbortSignal;
};

export type Verification = {
  /** Index of the first entry that was read. */
  readonly since: number;
  /** Number of events read, and of events recorded. */
  readonly events: number;
  readonly recorded: number;
  readonly streams: number;
  /** Number of heads compared with the log. */
  readonly heads: number;
  /** Number of heads in the folder of this machine. */
  readonly headFiles: number;
  /** Whether heads are signed: otherwise nothing proves the record itself. */
  readonly isSigned: boolean;
  /** Restores of older copies that a person accepted: own heads beyond them no longer count. */
  readonly restores: readonly Pick<Restore, 'at' | 'reason' | 'agrees_until'>[];
  readonly findings: readonly Finding[];
  /** The number of findings of each kind; the list has at most a thousand of each. */
  readonly counts: Readonly<Record<string, number>>;
};

const originIn = ({ note }: Pick<GivenHead, 'note'>): string => note.slice(0, note.indexOf('\n'));

/**
 * The configured keys, under the name of every log that a head names: with them, the database is not asked which keys
 * to believe. Without configured keys, those in the database are used.
 */
const verifiersOfHeads = (
  heads: readonly GivenHead[],
  keys: LogKeys | undefined,
  listed: Listed,
): readonly Verifier[] => {
  if (keys === undefined) return verifiersIn(listed.keys.map(({ vkey }) => vkey));
  const { sign, cosign } = createSigners(keys, 'any');
  return [...new Set(heads.map(originIn))].flatMap((origin) => {
    try {
      return [
        createVerifier(origin, 'signature', sign.verifier.publicKey),
        createVerifier(`${origin}/time`, 'cosignature', cosign.verifier.publicKey),
      ];
    } catch {
      return []; // not a name of a log, so the head cannot be verified
    }
  });
};

const readFolder = async (folder: string): Promise<readonly GivenHead[]> => {
  const heads: GivenHead[] = [];
  for await (const { path, note } of headFilesIn(folder)) heads.push({ source: 'folder', name: path, note });
  return heads;
};

/** A verification that cannot begin where it was asked to. */
export class NotRecordedYet extends Error {
  override readonly name = 'NotRecordedYet';
}

/** Where a verification begins: at the first entry of a tile. @throws NotRecordedYet */
const startAt = async (db: Knex, since: number, size: number) => {
  const n = Math.floor(since / TILE_WIDTH);
  if (n === 0) return { index: 0, after: 0n };
  const tile = since > size ? undefined : await findEntryTile(db, n);
  if (tile === undefined) throw new NotRecordedYet(`cannot begin at event ${since}: only ${size} are recorded`);
  return { index: n * TILE_WIDTH, after: tile.afterPosition };
};

const otherPosition = (
  size: number,
  position: Position,
  { stream, revision, position: found }: EventText,
): Finding => ({
  kind: 'tile',
  stream,
  revision: Number(revision),
  index: size - 1,
  detail: `log_progress says that the last recorded event is at position ${position}, but it is at ${found}`,
});

/** Heads before the first entry that is read are compared with the record. */
const checkEarlierHeads = async (
  heads: readonly SignedHead[],
  until: number,
  read: ReadSubtree,
  findings: Findings,
): Promise<void> => {
  for (const head of heads.filter(({ size }) => size < until))
    if (!isSameHash(await rootAt(read, head.size), head.root)) findings.add(otherRoot(head));
};

/**
 * Reads the log once, whole or from an entry on, and compares it with the record and with every signed head: in the database, in the folder, and
 * kept by the caller. Changes nothing.
 * @throws ReplacedLogKeys, NotRecordedYet, or an error that says why it could not check
 */
export const verifyLog = async (
  { db, store, numbering, keys, folder, readDocument, canOpen }: VerifyDeps,
  { kept = [], since = 0, onProgress = () => undefined, signal = new AbortController().signal }: VerifyOptions = {},
): Promise<Verification> => {
  const findings = collectFindings();
  // Before the rows: a head that is signed meanwhile has its row before its file.
  const files = await readFolder(folder);
  const { size, position } = await readProgress(db);
  const [rows, names] = [await readHeadNotes(db), await readListed(db)];
  const ownHeads: readonly GivenHead[] = rows.map(({ size: of, note }) => ({
    source: 'database',
    name: `head of ${of} events in the database`,
    note,
  }));
  const beside = [...files, ...kept];
  const given = [...ownHeads, ...beside];
  const current = verifiersOfHeads(given, keys, names);
  const keyChanges = await readKeyChanges({ db, store });
  if (keys !== undefined) await demandNotReplaced({ db, store }, keyChanges, { current, given });
  const retired = retiredBy(keyChanges, current);
  const heads = openHeadsOf(given, [...current, ...retired], findings);
  checkHeadColumns(rows, names, heads, findings);
  await checkSizes(db, findings);
  if (keys !== undefined && rows.length > 0) checkListedKeys(names, { current, retired }, findings);
  const readTile = openTilesInTurn(db);
  const start = await startAt(db, since, size);
  const headCheck = createHeadCheck(heads.filter((head) => head.size >= start.index));
  const claims = createClaims();
  const agreed = new Map<number, Hash>();
  const tree = growTree(await peaksAt(subtreesOf(readTile), start.index), {
    leaves: TILE_WIDTH,
    onPeak: (hash, end) => agreed.set(end / TILE_WIDTH - 1, hash),
  });
  await checkEarlierHeads(heads, start.index, subtreesOf(readTile), findings);
  headCheck.reached(start.index, tree.root);

  const checked = await checkEvents({
    store,
    numbering,
    start,
    size,
    readTile,
    tree,
    findings,
    onEvent: (event, count) => {
      claims.note(event, count - 1, findings);
      headCheck.reached(count, tree.root);
      if (count === size && event.position !== position) findings.add(otherPosition(size, position, event));
    },
    onProgress: (done) => onProgress({ done, total: size }),
    signal,
  });
  const restores = headCheck.accepted(claims.restores);
  checkKeyChanges(
    claims.keyChanges.filter(({ index }) => index < size),
    keyChanges,
    heads,
    findings,
  );
  // A restore may be said before the first entry that is read.
  if (start.index === 0) {
    checkOrigins(names, restores, findings);
    checkFolder(headCheck.good, rows, restores, findings);
  }
  const between = headCheck.ended(checked.count, restores, findings);

  const leafAt = async (index: number) => {
    const n = Math.floor(index / TILE_WIDTH);
    const tile = await readTile({ level: 0, n, width: Math.min(TILE_WIDTH, size - n * TILE_WIDTH) }).catch(
      () => undefined,
    );
    return tile === undefined ? undefined : hashAt(tile, index % TILE_WIDTH);
  };
  const hasEvent = async (stream: string, revision: number): Promise<boolean> =>
    (await store.readStream(stream, { from: BigInt(revision), limit: 1 }))[0]?.revision === BigInt(revision);
  await classify(checked, { from: start.index, size, recorded: recordedStreams(db), leafAt, hasEvent }, findings);
  for (const n of checked.differing) agreed.delete(n);
  const fullTiles = Math.floor(size / TILE_WIDTH);
  await checkTiles(
    { from: start.index, size, agreed: (n) => (n < fullTiles ? agreed.get(n) : undefined) },
    readTile,
    findings,
  );
  const destroyed = await checkDocuments(claims.documents, readDocument, findings);
  const readErased = () => readErasedKeys({ store }, new Date());
  await checkKeys({ db, canOpen, readErased }, new Set([...claims.keys, ...destroyed]), findings);
  await checkReturnedKeys({ db, readErased }, findings);

  const listed = findings.list().map((finding): Finding => {
    const isInside =
      between !== undefined &&
      finding.index !== undefined &&
      finding.index >= between.after &&
      finding.index < between.until;
    return isInside ? { ...finding, between: { from: between.from, to: between.to } } : finding;
  });
  return {
    since: start.index,
    events: checked.count - start.index,
    recorded: size,
    streams: checked.streams.size,
    heads: heads.length,
    headFiles: files.length,
    isSigned: heads.length > 0,
    restores: restores.map(({ at, reason, agrees_until }) => ({ at, reason, agrees_until })),
    findings: listed,
    counts: Object.fromEntries(findings.counts()),
  };
};
