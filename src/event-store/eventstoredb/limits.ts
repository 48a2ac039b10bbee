import { createBackoff, sleep } from '../../platform/backoff.ts';
import { isOutage, translateError } from './errors.ts';
import { StoreUnavailable } from '../port.ts';

/** Settles like the promise, or with StoreUnavailable when that takes too long. The client has promises that never do. */
export const withLimit = <T>(limitMs: number, what: string, promise: Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const giveUp = (): void => reject(new StoreUnavailable(`no answer to ${what} within ${Math.round(limitMs)} ms`));
    const timer = setTimeout(giveUp, limitMs);
    promise.finally(() => clearTimeout(timer)).then(resolve, reject);
  });

const ATTEMPTS = 3;

/** For calls that change nothing: a connection that has just been lost is often back at once. */
export const withRepeats = async <T>(read: () => Promise<T>): Promise<T> => {
  const backoff = createBackoff();
  for (let attempt = 1; ; attempt++) {
    try {
      return await read();
    } catch (error) {
      // An answer that took too long was waited for long enough.
      if (attempt === ATTEMPTS || error instanceof StoreUnavailable || !isOutage(error)) throw translateError(error);
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
