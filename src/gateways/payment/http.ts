import { toMajor } from '../../domain/shared/amount-notation.ts';
import { fetchConfigured } from '../../platform/outgoing-fetch.ts';
import { wellFormed } from '../../platform/well-formed.ts';
import { GatewayUnavailable, type GatewayOutcome, type GatewayResponse, type PaymentGateway } from './port.ts';

export type HttpGatewayOptions = {
  /** Base URL of the merchant's payment service. */
  readonly url: string;
  /** The operator's word that the service honours `Idempotency-Key`. Default false. */
  readonly supportsIdempotency?: boolean;
  /** How long one call may take, in milliseconds. Default 10000. */
  readonly timeoutMs?: number;
};

/** Errors of a connection that was never made: nothing was sent. */
const NOT_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'EADDRREFUSED',
]);
const MAX_RESPONSE_CHARS = 16_384;
/** In a body that came with a success: nothing else means that money moved. */
const SUCCESS_WORDS = new Set([
  'succeeded',
  'success',
  'successful',
  'ok',
  'approved',
  'accepted',
  'captured',
  'paid',
  'refunded',
  'completed',
  'complete',
  'processed',
]);
const DECLINED_WORDS = new Set(['declined', 'failed', 'rejected', 'error']);
/** In a body that came with a 4xx. */
const FINAL_WORDS = new Set(['declined', 'rejected']);
const PAYMENT_REQUIRED = 402;
/** Of 4xx, those that say nothing about the charge: too slow, still in progress, locked, too early, too many. */
/** Of 4xx, those that are about the call alone, whatever the body says: credentials, path, method. */
const CALL_STATUSES = new Set([401, 403, 404, 405]);
const UNKNOWN_STATUSES = new Set([408, 409, 423, 425, 429]);

const codeOf = (error: unknown): string => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : '';
};

/** What is worth keeping of the service's answer: its plain values. */
const flat = (body: unknown): GatewayResponse =>
  typeof body === 'object' && body !== null
    ? Object.fromEntries(
        Object.entries(body).flatMap(([name, value]: [string, unknown]) =>
          value === null || ['string', 'number', 'boolean'].includes(typeof value) ? [[name, value as string]] : [],
        ),
      )
    : {};

const parse = (text: string): GatewayResponse | undefined => {
  try {
    return text.length > MAX_RESPONSE_CHARS ? undefined : flat(wellFormed<unknown>(JSON.parse(text)));
  } catch {
    return undefined;
  }
};

const textOf = (response: GatewayResponse, ...names: readonly string[]): string | undefined => {
  const found = names.map((name) => response[name]).find((value) => typeof value === 'string' && value !== '');
  return typeof found === 'string' ? found : undefined;
};

const reasonIn = (response: GatewayResponse | undefined): string | undefined =>
  response === undefined ? undefined : textOf(response, 'reason', 'detail', 'message', 'error', 'code');

/**
 * A rejection of the call is not a rejection of the charge. Only 402, and a body that says so, decline; only a 2xx whose
 * body says so succeeds; what says nothing about the charge leaves it open; every other 3xx and 4xx means that the call
 * itself is wrong, and a person must look.
 */
const outcomeOf = (status: number, text: string, key: string): GatewayOutcome => {
  if (UNKNOWN_STATUSES.has(status) || status >= 500)
    return { outcome: 'unknown', reason: `the payment service answered ${status}` };
  const response = parse(text);
  const word =
    textOf(response ?? {}, 'status')
      ?.trim()
      .toLowerCase() ?? '';
  const isDeclined =
    status === PAYMENT_REQUIRED ||
    (status < 300 ? DECLINED_WORDS.has(word) : status >= 400 && !CALL_STATUSES.has(status) && FINAL_WORDS.has(word));
  if (isDeclined) {
    return {
      outcome: 'declined',
      reason: reasonIn(response) ?? `declined with ${status}`,
      response: { ...response, http_status: status },
    };
  }
  if (status >= 300) {
    const why = reasonIn(response);
    return { outcome: 'call_rejected', reason: `the payment service answered ${status}${why ? `: ${why}` : ''}` };
  }
  if (response === undefined) return { outcome: 'unknown', reason: 'the payment service gave an unreadable answer' };
  if (!SUCCESS_WORDS.has(word))
    return { outcome: 'unknown', reason: 'the payment service gave no status that says whether money moved' };
  return { outcome: 'succeeded', transaction_id: textOf(response, 'transaction_id', 'id') ?? key, response };
};

/** The merchant's own payment service: `POST /payments/process`, `POST /payments/refund`. */
export const createHttpGateway = ({
  url,
  supportsIdempotency = false,
  timeoutMs = 10_000,
}: HttpGatewayOptions): PaymentGateway => {
  const base = url.endsWith('/') ? url : `${url}/`;

  const post = async (path: string, key: string, body: object): Promise<GatewayOutcome> => {
    try {
      const response = await fetchConfigured(new URL(path, base), {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json', 'idempotency-key': key },
        body: JSON.stringify(body),
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      });
      return outcomeOf(response.status, await response.text(), key);
    } catch (error) {
      if (error instanceof GatewayUnavailable) throw error;
      if (NOT_SENT.has(codeOf(error)))
        throw new GatewayUnavailable('the payment service cannot be reached', { cause: error });
      return { outcome: 'unknown', reason: 'the payment service did not answer' };
    }
  };

  return {
    supportsIdempotency,
    charge: ({ idempotency_key, customer_id, order_id, payment_id, amount, currency, method, payment_token }) =>
      post('payments/process', idempotency_key, {
        user_id: customer_id,
        order_id,
        payment_id,
        amount: toMajor(amount, currency),
        currency,
        method,
        ...(payment_token === null ? {} : { payment_token }),
      }),
    refund: ({
      idempotency_key,
      customer_id,
      order_id,
      payment_id,
      refund_id,
      transaction_id,
      amount,
      currency,
      reason,
    }) =>
      post('payments/refund', idempotency_key, {
        user_id: customer_id,
        order_id,
        payment_id,
        refund_id,
        transaction_id,
        amount: toMajor(amount, currency),
        currency,
        ...(reason === null ? {} : { reason }),
      }),
  };
};
