import fc from 'fast-check';
import { anySequence, playSequence } from './crash/sequence.ts';
import type { Tally } from './crash/life.ts';

export type CrashOptions = {
  readonly sequences: number;
  readonly seed: number;
  /** False plants a fault of ours: projectors that do not look whether they are still the ones. Default true. */
  readonly isFenced?: boolean;
};

/**
 * Random sequences of commands in this process, against the event store in memory, with every process dying before and
 * after any of its steps.
 * @throws the first sequence that breaks a promise, made as short as it can be
 */
export const crashAnywhere = async ({ sequences, seed, isFenced = true }: CrashOptions): Promise<Tally> => {
  const tally: Tally = { steps: 0, deaths: 0, losses: 0, orders: 0, invoices: 0 };
  await fc.assert(
    fc.asyncProperty(anySequence, (sequence) => playSequence(sequence, { tally, isFenced })),
    { seed, numRuns: sequences },
  );
  return tally;
};
