/**
 * Splits an amount in proportion to weights by largest remainder, so that the parts always add up to it. Of equal
 * remainders, the first is rounded up. If all weights are 0, the amount must be 0 too.
 */
export const allocate = (amount: bigint, weights: readonly bigint[]): readonly bigint[] => {
  const whole = weights.reduce((total, weight) => total + weight, 0n);
  if (whole === 0n) return weights.map(() => 0n);
  const parts = weights.map((weight) => (amount * weight) / whole);
  const missing = Number(amount - parts.reduce((total, part) => total + part, 0n));
  const favoured = new Set(byRemainder(amount, weights, whole).slice(0, missing));
  return parts.map((part, index) => (favoured.has(index) ? part + 1n : part));
};

const byRemainder = (amount: bigint, weights: readonly bigint[], whole: bigint): readonly number[] =>
  weights
    .map((weight, index) => ({ index, remainder: (amount * weight) % whole }))
    .sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1))
    .map(({ index }) => index);
