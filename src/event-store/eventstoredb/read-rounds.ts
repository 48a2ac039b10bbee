import type { EventStore } from '../port.ts';

type ReadStream = EventStore['readStream'];
type Events = ReturnType<ReadStream>;

/** Readers wait no longer than this for others. Milliseconds. */
const LONGEST_ROUND_MS = 50;

/** Returns when all are read, or after the longest time that a round may take. */
const untilOver = (reads: readonly Events[]): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, LONGEST_ROUND_MS);
    void Promise.allSettled(reads).then(() => {
      clearTimeout(timer);
      resolve();
    });
  });

type Waiting = {
  readonly begin: () => Events;
  readonly events: Events;
  readonly answer: (events: Events) => void;
};

const waitFor = (begin: () => Events): Waiting => {
  let answer: Waiting['answer'] = () => undefined;
  const events: Events = new Promise((resolve) => {
    answer = resolve;
  });
  return { begin, events, answer };
};

/**
 * Reads of streams in rounds: those that come while others are being read begin together when that round is over, and are
 * answered together. Calls that travel together wake either side once, and so do the answers that follow from them: a
 * reader by itself costs nearly twice the processor time. A lone reader does not wait.
 *
 * Readers of the same part of one stream share a call of a round. One that comes while that call is running does not get
 * its answer, which may be older than the question.
 */
export const readInRounds = (read: ReadStream): ReadStream => {
  let waiting = new Map<string, Waiting>();
  let isReading = false;

  const nextRound = async (): Promise<void> => {
    while (waiting.size > 0) {
      const round = [...waiting.values()];
      waiting = new Map();
      const reads = round.map(({ begin }) => begin());
      await untilOver(reads);
      reads.forEach((events, n) => round[n]?.answer(events));
    }
    isReading = false;
  };

  return (stream, options = {}) => {
    const { from, direction = '', limit = '' } = options;
    const key = `${stream} ${from ?? ''} ${direction} ${limit}`;
    const joined = waiting.get(key) ?? waitFor(() => read(stream, options));
    waiting.set(key, joined);
    if (!isReading) {
      isReading = true;
      queueMicrotask(() => void nextRound());
    }
    return joined.events;
  };
};
