import { randomInt } from 'node:crypto';
import fc from 'fast-check';

/** `SEED=123 node --import tsx FILE` repeats a run; `RUNS=50` does fifty times as many. */
export const seed = Number(process.env['SEED'] ?? randomInt(2 ** 31 - 1));
const scale = Number(process.env['RUNS'] ?? 1);
process.stdout.write(`seed ${seed}\n`);

/** Checks a property on random cases; the seed is printed once per file. */
export const always = <Ts extends [unknown, ...unknown[]]>(property: fc.IProperty<Ts>, numRuns = 300): void =>
  fc.assert(property, { seed, numRuns: numRuns * scale });
