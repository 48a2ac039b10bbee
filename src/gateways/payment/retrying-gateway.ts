import { circuitBreaker, ConsecutiveBreaker, handleType, isBrokenCircuitError } from 'cockatiel';
import { sleep } from '../../platform/backoff.ts';
import { GatewayUnavailable, type GatewayOutcome, type PaymentGateway } from './port.ts';

export type RetryingGatewayOptions = {
  /** Pauses before asking again, in milliseconds, each jittered by up to a half. Default 200 and 1000. */
  readonly pausesMs?: readonly number[];
  /** After so many calls in a row that did not reach the gateway, calls fail at once. Default 5. */
  readonly breakAfter?: number;
  /** For so long, in milliseconds; then one call is let through. Default 10000. */
  readonly breakForMs?: number;
};

const jittered = (ms: number): number => ms / 2 + (Math.random() * ms) / 2;

/**
 * Asks again where that is safe: after a call that certainly did nothing, and after an unknown outcome where the gateway
 * honours keys. A gateway that cannot be reached is left alone for a while.
 */
export const retryingGateway = (
  gateway: PaymentGateway,
  { pausesMs = [200, 1_000], breakAfter = 5, breakForMs = 10_000 }: RetryingGatewayOptions = {},
): PaymentGateway => {
  const breaker = circuitBreaker(handleType(GatewayUnavailable), {
    halfOpenAfter: breakForMs,
    breaker: new ConsecutiveBreaker(breakAfter),
  });

  const once = async (call: () => Promise<GatewayOutcome>): Promise<GatewayOutcome> => {
    try {
      return await breaker.execute(call);
    } catch (error) {
      if (isBrokenCircuitError(error))
        throw new GatewayUnavailable('the payment service could not be reached for a while');
      throw error;
    }
  };

  const attempt = async (call: () => Promise<GatewayOutcome>): Promise<GatewayOutcome | GatewayUnavailable> => {
    try {
      return await once(call);
    } catch (error) {
      if (error instanceof GatewayUnavailable) return error;
      throw error;
    }
  };

  const mayAskAgain = (result: GatewayOutcome | GatewayUnavailable): boolean =>
    result instanceof GatewayUnavailable || (result.outcome === 'unknown' && gateway.supportsIdempotency);

  const withRetries = async (call: () => Promise<GatewayOutcome>): Promise<GatewayOutcome> => {
    let result = await attempt(call);
    for (const pause of pausesMs) {
      if (!mayAskAgain(result)) break;
      await sleep(jittered(pause));
      result = await attempt(call);
    }
    if (result instanceof GatewayUnavailable) throw result;
    return result;
  };

  return {
    supportsIdempotency: gateway.supportsIdempotency,
    charge: (request) => withRetries(() => gateway.charge(request)),
    refund: (request) => withRetries(() => gateway.refund(request)),
  };
};
