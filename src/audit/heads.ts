import type { Knex } from 'knex';
import { businessDayIn } from '../platform/business-day.ts';
import { openCheckpointNote, parseCheckpoint, signCheckpoint } from './formats/checkpoint.ts';
import { isSameHash, type Hash } from './formats/merkle.ts';
import { splitNote } from './formats/signed-note.ts';
import { headFilesIn, writeHeadFile } from './head-files.ts';
import { createSigners, defaultOrigin, verifiersOf, type LogKeys, type LogSigners } from './keys.ts';
import { readProgress, recordedRoot, type Progress } from './log-tree.ts';

/** A signed head of the log: the size of its tree, and its root. */
export type Head = {
  readonly size: number;
  readonly root: Hash;
  /** As it was signed. */
  readonly note: string;
  readonly madeAt: Date;
};

/** An earlier head does not fit the record: an older copy was restored, or something was changed. */
export class RolledBack extends Error {
  override readonly name = 'RolledBack';
}

/** The configured keys are not the keys that signed the earlier heads. */
export class OtherLogKey extends Error {
  override readonly name = 'OtherLogKey';
}

export type Epoch = { readonly epoch: number; readonly origin: string };

type HeadRow = { readonly size: string; readonly root: Buffer; readonly note: string; readonly made_at: Date };

const toHead = ({ size, root, note, made_at }: HeadRow): Head => ({ size: Number(size), root, note, madeAt: made_at });

export const readEpoch = (db: Knex): Promise<Epoch | undefined> =>
  db<Epoch>('log_epochs').orderBy('epoch', 'desc').first('epoch', 'origin');

export const readNewestHead = async (db: Knex, epoch: number): Promise<Head | undefined> => {
  const row = await db<HeadRow>('log_heads').where('epoch', epoch).orderBy('size', 'desc').first();
  return row === undefined ? undefined : toHead(row);
};

/** The newest head of the newest epoch. */
export const readHead = async (db: Knex): Promise<Head | undefined> => {
  const epoch = await readEpoch(db);
  return epoch === undefined ? undefined : readNewestHead(db, epoch.epoch);
};

/** All heads, smallest first, unchecked. */
export const readHeadNotes = async (db: Knex): Promise<readonly { readonly size: number; readonly note: string }[]> => {
  const rows = await db<HeadRow>('log_heads').orderBy(['epoch', 'size']).select('size', 'note');
  return rows.map(({ size, note }) => ({ size: Number(size), note }));
};

/** Public keys of the log as texts, oldest first. */
export const readLogKeys = (db: Knex): Promise<readonly string[]> =>
  db<{ vkey: string }>('log_keys').orderBy(['epoch', 'added_at', 'vkey']).pluck('vkey');

export type HeadsDeps = {
  readonly db: Knex;
  readonly keys: LogKeys;
  /** Origin of the first head; undefined: it follows from the key. */
  readonly origin: string | undefined;
  /** The folder for heads outside the database. */
  readonly folder: string;
  /** IANA name: a head is made when a day ends there. */
  readonly timeZone: string;
  /** Default: the system's clock. */
  readonly now?: () => Date;
};

const HEAD_LOCK = 0x6c6f6768; // 'logh'
/** A busy day has more than one head. */
export const EVENTS_PER_HEAD = 10_000;

const beginEpoch = async (sql: Knex, epoch: Epoch, signers: LogSigners, at: Date): Promise<void> => {
  await sql('log_epochs').insert({ ...epoch, began_at: at });
  const rows = verifiersOf(signers).map(({ vkey }) => ({ vkey, epoch: epoch.epoch, added_at: at }));
  await sql('log_keys').insert(rows);
};

const demandKnownKeys = async (sql: Knex, signers: LogSigners): Promise<void> => {
  const known = new Set(await readLogKeys(sql));
  const unknown = verifiersOf(signers).filter(({ vkey }) => !known.has(vkey));
  if (unknown.length > 0)
    throw new OtherLogKey(
      'LOG_KEY or LOG_COSIGN_KEY is not the key that signed the earlier heads; set that key again, or restore log-keys.json',
    );
};

/** @throws RolledBack unless the recorded tree begins with this tree */
const demandBeginning = async (
  sql: Knex,
  progress: Progress,
  { size, root }: Pick<Head, 'size' | 'root'>,
  where: string,
): Promise<void> => {
  if (size > progress.size)
    throw new RolledBack(`a head of ${size} events was signed (${where}), but only ${progress.size} are recorded`);
  if (!isSameHash(await recordedRoot(sql, size), root))
    throw new RolledBack(`the head of ${size} events (${where}) does not fit the record`);
};

/** The newest head file of this origin; files of other origins are skipped. */
const newestFile = async (folder: string, origin: string, signers: LogSigners) => {
  for await (const { path, note } of headFilesIn(folder)) {
    if (parseCheckpoint(splitNote(note).text).origin !== origin) continue;
    return { path, ...openCheckpointNote(note, verifiersOf(signers)) };
  }
  return undefined;
};

/** Signs heads of the recorded tree. Any number of processes may call it; only one at a time signs. */
export const openHeads = ({ db, keys, origin, folder, timeZone, now = () => new Date() }: HeadsDeps) => {
  const businessDay = businessDayIn(timeZone);
  const dayOf = (at: Date): string => businessDay(at.toISOString());

  const sign = async (sql: Knex): Promise<Head | undefined> => {
    await sql.raw('select pg_advisory_xact_lock(?)', [HEAD_LOCK]);
    const progress = await readProgress(sql);
    if (progress.size === 0) return undefined;
    const known = await readEpoch(sql);
    const epoch = known ?? { epoch: 1, origin: origin ?? defaultOrigin(keys) };
    const signers = createSigners(keys, epoch.origin);
    const at = now();
    if (known === undefined) await beginEpoch(sql, epoch, signers, at);
    else await demandKnownKeys(sql, signers);
    const newest = await readNewestHead(sql, epoch.epoch);
    if (newest !== undefined) await demandBeginning(sql, progress, newest, 'in the database');
    const file = await newestFile(folder, epoch.origin, signers);
    if (file !== undefined) await demandBeginning(sql, progress, file, file.path);
    if (newest?.size === progress.size) return newest;
    const root = await recordedRoot(sql, progress.size);
    const note = signCheckpoint(
      { origin: epoch.origin, size: progress.size, root },
      [signers.sign, signers.cosign],
      at,
    );
    const row = { epoch: epoch.epoch, size: progress.size, root: Buffer.from(root), note, made_at: at };
    await sql('log_heads').insert(row);
    return { size: progress.size, root, note, madeAt: at };
  };

  /**
   * The head of the whole record now; it may already exist.
   * @throws RolledBack, OtherLogKey; in both cases nothing is signed
   */
  const make = async (): Promise<Head | undefined> => {
    const head = await db.transaction(sign);
    // After the commit: a file must not contain a head that the database may lose. A missing file is written next time.
    if (head !== undefined) await writeHeadFile(folder, head);
    return head;
  };

  return {
    make,
    /** Whether it is time for another head. */
    isDue: ({ size }: Pick<Progress, 'size'>, newest: Head | undefined): boolean => {
      if (size === 0 || newest?.size === size) return false;
      return newest === undefined || size - newest.size >= EVENTS_PER_HEAD || dayOf(newest.madeAt) !== dayOf(now());
    },
    newest: (): Promise<Head | undefined> => readHead(db),
  };
};

export type Heads = ReturnType<typeof openHeads>;
