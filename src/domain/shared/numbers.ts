/** The kinds of readable numbers, such as `ORD-2026-000123`: each kind has one series per year. */
export type NumberKind = 'order' | 'return' | 'payment';

const PARTS = /-(\d{4})-(\d{1,15})$/;

/** Where a number stands in its series; 0 for one that is not of a series. */
export const placeInSeries = (number: string): { readonly year: number; readonly n: number } => {
  const [, year, n] = PARTS.exec(number) ?? [];
  return { year: Number(year ?? 0), n: Number(n ?? 0) };
};
