import { createBackoff, sleep } from '../../platform/backoff.ts';
import { isOutage, NoAnswer, translateError } from './errors.ts';

/** Settles like the promise, or with StoreUnavailable when that takes too long. The client has promises that never do. */
export const withLimit = <T>(limitMs: number, what: string, promise: Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const giveUp = (): void => reject(new NoAnswer(`no answer to ${what} within ${Math.round(limitMs)} ms`));
    const timer = setTimeout(giveUp, limitMs);
    promise.finally(() => clearTimeout(timer)).then(resolve, reject);
  });

export const READ_ATTEMPTS = 3;

/** For calls that change nothing: a connection that has just been lost is often back at once. */
export const withRepeats = async <T>(read: () => Promise<T>): Promise<T> => {
  const backoff = createBackoff();
  for (let attempt = 1; ; attempt++) {
    try {
      return await read();
    } catch (error) {
      if (attempt === READ_ATTEMPTS || !isOutage(error)) throw translateError(error);
      await sleep(backoff.nextDelayMs());
    }
  }
};

/** Settles with the promise's value, or with `aborted` as soon as the signal is. */
export const unlessAborted = <T>(signal: AbortSignal, promise: Promise<T>): Promise<T | 'aborted'> =>
  new Promise((resolve, reject) => {
    const abort = (): void => resolve('aborted');
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.finally(() => signal.removeEventListener('abort', abort)).then(resolve, reject);
  });
