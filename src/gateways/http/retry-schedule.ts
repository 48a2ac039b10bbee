import {
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleType,
  isBrokenCircuitError,
  retry,
} from 'cockatiel';
import type { Logger } from '../../platform/logging.ts';
import { ServiceUnavailable } from './merchant-service.ts';

export type RetryOptions = {
  readonly name: string;
  /** Called once for each change between well and not well. */
  readonly log: Pick<Logger, 'warn' | 'info'>;
  /** Further attempts of what is safe to repeat. Default 2. */
  readonly retries?: number;
  /** The first pause before another attempt, in milliseconds; it grows, and is jittered. Default 100. */
  readonly pauseMs?: number;
  /** After so many failures in a row, calls fail at once. Default 5. */
  readonly breakAfter?: number;
  /** For so long, in milliseconds; then one call is let through. Default 10000. */
  readonly breakForMs?: number;
};

export type RetryCall = <T>(call: () => Promise<T>, how: { readonly again: boolean }) => Promise<T>;

const LONGEST_PAUSE_MS = 1_000;

/** Tries again where that is safe, and leaves a service alone that fails time after time. */
export const createRetry = (options: RetryOptions): RetryCall => {
  const { name, log, retries = 2, pauseMs = 100, breakAfter = 5, breakForMs = 10_000 } = options;
  const breaker = circuitBreaker(handleType(ServiceUnavailable), {
    halfOpenAfter: breakForMs,
    breaker: new ConsecutiveBreaker(breakAfter),
  });
  breaker.onStateChange((state) => {
    if (state === CircuitState.Open) log.warn({ service: name }, 'the service keeps failing; calls to it are paused');
    if (state === CircuitState.HalfOpen) log.info({ service: name }, 'calling the service again');
    if (state === CircuitState.Closed) log.info({ service: name }, 'the service answers again');
  });
  const again = retry(handleType(ServiceUnavailable), {
    maxAttempts: retries,
    backoff: new ExponentialBackoff({ initialDelay: pauseMs, maxDelay: LONGEST_PAUSE_MS }),
  });
  return async (call, how) => {
    const once = () => breaker.execute(call);
    try {
      return await (how.again ? again.execute(once) : once());
    } catch (error) {
      if (isBrokenCircuitError(error))
        throw new ServiceUnavailable(name, 'failed repeatedly, so calls to it are paused');
      throw error;
    }
  };
};
