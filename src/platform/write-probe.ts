import type { Knex } from 'knex';

/** A probe that succeeded counts for this long, so that many who ask for health cost one write. Milliseconds. */
const GOOD_FOR_MS = 1_000;

/** Fails when the database takes no writes: it is read-only, its disk is full, or it does not answer. One runs at a time. */
export const createWriteProbe = (db: Knex): (() => Promise<void>) => {
  let running: Promise<void> | undefined;
  let succeededAt = -Infinity;

  const probe = async (): Promise<void> => {
    await db.raw('select probe_writes()');
    succeededAt = performance.now();
  };

  return async () => {
    if (performance.now() - succeededAt < GOOD_FOR_MS) return;
    running ??= probe().finally(() => (running = undefined));
    await running;
  };
};
