export type BenchmarkOptions = {
  /** Connection string of a migrated database on a durable server that nothing else uses. */
  readonly url: string;
  /** A minute for everything instead of figures to rely on. */
  readonly short: boolean;
  /** Just enough to see that it still runs, where a test asks for that. */
  readonly tiny?: boolean;
};

/** Prints its own figures. Throws when what it promises does not hold. */
export type Benchmark = (options: BenchmarkOptions) => Promise<void>;
