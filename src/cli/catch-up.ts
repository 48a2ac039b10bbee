import { setTimeout as delay } from 'node:timers/promises';
import type { Container } from '../app/container.ts';
import { createProcessLogger } from '../app/process-logger.ts';
import type { Config } from '../config/index.ts';
import { businessDayIn } from '../platform/business-day.ts';
import { readCheckpoints, startProjectors, type Projection } from '../projections/engine/index.ts';
import { projections } from '../projections/registry.ts';

/** A read model has stopped, so what it says is old. */
export class ReadModelStopped extends Error {
  override readonly name = 'ReadModelStopped';
}

const LOOK_AGAIN_MS = 50;

/**
 * Brings read models up to the end of the log, whether Waybill runs or not: any number of processes may keep the same.
 * @throws ReadModelStopped when one of them has failed
 */
export const bringUpToDate = async (
  { db, store, codec }: Pick<Container, 'db' | 'store' | 'codec'>,
  config: Config,
  names: readonly string[],
): Promise<void> => {
  const wanted: readonly Projection[] = projections.filter(({ name }) => names.includes(name));
  const head = await store.head();
  const areThere = async (): Promise<boolean> => {
    const found = await readCheckpoints(db, names);
    const stopped = names.find((name) => (found.get(name)?.failure ?? null) !== null);
    if (stopped !== undefined)
      throw new ReadModelStopped(
        `The read model ${stopped} has stopped. Rebuild it: npm run projections -- rebuild ${stopped}`,
      );
    return wanted.every(({ name, version }) => {
      const checkpoint = found.get(name);
      return checkpoint !== undefined && checkpoint.version >= version && checkpoint.position >= head;
    });
  };
  if (await areThere()) return;
  const abort = new AbortController();
  const log = createProcessLogger({ level: 'error', role: 'cli' });
  const dayOf = businessDayIn(config.businessTimeZone);
  const projecting = startProjectors({ projections: wanted, db, store, codec, dayOf, log, signal: abort.signal });
  try {
    while (!(await areThere())) await delay(LOOK_AGAIN_MS);
  } finally {
    abort.abort();
    await projecting;
  }
};
