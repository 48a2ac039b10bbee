import { randomInt } from 'node:crypto';

const freshSeed = (): number => randomInt(2 ** 31 - 1);

/** The same in every `npm test`: a failure comes again, and a change that brings it is the change that shows it. */
const FIXED_SEED = 1;

const readSeed = (given: string | undefined): number => {
  if (given === undefined || given === '') return FIXED_SEED;
  if (given === 'fresh') return freshSeed();
  const seed = Number(given);
  if (Number.isSafeInteger(seed)) return seed;
  throw new RangeError(`SEED must be an integer or the word fresh, not ${given}`);
};

/** For `test:fuzz` and `test:faults`: the given seed, else one that no run had before. */
export const seedFrom = (given: string | undefined): number => readSeed(given ?? process.env['SEED'] ?? 'fresh');

/** What all random cases of this process come from. `SEED=123` repeats a run, `SEED=fresh` draws a new one. */
export const seed = readSeed(process.env['SEED']);

/** Random choices that one number decides. */
export type Dice = {
  /** 0 to `n` - 1. */
  readonly below: (n: number) => number;
  readonly chance: (share: number) => boolean;
  /** @throws RangeError when there is nothing to choose from */
  readonly pick: <T>(all: readonly T[]) => T;
  /** In another order. */
  readonly shuffle: <T>(all: readonly T[]) => readonly T[];
};

/** Mulberry32: small, and good enough to choose by. */
export const createDice = (seed: number): Dice => {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n: number): number => Math.floor(next() * n);
  return {
    below,
    chance: (share) => next() < share,
    pick: (all) => {
      const index = below(all.length);
      for (const [at, one] of all.entries()) if (at === index) return one;
      throw new RangeError('nothing to choose from');
    },
    shuffle: (all) =>
      all
        .map((one) => ({ one, at: next() }))
        .toSorted((a, b) => a.at - b.at)
        .map(({ one }) => one),
  };
};
