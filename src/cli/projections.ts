import { withContainer } from '../app/with-container.ts';
import { loadConfig } from '../config/index.ts';
import { businessDayIn } from '../platform/business-day.ts';
import { rebuildProjection } from '../projections/engine/index.ts';
import { findProjection, projections } from '../projections/registry.ts';
import { UsageError } from './usage-error.ts';

/** `projections rebuild <name>`: builds a read model anew from the first event of the log. */
export const projectionsCommand = async (args: readonly string[], print: (line: string) => void): Promise<void> => {
  const [verb, name = ''] = args;
  const projection = findProjection(name);
  if (verb !== 'rebuild' || projection === undefined)
    throw new UsageError(`Use: projections rebuild ${projections.map((known) => known.name).join('|')}`);
  const config = loadConfig();
  const dayOf = businessDayIn(config.businessTimeZone);
  await withContainer(config, async (container) => {
    const started = performance.now();
    const { events, position } = await rebuildProjection(projection, { ...container, dayOf });
    const seconds = (performance.now() - started) / 1000;
    print(
      `${name}: rebuilt from ${events} events up to position ${position} in ${seconds.toFixed(1)} s ` +
        `(${Math.round(events / seconds)} events/s)`,
    );
  });
};
