import { setTimeout as delay } from 'node:timers/promises';

export type EventuallyOptions = {
  /** When to give up, in milliseconds. Default 20 s: a busy machine is no failure. */
  readonly within?: number;
  /** Time between two looks, in milliseconds. Default 20. */
  readonly every?: number;
};

/**
 * Repeats `look` until it neither throws nor answers false or undefined, and returns its answer. Gives up with the
 * last error, or with what it waited for.
 */
export const eventually = async <T>(
  waitingFor: string,
  look: () => T | Promise<T>,
  { within = 20_000, every = 20 }: EventuallyOptions = {},
): Promise<Exclude<T, undefined | false>> => {
  const deadline = Date.now() + within;
  for (;;) {
    let failure: unknown;
    try {
      const answer = await look();
      if (answer !== undefined && answer !== false) return answer as Exclude<T, undefined | false>;
    } catch (error) {
      failure = error;
    }
    if (Date.now() >= deadline)
      throw new Error(
        `not within ${within} ms: ${waitingFor}${failure instanceof Error ? ` (${failure.message})` : ''}`,
        failure === undefined ? {} : { cause: failure },
      );
    await delay(every);
  }
};
