import type { Head, Heads } from './heads.ts';
import { recordLog, type RecordLogDeps } from './record-log.ts';
import { recordSigning, type Progress } from './log-tree.ts';

export type KeepLogDeps = Omit<RecordLogDeps, 'onProgress'> & {
  /** Undefined: heads are not signed. */
  readonly heads: Heads | undefined;
  /** Milliseconds until the next try after a head could not be signed. Default 60 000. */
  readonly retryMs?: number;
};

/**
 * Records the log and signs its heads when they are due, until aborted. Whether they can be signed is looked at when it
 * begins, not when the first one is due a day later, and recorded for all to see.
 */
export const keepLog = ({ heads, retryMs = 60_000, ...deps }: KeepLogDeps, signal: AbortSignal): Promise<void> => {
  const { db, log } = deps;
  let newest: Head | undefined | 'unknown' = 'unknown';
  let waitUntil = 0;

  const signIfDue = async (progress: Progress): Promise<void> => {
    if (Date.now() < waitUntil) return;
    try {
      if (newest === 'unknown') {
        await heads?.check();
        newest = await heads?.newest();
        await recordSigning(db, null);
      }
      if (heads === undefined || !heads.isDue(progress, newest)) return;
      newest = await heads.make();
      if (newest !== undefined) log.info({ size: newest.size }, 'signed a head of the log');
    } catch (error) {
      // Recording continues: the record can be signed once the cause is fixed.
      waitUntil = Date.now() + retryMs;
      newest = 'unknown';
      log.error({ err: error }, 'heads of the log cannot be signed; `npm run log -- head` shows the reason');
      await recordSigning(db, error instanceof Error ? error.message : String(error));
    }
  };

  return recordLog({ ...deps, onProgress: signIfDue }, signal);
};
