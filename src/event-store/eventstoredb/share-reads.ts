import type { EventStore } from '../port.ts';

type ReadStream = EventStore['readStream'];
type Events = ReturnType<ReadStream>;

/** A call that takes longer holds up no readers: they go into the next one beside it. */
const OVERDUE_MS = 1_000;

const untilSettled = (running: Promise<unknown>): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, OVERDUE_MS);
    const goOn = (): void => {
      clearTimeout(timer);
      resolve();
    };
    running.then(goOn, goOn);
  });

/**
 * Readers of one stream at the same moment share a call. One that comes while a call is running does not get its answer,
 * which may be older than the question: it shares the next call.
 */
export const shareReads = (read: ReadStream): ReadStream => {
  type Shared = { readonly running: Events; next: Events | undefined };
  const shared = new Map<string, Shared>();

  return (stream, options = {}) => {
    const { from, direction = '', limit = '' } = options;
    const key = `${stream} ${from ?? ''} ${direction} ${limit}`;

    const begin = (): Events => {
      const one: Shared = { running: read(stream, options), next: undefined };
      shared.set(key, one);
      const leave = (): void => {
        if (shared.get(key) === one && one.next === undefined) shared.delete(key);
      };
      one.running.then(leave, leave);
      return one.running;
    };

    const before = shared.get(key);
    if (before === undefined) return begin();
    return (before.next ??= untilSettled(before.running).then(begin));
  };
};
