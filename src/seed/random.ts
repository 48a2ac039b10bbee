/** Draws that follow from a seed alone: the same seed, the same sequence, on every machine. */
export type Random = {
  /** From 0 to below 1. */
  readonly unit: () => number;
  /** Whole number from `low` to `high`, both included. */
  readonly whole: (low: number, high: number) => number;
  /** True with this probability. */
  readonly chance: (probability: number) => boolean;
  readonly pick: <T>(items: readonly [T, ...T[]]) => T;
  /** One of the items, as often as its weight says. */
  readonly weighted: <T>(items: readonly (readonly [item: T, weight: number])[], otherwise: T) => T;
};

/** FNV-1a, 32 bits. */
const hash = (text: string): number => {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return value >>> 0;
};

const RANGE = 2 ** 32;

/** Mulberry32. `name` tells the draws of one thing from those of another. */
export const randomOf = (name: string): Random => {
  let state = hash(name);
  const unit = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / RANGE;
  };
  const whole = (low: number, high: number): number => low + Math.floor(unit() * (high - low + 1));
  return {
    unit,
    whole,
    chance: (probability) => unit() < probability,
    pick: (items) => items[whole(0, items.length - 1)] ?? items[0],
    weighted: (items, otherwise) => {
      let left = unit() * items.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [item, weight] of items) if ((left -= weight) < 0) return item;
      return otherwise;
    },
  };
};
