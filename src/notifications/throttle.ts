/** How fast messages are taken in and sent. */
export type Throttle = {
  /** Events read at once. */
  readonly batch: number;
  /** Messages claimed at once, and on their way at once. */
  readonly claim: number;
  readonly atOnce: number;
  /** A worker that holds a message for longer counts as dead. Longer than any attempt may take. */
  readonly leaseMs: number;
  /** How long an unreachable server is not called, unless something new happens. */
  readonly awayMs: number;
  /** While it is behind, it rests for so many times as long as it works. */
  readonly restPerWork: number;
  /** A run hands over to the next after this, so that a worker can be stopped. */
  readonly runMs: number;
  readonly retryDelaysMs: readonly number[] | undefined;
};

export const DEFAULT_PACE: Throttle = {
  batch: 200,
  claim: 20,
  atOnce: 5,
  leaseMs: 120_000,
  awayMs: 30_000,
  restPerWork: 9,
  runMs: 2_000,
  retryDelaysMs: undefined,
};
