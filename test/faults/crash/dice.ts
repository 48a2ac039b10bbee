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
