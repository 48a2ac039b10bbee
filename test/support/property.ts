import fc from 'fast-check';
import { seed } from './random.ts';

const scale = Number(process.env['RUNS'] ?? 1);
process.stdout.write(`seed ${seed}\n`);

/** Checks a property on random cases, `RUNS=50` on fifty times as many. A failure names its seed. */
export const always = <Ts extends [unknown, ...unknown[]]>(property: fc.IProperty<Ts>, numRuns = 300): void =>
  fc.assert(property, { seed, numRuns: numRuns * scale, includeErrorInReport: true });
