import type { Knex } from 'knex';
import { businessDayIn } from '../platform/business-day.ts';
import { openCheckpointNote, parseCheckpoint, signCheckpoint } from './formats/checkpoint.ts';
import { isSameHash, type Hash } from './formats/merkle.ts';
import { InvalidNote, parseVerifier, splitNote, type Verifier } from './formats/signed-note.ts';
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

type EpochHead = Head & { readonly epoch: number };

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

/** A head as its row has it. */
export type HeadColumns = Head & { readonly epoch: number };

/** All heads, smallest first, unchecked. */
export const readHeadNotes = async (db: Knex): Promise<readonly HeadColumns[]> => {
  const rows = await db<HeadRow & { readonly epoch: number }>('log_heads').orderBy(['epoch', 'size']).select();
  return rows.map((row) => ({ ...toHead(row), epoch: row.epoch }));
};

/** The largest size of a head that a witness of this name has signed; 0: none. */
export const readSignedBy = async (db: Knex, epoch: number, name: string): Promise<number> => {
  const row = await db<HeadRow & { epoch: number }>('log_heads')
    .where({ epoch })
    .whereRaw('strpos(note, ?) > 0', [`\n— ${name} `])
    .orderBy('size', 'desc')
    .first('size');
  return Number(row?.size ?? 0);
};

/** Adds signature lines of witnesses to a head, once. */
export const addSignatures = async (db: Knex, epoch: number, size: number, lines: string): Promise<void> => {
  await db('log_heads')
    .where({ epoch, size })
    .whereRaw('strpos(note, ?) = 0', [lines])
    .update({ note: db.raw('note || ?', [lines]) });
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
  /** Done in the transaction that signs a head: it asks for its publication. Default: nothing. */
  readonly onSigned?: (sql: Knex) => Promise<void>;
  /** Default: the system's clock. */
  readonly now?: () => Date;
};

const HEAD_LOCK = 0x6c6f6768; // 'logh'
/** A busy day has more than one head. */
export const EVENTS_PER_HEAD = 10_000;

const addKeys = async (sql: Knex, { epoch }: Epoch, signers: LogSigners, added_at: Date): Promise<void> => {
  await sql('log_keys').insert(verifiersOf(signers).map(({ vkey }) => ({ vkey, epoch, added_at })));
};

const beginEpoch = async (sql: Knex, epoch: Epoch, signers: LogSigners, at: Date): Promise<void> => {
  await sql('log_epochs').insert({ ...epoch, began_at: at });
  await addKeys(sql, epoch, signers, at);
};

/** Whether these are the keys that sign in this epoch: after a rotation, the newest ones. */
const areCurrent = async (sql: Knex, { epoch }: Epoch, signers: LogSigners): Promise<boolean> => {
  const current = await sql<{ vkey: string; epoch: number; retired_at: Date | null }>('log_keys')
    .where({ epoch, retired_at: null })
    .pluck('vkey');
  return verifiersOf(signers).every(({ vkey }) => current.includes(vkey));
};

