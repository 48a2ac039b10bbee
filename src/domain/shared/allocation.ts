/**
 * Splits an amount in proportion to weights by largest remainder, so that the parts always add up to it. Of equal
 * remainders, the first is rounded up. If all weights are 0, the amount must be 0 too.
 */
export const allocate = (amount: bigint, weights: readonly bigint[]): readonly bigint[] =>
  allocateByRemainder(amount, weights).map(({ share, remainder }) => share + remainder);

/** A part of an allocated amount: its share, rounded down, and the unit that its remainder got, if it got one. */
export type AllocatedPart = { readonly share: bigint; readonly remainder: bigint };

/** The same, with what each part got for its remainder. */
export const allocateByRemainder = (amount: bigint, weights: readonly bigint[]): readonly AllocatedPart[] => {
  const whole = weights.reduce((total, weight) => total + weight, 0n);
  if (whole === 0n) return weights.map(() => ({ share: 0n, remainder: 0n }));
  const parts = weights.map((weight) => (amount * weight) / whole);
  const missing = Number(amount - parts.reduce((total, part) => total + part, 0n));
  const favoured = new Set(byRemainder(amount, weights, whole).slice(0, missing));
  return parts.map((share, index) => ({ share, remainder: favoured.has(index) ? 1n : 0n }));
};

const byRemainder = (amount: bigint, weights: readonly bigint[], whole: bigint): readonly number[] =>
  weights
    .map((weight, index) => ({ index, remainder: (amount * weight) % whole }))
    .sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1))
    .map(({ index }) => index);
