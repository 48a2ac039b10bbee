import type { Knex } from 'knex';
import * as assert from 'uvu/assert';
import { createOrderDecider, isPlaced, ledgerOf, type Order } from '../../src/domain/order/index.ts';
import { isPayment, paymentDecider, reachesGateway, type Payment } from '../../src/domain/payment/index.ts';
import { isInitiated, returnDecider, type Return } from '../../src/domain/return/index.ts';
import { orderStream, paymentStream, returnStream } from '../../src/event-store/stream-names.ts';
import type { Core } from './core.ts';

export const readOrder = async ({ readStream }: Core, id: string): Promise<Order> => {
  const found = await readStream(createOrderDecider(), orderStream(id));
  if (found === undefined || !isPlaced(found.state)) throw new Error(`no order ${id}`);
  return found.state;
};
export const readPayment = async ({ readStream }: Core, id: string): Promise<Payment> => {
  const found = await readStream(paymentDecider, paymentStream(id));
  if (found === undefined || !isPayment(found.state)) throw new Error(`no payment ${id}`);
  return found.state;
};
export const readReturn = async ({ readStream }: Core, id: string): Promise<Return> => {
  const found = await readStream(returnDecider, returnStream(id));
  if (found === undefined || !isInitiated(found.state)) throw new Error(`no return ${id}`);
  return found.state;
};

type Entry = { kind: string; payment_id: string; refund_id: string | null; amount: string; outcome: string | null };
type Movement = readonly [kind: string, id: string, amount: number];

const sorted = (movements: readonly Movement[]) => movements.toSorted((a, b) => (a.join() < b.join() ? -1 : 1));

const inLedger = async (db: Knex, order_id: string): Promise<readonly Movement[]> => {
  const entries = (await db('sandbox_ledger').where({ order_id, outcome: 'succeeded' })) as Entry[];
  return entries.map(({ kind, payment_id, refund_id, amount }) => [kind, refund_id ?? payment_id, Number(amount)]);
};

/** Movements that no gateway carries out are in no ledger of one. */
const throughGateway = (order: Order): ReadonlySet<string> =>
  new Set([
    ...order.payments.filter(({ method }) => reachesGateway(method)).map(({ payment_id }) => payment_id),
    ...order.refunds.filter(({ method }) => method === 'original_payment').map(({ refund_id }) => refund_id),
  ]);

/** The gateway's books, the payments and the order tell the same movements of money, to the cent. */
export const assertReconciled = async (core: Core, order_id: string): Promise<Order> => {
  const order = await readOrder(core, order_id);
  const payments = await Promise.all(
    order.payments.map(async ({ payment_id }) => ({ id: payment_id, ...(await readPayment(core, payment_id)) })),
  );
  const inPayments = payments.flatMap(({ id, completed_at, amount, refunds }): readonly Movement[] => [
    ...(completed_at === null ? [] : [['charge', id, amount] as const]),
    ...refunds
      .filter(({ status }) => status === 'completed')
      .map((refund) => ['refund', refund.refund_id, refund.amount] as const),
  ]);
  const onOrder: readonly Movement[] = [
    ...order.payments
      .filter(({ status }) => status === 'captured')
      .map(({ payment_id, amount }) => ['charge', payment_id, amount] as const),
    ...order.refunds
      .filter(({ status }) => status === 'completed' || status === 'resolved')
      .map(({ refund_id, amount }) => ['refund', refund_id, amount] as const),
  ];
  const charged = throughGateway(order);
  assert.equal(
    sorted(inPayments.filter(([, id]) => charged.has(id))),
    sorted(await inLedger(core.db, order_id)),
    'payments and the ledger',
  );
  assert.equal(sorted(onOrder), sorted(inPayments), 'the order and its payments');
  const { captured, refunded } = ledgerOf(order);
  assert.ok(refunded <= captured, 'never more goes back than came in');
  return order;
};
