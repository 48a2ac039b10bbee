import { Type } from '@sinclair/typebox';
import { isOutage } from '../../event-store/outage.ts';
import { defineTask } from '../../jobs/task.ts';
import type { Verifications } from './verifications.ts';
import type { Verification, VerifyOptions } from './verify-log.ts';

export type VerifyTaskDeps = {
  readonly verifications: Verifications;
  /** Compares the whole log with its record and its heads. */
  readonly verify: (options: VerifyOptions) => Promise<Verification>;
};

const SPEAKS_EVERY_MS = 5_000;

/**
 * Runs the verification that was asked for, or one that the clock asks for. Of several jobs one runs it; a job that is
 * tried again after its process died takes it up from the beginning.
 */
export const verifyLogTask = defineTask({
  name: 'verify-log',
  payload: Type.Object({
    run: Type.Optional(Type.String()),
    _cron: Type.Optional(Type.Object({ ts: Type.String() })),
  }),
  run: async ({ run }, { verifications, verify }: VerifyTaskDeps, { jobId }) => {
    const id = run ?? (await verifications.begin('clock'));
    if (!(await verifications.take(id, jobId))) return;
    const lost = new AbortController();
    let progress = { done: 0, total: 0 };
    const speak = (): void =>
      void verifications.tell(id, jobId, progress).then(
        (isOurs) => isOurs || lost.abort(),
        () => undefined, // the database is away: the verification finds that out by itself
      );
    const timer = setInterval(speak, SPEAKS_EVERY_MS);
    try {
      const verification = await verify({ onProgress: (now) => void (progress = now), signal: lost.signal });
      await verifications.finish(id, jobId, verification);
    } catch (error) {
      if (lost.signal.aborted) return; // another process runs it now
      // In an outage the job is tried again, and takes the same run up again.
      if (isOutage(error)) throw error;
      await verifications.finish(id, jobId, { reason: error instanceof Error ? error.message : String(error) });
    } finally {
      clearInterval(timer);
    }
  },
});
