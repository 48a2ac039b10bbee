import fc from 'fast-check';
import { anySequence, playSequence } from './crash/sequence.ts';
import type { Tally } from './crash/life.ts';

export type CrashOptions = {
  readonly sequences: number;
  readonly seed: number;
  /** False plants a fault: projectors that do not check their checkpoint when they write. Default true. */
  readonly isFenced?: boolean;
};

/**
 * Runs random sequences of commands in this process, against the event store in memory. Every simulated process may die
 * before or after any of its steps.
 * @throws the shortest found sequence that breaks a promise
 */
export const crashAnywhere = async ({ sequences, seed, isFenced = true }: CrashOptions): Promise<Tally> => {
  const tally: Tally = { steps: 0, deaths: 0, losses: 0, orders: 0, invoices: 0, parcels: 0 };
  await fc.assert(
    fc.asyncProperty(anySequence, (sequence) => playSequence(sequence, { tally, isFenced })),
    { seed, numRuns: sequences, endOnFailure: !isFenced }, // a planted fault needs no smallest example
  );
  return tally;
};