const demandCurrentKeys = async (sql: Knex, epoch: Epoch, signers: LogSigners): Promise<void> => {
  if (await areCurrent(sql, epoch, signers)) return;
  throw new OtherLogKey(
    'LOG_KEY or LOG_COSIGN_KEY is not the key that signed the last head; set that key again, or restore log-keys.json. After a rotation set the new keys and restart',
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

/**
 * The newest head of the database must be what these keys signed: who writes the database can write its rows, and the keys
 * that it lists.
 * @throws RolledBack
 */
const demandSigned = ({ size, root, note }: Head, origin: string, signers: LogSigners): void => {
  try {
    const said = openCheckpointNote(note, verifiersOf(signers));
    if (said.origin === origin && said.size === size && isSameHash(said.root, root)) return;
  } catch (error) {
    if (!(error instanceof InvalidNote)) throw error;
  }
  throw new RolledBack(`the head of ${size} events in the database is not what the keys of ${origin} signed`);
};

/** The newest head file of this origin; files of other origins are skipped. */
const newestFile = async (folder: string, origin: string, verifiers: readonly Verifier[]) => {
  for await (const { path, note } of headFilesIn(folder)) {
    if (parseCheckpoint(splitNote(note).text).origin !== origin) continue;
    return { path, ...openCheckpointNote(note, verifiers) };
  }
  return undefined;
};

/** Signs heads of the recorded tree. Any number of processes may call it; only one at a time signs. */
export const openHeads = ({ db, keys, origin, folder, timeZone, onSigned, now = () => new Date() }: HeadsDeps) => {
  const businessDay = businessDayIn(timeZone);
  const dayOf = (at: Date): string => businessDay(at.toISOString());

  /** Only one process at a time signs. */
  const lock = async (sql: Knex): Promise<Progress> => {
    await sql.raw('select pg_advisory_xact_lock(?)', [HEAD_LOCK]);
    return readProgress(sql);
  };

  /** The newest head of the epoch. @throws RolledBack */
  const demandEarlier = async (
    sql: Knex,
    progress: Progress,
    { epoch, origin: name }: Epoch,
    signers: LogSigners,
  ): Promise<EpochHead | undefined> => {
    const newest = await readNewestHead(sql, epoch);
    if (newest !== undefined) {
      demandSigned(newest, name, signers);
      await demandBeginning(sql, progress, newest, 'in the database');
    }
    const file = await newestFile(folder, name, [
      ...verifiersOf(signers),
      ...(await readLogKeys(sql)).map(parseVerifier),
    ]);
    if (file !== undefined) await demandBeginning(sql, progress, file, file.path);
    return newest && { ...newest, epoch };
  };

  const signOver = async (
    sql: Knex,
    { size }: Progress,
    { epoch, origin: name }: Epoch,
    signers: readonly LogSigners[],
  ): Promise<EpochHead> => {
    const [root, madeAt] = [await recordedRoot(sql, size), now()];
    const all = signers.flatMap(({ sign: one, cosign }) => [one, cosign]);
    const note = signCheckpoint({ origin: name, size, root }, all, madeAt);
    const row = { epoch, size, root: Buffer.from(root), note, made_at: madeAt };
    // The same head may have been signed before a rotation, by the old keys alone.
    await sql('log_heads').insert(row).onConflict(['epoch', 'size']).merge(['note', 'made_at']);
    await onSigned?.(sql);
    return { epoch, size, root, note, madeAt };
  };

  const sign = async (sql: Knex): Promise<EpochHead | undefined> => {
    const progress = await lock(sql);
    if (progress.size === 0) return undefined;
    const known = await readEpoch(sql);
    const epoch = known ?? { epoch: 1, origin: origin ?? defaultOrigin(keys) };
    const signers = createSigners(keys, epoch.origin);
    if (known === undefined) await beginEpoch(sql, epoch, signers, now());
    else await demandCurrentKeys(sql, epoch, signers);
    const newest = await demandEarlier(sql, progress, epoch, signers);
    // An epoch begins together with its first head: without one, its row was forged.
    if (known !== undefined && newest === undefined)
      throw new RolledBack(`log_epochs lists the origin ${epoch.origin}, of which no head was signed`);
    return newest?.size === progress.size ? newest : signOver(sql, progress, epoch, [signers]);
  };

  const check = async (sql: Knex): Promise<void> => {
    const progress = await lock(sql);
    const epoch = await readEpoch(sql);
    if (epoch === undefined) return;
    const signers = createSigners(keys, epoch.origin);
    await demandCurrentKeys(sql, epoch, signers);
    await demandEarlier(sql, progress, epoch, signers);
  };

  const rotate =
    (next: LogKeys) =>
    async (sql: Knex): Promise<EpochHead> => {
      const progress = await lock(sql);
      const epoch = await readEpoch(sql);
      if (epoch === undefined) throw new Error('no head was signed yet, so there are no keys to change');
      const [before, after] = [createSigners(keys, epoch.origin), createSigners(next, epoch.origin)];
      const isRotated = await areCurrent(sql, epoch, after);
      const newest = await demandEarlier(sql, progress, epoch, isRotated ? after : before);
      if (newest !== undefined && isRotated) return newest;
      await demandCurrentKeys(sql, epoch, before);
      const head = await signOver(sql, progress, epoch, [before, after]);
      await sql('log_keys').where({ epoch: epoch.epoch, retired_at: null }).update({ retired_at: head.madeAt });
      await addKeys(sql, epoch, after, head.madeAt);
      return head;
    };

  const begin =
    (epoch: Epoch) =>
    async (sql: Knex): Promise<EpochHead> => {
      const progress = await lock(sql);
      const signers = createSigners(keys, epoch.origin);
      const newest = await readEpoch(sql);
      if (newest === undefined || newest.epoch < epoch.epoch) await beginEpoch(sql, epoch, signers, now());
      const head = await demandEarlier(sql, progress, epoch, signers);
      return head?.size === progress.size ? head : signOver(sql, progress, epoch, [signers]);
    };

  /** After the commit: a file must not contain a head that the database may lose. A missing file is written next time. */
  const kept = async (head: EpochHead | undefined): Promise<Head | undefined> => {
    if (head !== undefined) await writeHeadFile(folder, head);
    return head;
  };

  /**
   * The head of the whole record now; it may already exist.
   * @throws RolledBack, OtherLogKey; in both cases nothing is signed
   */
  const make = async (): Promise<Head | undefined> => kept(await db.transaction(sign));

  return {
    make,
    /** Signs nothing. @throws RolledBack, OtherLogKey where these keys cannot continue the heads that were signed */
    check: (): Promise<void> => db.transaction(check),
    /** From now on these keys sign; the head of the whole record is signed by both. Repeating it changes nothing. */
    rotate: async (next: LogKeys): Promise<Head | undefined> => kept(await db.transaction(rotate(next))),
    /** Begins an epoch under another origin, with a head of the whole record. Repeating it changes nothing. */
    begin: async (epoch: Epoch): Promise<Head | undefined> => kept(await db.transaction(begin(epoch))),
    /** Whether it is time for another head. */
    isDue: ({ size }: Pick<Progress, 'size'>, newest: Head | undefined): boolean => {
      if (size === 0 || newest?.size === size) return false;
      return newest === undefined || size - newest.size >= EVENTS_PER_HEAD || dayOf(newest.madeAt) !== dayOf(now());
    },
    newest: (): Promise<Head | undefined> => readHead(db),
  };
};

export type Heads = ReturnType<typeof openHeads>;
