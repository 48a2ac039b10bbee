import type { Knex } from 'knex';
import {
  type Projection,
  type ProjectorDeps,
  readCheckpoints,
  runProjector,
} from '../../src/projections/engine/index.ts';
import { projections } from '../../src/projections/registry.ts';
import type { Position } from '../../src/event-store/port.ts';
import { eventually } from './eventually.ts';

export type LogLine = { readonly level: 'info' | 'warn' | 'error'; readonly facts: object; readonly message: string };

/** A log that is kept to be looked at. */
export const openTestLog = () => {
  const lines: LogLine[] = [];
  const at = (level: LogLine['level']) => (facts: object, message: string) =>
    void lines.push({ level, facts, message });
  return { lines, info: at('info'), warn: at('warn'), error: at('error') };
};

/** Runs a projector in this process until it is stopped. */
export const startProjector = (projection: Projection, deps: Omit<ProjectorDeps, 'log'>) => {
  const abort = new AbortController();
  const log = openTestLog();
  const running = runProjector(projection, { ...deps, log }, abort.signal);
  return {
    log,
    stop: async (): Promise<void> => {
      abort.abort();
      await running;
    },
  };
};

export const hasReached = (db: Knex, { name }: Projection, position: Position, within = 10_000): Promise<true> =>
  eventually(
    `${name} at ${position}`,
    async () => ((await readCheckpoints(db, [name])).get(name)?.position ?? -1n) >= position,
    { within },
  );

/** Waits until every read model has reached a position: what lists and reports say lags behind what streams say. */
export const allHaveReached = async (db: Knex, position: Position): Promise<void> => {
  for (const projection of projections) await hasReached(db, projection, position);
};
