import { sleep } from '../platform/backoff.ts';

const LONGEST_PAUSE_MS = 50;
/** The pause is this many times as long as the work was, up to the longest pause. */
const PAUSE_TO_WORK = 3;

type Rest = {
  /** When events were last handled, on the clock of `performance.now()`. */
  readonly handledAt: number;
  /** How long it took. */
  readonly tookMs: number;
  /** Shortest pause. */
  readonly restMs: number;
  readonly signal: AbortSignal;
};

/** The pause of a subscriber before it takes more: a busy log is handled in batches that grow with the load. */
export const rest = async ({ handledAt, tookMs, restMs, signal }: Rest): Promise<void> => {
  const earliest = handledAt + Math.min(Math.max(restMs, PAUSE_TO_WORK * tookMs), LONGEST_PAUSE_MS);
  const left = Math.ceil(earliest / restMs) * restMs - performance.now();
  if (left > 0) await sleep(left, signal);
};
