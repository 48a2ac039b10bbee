import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedPostgresFailure } from './failure.ts';
import { startOf } from './processes.ts';

export type Holder = { readonly pid: number; readonly start: string };

const lockFile = (dataDir: string): string => join(dataDir, 'keeper.lock');

const readHolder = async (path: string): Promise<Holder | undefined> => {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
};

const lives = (holder: Holder): boolean => startOf(holder.pid) === holder.start;

/** The live keeper of the data folder, if there is one. */
export const findHolder = async (dataDir: string): Promise<Holder | undefined> => {
  const holder = await readHolder(lockFile(dataDir));
  return holder !== undefined && lives(holder) ? holder : undefined;
};

/** A link appears whole or not at all, so no process ever reads half a lock. */
const tryLink = async (from: string, to: string): Promise<boolean> =>
  link(from, to).then(
    () => true,
    (error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    },
  );

/** Of several that find a dead keeper's lock one wins the rename; who moved a live one by mistake puts it back. */
const clearStale = async (dataDir: string): Promise<void> => {
  const aside = `${lockFile(dataDir)}.stale-${process.pid}`;
  try {
    await rename(lockFile(dataDir), aside);
  } catch {
    return;
  }
  const holder = await readHolder(aside);
  if (holder !== undefined && lives(holder)) await tryLink(aside, lockFile(dataDir));
  await rm(aside, { force: true });
};

/**
 * Makes this process the folder's only keeper, waiting for a predecessor that is still stopping. A killed holder
 * holds nothing; the signal ends the waiting. Returns how to give the folder back.
 */
export const lockFolder = async (
  dataDir: string,
  waitMs: number,
  signal: AbortSignal,
): Promise<() => Promise<void>> => {
  const own: Holder = { pid: process.pid, start: startOf(process.pid) ?? '' };
  const draft = `${lockFile(dataDir)}.${process.pid}`;
  try {
    await writeFile(draft, JSON.stringify(own), { mode: 0o600 });
    const deadline = Date.now() + waitMs;
    while (!(await tryLink(draft, lockFile(dataDir)))) {
      const holder = await findHolder(dataDir);
      if (holder === undefined) await clearStale(dataDir);
      else if (Date.now() >= deadline) throw held(dataDir, holder.pid, waitMs);
      else await delay(50, undefined, { signal });
    }
  } finally {
    await rm(draft, { force: true });
  }
  return () => rm(lockFile(dataDir), { force: true });
};

const held = (dataDir: string, pid: number, waitMs: number): EmbeddedPostgresFailure =>
  new EmbeddedPostgresFailure(
    `the data folder ${dataDir} is in use by another Waybill (its database keeper is process ${pid}) and was not given ` +
      `up within ${Math.round(waitMs / 1000)} s: stop that one, or set DATA_DIR to another folder`,
  );
