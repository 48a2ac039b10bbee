import type { Knex } from 'knex';
import { documentsCausedBy, streamsOfOrder, type ReadStream } from '../commands/index.ts';
import { documentDecider } from '../domain/document/index.ts';
import { isPlaced, openBusinessOf, orderFold, type Order } from '../domain/order/index.ts';
import { isPayment, isPaymentOpen, paymentFold } from '../domain/payment/index.ts';
import type { EventStore } from '../event-store/port.ts';
import { documentStream, orderStream, paymentStream, storeCreditStream } from '../event-store/stream-names.ts';
import { mapAtMost } from '../platform/map-at-most.ts';
import { createWaitForPosition } from '../projections/engine/index.ts';
import { orderIdsOfCustomer } from '../projections/orders/index.ts';
import { paymentIdsOfOrders } from '../projections/payments/index.ts';
import { findStoreCreditIds } from '../projections/store-credit/index.ts';
import type { OpenBusinessOfOrder, StepResults } from './erasures.ts';

/** The read models that name what belongs to a customer have not reached the end of the log. */
export class ReadModelsBehind extends Error {
  override readonly name = 'ReadModelsBehind';
}

export type SurveyDeps = {
  readonly db: Knex;
  readonly store: Pick<EventStore, 'head'>;
  readonly readStream: ReadStream;
};

export type OrderOfCustomer = { readonly id: string; readonly order: Order; readonly payments: readonly string[] };

/** Everything in the log that belongs to a customer. */
export type Survey = {
  readonly orders: readonly OrderOfCustomer[];
  readonly streams: readonly string[];
};

/** These name what belongs to a customer. */
const READ_MODELS = ['order_list', 'payment_list', 'store_credit'] as const;
const WITHIN_MS = 5_000;
const AT_ONCE = 8;

/** @throws ReadModelsBehind when it cannot be known that nothing is missing */
export const waitForReadModels = async ({ db, store }: Pick<SurveyDeps, 'db' | 'store'>): Promise<void> => {
  const head = await store.head();
  const waitFor = createWaitForPosition(db);
  const reached = await Promise.all(READ_MODELS.map((name) => waitFor(name, head, WITHIN_MS)));
  if (!reached.every(Boolean)) throw new ReadModelsBehind('the read models have not caught up with the log yet');
};

/** @throws ReadModelsBehind when it cannot be known that nothing is missing */
export const surveyCustomer = async ({ db, store, readStream }: SurveyDeps, customer_id: string): Promise<Survey> => {
  await waitForReadModels({ db, store });
  const ids = await orderIdsOfCustomer(db, customer_id);
  const orders = await mapAtMost(AT_ONCE, ids, async (id): Promise<readonly OrderOfCustomer[]> => {
    const found = await readStream(orderFold, orderStream(id));
    if (found === undefined || !isPlaced(found.state)) return [];
    const started = found.state.payments.map(({ payment_id }) => payment_id);
    const payments = [...new Set([...started, ...(await paymentIdsOfOrders(db, [id]))])];
    return [{ id, order: found.state, payments }];
  });
  const balances = await findStoreCreditIds(db, customer_id);
  return {
    orders: orders.flat(),
    streams: [
      ...orders.flat().flatMap(({ id, order, payments }) => streamsOfOrder(id, order, payments)),
      ...balances.map(storeCreditStream),
    ],
  };
};

/** What is not finished: said by the orders, by payments that wait, and by documents that are not made yet. */
export const openBusinessIn = async (
  { readStream }: Pick<SurveyDeps, 'readStream'>,
  { orders }: Survey,
): Promise<readonly OpenBusinessOfOrder[]> => {
  const hasOpenPayment = async (ids: readonly string[]): Promise<boolean> => {
    for (const id of ids) {
      const found = await readStream(paymentFold, paymentStream(id));
      if (found !== undefined && isPayment(found.state) && isPaymentOpen(found.state.status)) return true;
    }
    return false;
  };
  const hasOpenDocument = async ({ id, order }: OrderOfCustomer): Promise<boolean> => {
    for (const document of documentsCausedBy(id, order)) {
      const found = await readStream(documentDecider, documentStream(document.id));
      if (found === undefined || found.state.status !== 'rendered') return true;
    }
    return false;
  };
  const open = await mapAtMost(AT_ONCE, orders, async (one): Promise<readonly OpenBusinessOfOrder[]> => {
    const kinds = new Set(openBusinessOf(one.order));
    if (!kinds.has('payment') && (await hasOpenPayment(one.payments))) kinds.add('payment');
    if (await hasOpenDocument(one)) kinds.add('document');
    return [...kinds].map((kind) => ({ order_id: one.id, kind }));
  });
  return open.flat();
};

/** What an erasure of a customer would meet and do. */
export type ErasureSurvey = {
  readonly orders: readonly string[];
  readonly streams: readonly string[];
  readonly plan: StepResults['record'];
  readonly open_business: readonly OpenBusinessOfOrder[];
};
