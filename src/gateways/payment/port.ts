import type { Currency, Minor } from '../../domain/shared/money.ts';

export type GatewayResponse = { readonly [property: string]: string | number | boolean | null };

export type ChargeRequest = {
  /** The same key for the same intention, in every request. */
  readonly idempotency_key: string;
  readonly payment_id: string;
  readonly order_id: string;
  readonly customer_id: string;
  readonly amount: Minor;
  readonly currency: Currency;
  readonly method: string;
  readonly payment_token: string | null;
};

export type RefundRequest = {
  readonly idempotency_key: string;
  readonly refund_id: string;
  readonly payment_id: string;
  readonly order_id: string;
  readonly customer_id: string;
  /** Id of the charge that is refunded. */
  readonly transaction_id: string | null;
  readonly amount: Minor;
  readonly currency: Currency;
  readonly reason: string | null;
};

/**
 * The outcome of a call. `unknown`: it may or may not have happened. `call_rejected`: the call itself was wrong, for
 * example its credentials: nothing happened, and asking again changes nothing until a person has looked.
 */
export type GatewayOutcome =
  | { readonly outcome: 'succeeded'; readonly transaction_id: string; readonly response: GatewayResponse }
  | { readonly outcome: 'declined'; readonly reason: string; readonly response: GatewayResponse }
  | { readonly outcome: 'unknown'; readonly reason: string }
  | { readonly outcome: 'call_rejected'; readonly reason: string };

/**
 * The outside world that moves money. Called from jobs only. Retries what is safe by itself; throws
 * `GatewayUnavailable` when it certainly did nothing and the job should come again later.
 */
export type PaymentGateway = {
  readonly charge: (request: ChargeRequest) => Promise<GatewayOutcome>;
  readonly refund: (request: RefundRequest) => Promise<GatewayOutcome>;
  /** Whether asking again with the same key is safe: then an unknown outcome can be asked for. */
  readonly supportsIdempotency: boolean;
};

/** The gateway was not reached, or could not work: nothing has happened. */
export class GatewayUnavailable extends Error {
  override readonly name = 'GatewayUnavailable';
}
