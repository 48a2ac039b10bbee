/** Units `first` to `last` of a line, counted from 1. */
export type UnitRange = { readonly first: number; readonly last: number };

/** Particular units of a line. */
export type ItemUnits = { readonly order_item_id: string; readonly units: readonly UnitRange[] };

/** The number of units in ranges that do not overlap. */
export const countUnits = (ranges: readonly UnitRange[]): number =>
  ranges.reduce((count, { first, last }) => count + last - first + 1, 0);

/** Of units 1 to `quantity`, those in none of the ranges, which may overlap. */
export const unitsOutside = (ranges: readonly UnitRange[], quantity: number): readonly UnitRange[] => {
  const free: UnitRange[] = [];
  let next = 1;
  for (const { first, last } of ranges.toSorted((a, b) => a.first - b.first)) {
    if (first > next) free.push({ first: next, last: first - 1 });
    next = Math.max(next, last + 1);
  }
  return next > quantity ? free : [...free, { first: next, last: quantity }];
};

/** The lowest `count` units of ranges in ascending order. */
export const lowestUnits = (ranges: readonly UnitRange[], count: number): readonly UnitRange[] => {
  const taken: UnitRange[] = [];
  let missing = count;
  for (const { first, last } of ranges) {
    if (missing <= 0) break;
    const end = Math.min(last, first + missing - 1);
    taken.push({ first, last: end });
    missing -= end - first + 1;
  }
  return taken;
};

/** The units that are in both; neither may overlap in itself. */
export const unitsInBoth = (some: readonly UnitRange[], others: readonly UnitRange[]): readonly UnitRange[] =>
  some
    .flatMap((a) => others.map((b) => ({ first: Math.max(a.first, b.first), last: Math.min(a.last, b.last) })))
    .filter(({ first, last }) => first <= last)
    .toSorted((a, b) => a.first - b.first);

/** The highest `count` units of ranges in ascending order. */
export const highestUnits = (ranges: readonly UnitRange[], count: number): readonly UnitRange[] => {
  const skipped = lowestUnits(ranges, countUnits(ranges) - count);
  const last = skipped.at(-1)?.last ?? 0;
  return ranges
    .filter((range) => range.last > last)
    .map((range) => ({ first: Math.max(range.first, last + 1), last: range.last }));
};
