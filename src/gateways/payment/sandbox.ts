import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { sleep } from '../../platform/backoff.ts';
import type { LedgerEntry } from './sandbox-ledger.ts';
import {
  GatewayUnavailable,
  type ChargeRequest,
  type GatewayOutcome,
  type PaymentGateway,
  type RefundRequest,
} from './port.ts';

type Row = LedgerEntry & { readonly payment_token: string | null };
type Asked = Pick<
  Row,
  'idempotency_key' | 'kind' | 'payment_id' | 'refund_id' | 'order_id' | 'currency' | 'payment_token'
> & {
  readonly amount: number;
};
type Verdict = { readonly outcome: 'succeeded' | 'declined'; readonly reason: string | null };

const FLAKY_FAILURES = 2;

/** Tokens that it knows. Any other may be a real card, which the ledger must not hold in clear. */
const TEST_TOKENS: ReadonlySet<string> = new Set([
  'tok_declined',
  'tok_refund_declined',
  'tok_timeout',
  'tok_flaky',
  'tok_slow',
]);
const testTokenIn = (token: string | null): string | null => (token !== null && TEST_TOKENS.has(token) ? token : null);

/** Decides as the charge's token says. Everything else succeeds. */
const verdictOf = (kind: Row['kind'], token: string | null): Verdict => {
  if (kind === 'charge' && token === 'tok_declined') return { outcome: 'declined', reason: 'card_declined' };
  if (kind === 'refund' && token === 'tok_refund_declined') return { outcome: 'declined', reason: 'refund_declined' };
  return { outcome: 'succeeded', reason: null };
};

const transactionId = (key: string): string => `sbx_${createHash('sha256').update(key).digest('hex').slice(0, 16)}`;

const outcomeOf = ({ outcome, transaction_id, reason }: Row): GatewayOutcome =>
  outcome === 'succeeded'
    ? { outcome, transaction_id: transaction_id ?? '', response: { gateway: 'sandbox', result: 'approved' } }
    : { outcome: 'declined', reason: reason ?? '', response: { gateway: 'sandbox', result: reason } };

/**
 * A deterministic bank for tests and trying out. It honours keys: the same key has one effect, in its own ledger, even
 * after a crash. `tok_timeout` does the work and loses the answer once; `tok_flaky` fails twice; `tok_slow` takes `slowMs`.
 */
export const createSandboxGateway = ({
  db,
  slowMs = 6_000,
}: {
  readonly db: Knex;
  /** Default 6000. */
  readonly slowMs?: number;
}): PaymentGateway => {
  /** Notes that it was asked, and answers what is in the ledger under this key. */
  const enter = async (asked: Asked): Promise<Row> => {
    const { rows } = await db.raw<{ rows: Row[] }>(
      `insert into sandbox_ledger as ledger
         (idempotency_key, kind, payment_id, refund_id, order_id, amount, currency, payment_token, asked)
       values (:idempotency_key, :kind, :payment_id, :refund_id, :order_id, :amount, :currency, :payment_token, 1)
       on conflict (idempotency_key) do update set asked = ledger.asked + 1
       returning *`,
      { ...asked },
    );
    const [row] = rows;
    if (row === undefined) throw new Error('the sandbox lost an entry of its ledger');
    return row;
  };

  const decide = async ({ idempotency_key, kind, payment_token }: Row): Promise<Row> => {
    const { outcome, reason } = verdictOf(kind, payment_token);
    const transaction_id = outcome === 'succeeded' ? transactionId(idempotency_key) : null;
    await db('sandbox_ledger')
      .where('idempotency_key', idempotency_key)
      .whereNull('outcome')
      .update({ outcome, reason, transaction_id });
    const row = await db<Row>('sandbox_ledger').where('idempotency_key', idempotency_key).first();
    if (row === undefined) throw new Error('the sandbox lost an entry of its ledger');
    return row;
  };

  const ask = async (asked: Asked): Promise<GatewayOutcome> => {
    const entered = await enter(asked);
    const token = entered.payment_token;
    if (token === 'tok_flaky' && entered.asked <= FLAKY_FAILURES) throw new GatewayUnavailable('the sandbox is flaky');
    if (token === 'tok_slow') await sleep(slowMs);
    const decided = await decide(entered);
    if (token === 'tok_timeout' && entered.asked === 1)
      return { outcome: 'unknown', reason: 'the sandbox did not answer in time' };
    return outcomeOf(decided);
  };

  const tokenOfCharge = async (paymentId: string): Promise<string | null> => {
    const charge = await db<Row>('sandbox_ledger')
      .where({ payment_id: paymentId, kind: 'charge' })
      .first('payment_token');
    return charge?.payment_token === 'tok_refund_declined' ? charge.payment_token : null;
  };

  return {
    supportsIdempotency: true,
    charge: ({ idempotency_key, payment_id, order_id, amount, currency, ...asked }: ChargeRequest) => {
      const payment_token = testTokenIn(asked.payment_token);
      return ask({
        idempotency_key,
        kind: 'charge',
        payment_id,
        refund_id: null,
        order_id,
        amount,
        currency,
        payment_token,
      });
    },
    refund: async ({ idempotency_key, payment_id, refund_id, order_id, amount, currency }: RefundRequest) => {
      const payment_token = await tokenOfCharge(payment_id);
      return ask({ idempotency_key, kind: 'refund', payment_id, refund_id, order_id, amount, currency, payment_token });
    },
  };
};
