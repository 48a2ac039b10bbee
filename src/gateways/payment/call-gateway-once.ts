import { GatewayUnavailable, type GatewayOutcome, type PaymentGateway } from './port.ts';
import type { GatewayAttempts } from './gateway-attempts.ts';
import { ManualInterventionRequired } from '../../jobs/manual-intervention-required.ts';

export type KnownOutcome = Exclude<GatewayOutcome, { outcome: 'unknown' | 'call_rejected' }>;

/** Gets an outcome from the gateway for one intention, which its key names; it is asked once, even after a crash. */
export type CallGatewayOnce = {
  readonly call: (key: string, call: (gateway: PaymentGateway) => Promise<GatewayOutcome>) => Promise<KnownOutcome>;
};

const HOW_TO_REPAIR =
  'Nothing was charged or refunded. Check PAYMENT_SERVICE_URL and its credentials, then retry the job.';
const HOW_TO_SETTLE = 'Check at the payment service whether the money moved, then settle it by hand.';

/**
 * A gateway that honours keys is asked again with the same key until it answers. Any other is asked once: an answer that
 * got lost, with its process or on the way, parks the job.
 */
export const createCallGatewayOnce = (
  gateway: PaymentGateway,
  asks: GatewayAttempts<KnownOutcome>,
): CallGatewayOnce => {
  const askOnce: CallGatewayOnce['call'] = async (key, call) => {
    const earlier = await asks.begin(key);
    if (earlier?.outcome) return earlier.outcome;
    if (earlier !== undefined)
      throw new ManualInterventionRequired(`the gateway was asked before, and its answer is lost. ${HOW_TO_SETTLE}`);
    try {
      const outcome = await call(gateway);
      if (outcome.outcome === 'unknown') throw new ManualInterventionRequired(`${outcome.reason}. ${HOW_TO_SETTLE}`);
      if (outcome.outcome === 'call_rejected') {
        await asks.forget(key);
        throw new ManualInterventionRequired(`${outcome.reason}. ${HOW_TO_REPAIR}`);
      }
      await asks.answer(key, outcome);
      return outcome;
    } catch (error) {
      if (error instanceof GatewayUnavailable) await asks.forget(key);
      throw error;
    }
  };

  const askUntilKnown: CallGatewayOnce['call'] = async (_key, call) => {
    const outcome = await call(gateway);
    if (outcome.outcome === 'unknown') throw new Error(`${outcome.reason}; it will be asked again with the same key`);
    if (outcome.outcome === 'call_rejected')
      throw new ManualInterventionRequired(`${outcome.reason}. ${HOW_TO_REPAIR}`);
    return outcome;
  };

  return { call: gateway.supportsIdempotency ? askUntilKnown : askOnce };
};
