import { cpus } from 'node:os';

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
};

/** 99 of 100 are no larger. */
export const p99Of = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.99) - 1] ?? NaN;

/** How far the farthest run lies from the median. */
const spread = (values: readonly number[]): number => {
  const middle = median(values);
  return Math.max(...values.map((value) => Math.abs(value - middle))) / middle;
};

export const machine = (): string => `${cpus().length} × ${cpus()[0]?.model ?? '?'}, Node ${process.versions.node}`;

const figures = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toFixed(2);

export type Contender = { readonly name: string; readonly measure: () => Promise<number> };

export type Comparison = {
  readonly title: string;
  readonly unit: string;
  readonly baseline: Contender;
  readonly candidate: Contender;
  /** Rounds of baseline and candidate in turn. Default 5. */
  readonly rounds?: number;
  /** What the ratio must reach, in words, for the reader. */
  readonly goal: string;
};

/** Measures A B A B …, after one round that does not count, and prints medians, spread and the ratio B to A. */
export const compare = async ({ title, unit, baseline, candidate, rounds = 5, goal }: Comparison): Promise<number> => {
  const taken: { readonly a: number[]; readonly b: number[] } = { a: [], b: [] };
  await baseline.measure();
  await candidate.measure();
  for (let round = 0; round < rounds; round++) {
    taken.a.push(await baseline.measure());
    taken.b.push(await candidate.measure());
  }
  const ratio = median(taken.b) / median(taken.a);
  const line = (name: string, values: readonly number[]): string =>
    `  ${name.padEnd(44)} ${figures(median(values)).padStart(9)} ${unit}  ±${Math.round(spread(values) * 100)} %`;
  console.log(`${title}, ${rounds} rounds (${machine()})`);
  console.log(line(baseline.name, taken.a));
  console.log(line(candidate.name, taken.b));
  console.log(`  ratio ${ratio.toFixed(2)}  (${goal})\n`);
  return ratio;
};
