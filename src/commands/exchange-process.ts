import { v5 as uuidv5 } from 'uuid';
import {
  hasGoneBack,
  isPlaced,
  ledgerOf,
  NO_PERSONAL_DATA,
  type Order,
  type OrderDecider,
  type OrderPlaced,
  type OrderState,
} from '../domain/order/index.ts';
import { isPayment, paymentDecider } from '../domain/payment/index.ts';
import {
  isInitiated,
  returnDecider,
  type Return,
  type ReturnExchanged,
  type ReturnRefunded,
} from '../domain/return/index.ts';
import { isErased, type Instant } from '../domain/shared/decider.ts';
import { sum, type Minor } from '../domain/shared/money.ts';
import type { Recorded } from '../event-store/recorded.ts';
import { orderStream, paymentStream, returnStream, streamId } from '../event-store/stream-names.ts';
import { placingOf } from './exchange.ts';
import { findEvent } from './find-event.ts';
import { handleOrThrow } from './handle-or-throw.ts';
import { wasRejected, type Done, type Handle } from './handle.ts';
import type { DrawNumber } from './orders.ts';
import { continuedContext, processContext, saidBy } from './process-context.ts';
import { readPaymentOf } from './read-payment.ts';
import type { ReadStream } from './read.ts';

/**
 * What follows from an exchange beside the settlement of its return. Each may run any number of times, also at once: the
 * second run finds it done.
 */
export type ExchangeProcess = {
  /** The return was exchanged: the new order is placed, for the same customer, to the same address. */
  readonly place: (cause: Recorded<ReturnExchanged>) => Promise<Done<OrderState>>;
  /** The store credit of the return is there: it pays for the new order, as far as it reaches. */
  readonly pay: (cause: Recorded<ReturnRefunded>, at: Instant) => Promise<void>;
};

/** At most one for each exchange. */
const PAYMENT_IDS = 'f2d96a4e-0f3d-5a7f-8b55-7c3f9f1e2d60';

/** The amount that a return gave as store credit. */
const creditOf = ({ refunds }: Order, return_id: string): Minor =>
  sum(
    refunds
      .filter((one) => one.return_id === return_id && one.method === 'store_credit' && hasGoneBack(one))
      .map(({ amount }) => amount),
  );

export const createExchangeProcess = ({
  handle,
  readStream,
  decider,
  drawNumber,
}: {
  readonly handle: Handle;
  readonly readStream: ReadStream;
  /** Of orders. */
  readonly decider: OrderDecider;
  readonly drawNumber: DrawNumber;
}): ExchangeProcess => {
  const readReturn = async (stream: string) => {
    const found = await readStream(returnDecider, stream);
    if (found === undefined || !isInitiated(found.state)) throw new Error(`${stream} does not fold to a return`);
    return { one: found.state, events: await found.events() };
  };
  const readOrder = async (order_id: string) => {
    const found = await readStream(decider, orderStream(order_id));
    if (found === undefined || !isPlaced(found.state)) throw new Error(`order ${order_id} is not placed`);
    return { order: found.state, events: found.events };
  };

  /** What the new order has from the first one, as it is now. */
  const customerOf = async ({ order_id, order_number, return_number }: Return, return_id: string) => {
    const { order, events } = await readOrder(order_id);
    const placed: OrderPlaced['data'] | undefined = findEvent(await events(), 'OrderPlaced')?.fact.data;
    const { customer_id, currency, personal } = order;
    return {
      customer_id,
      currency,
      ...(placed?.locale !== undefined && { locale: placed.locale }),
      exchange_of: { return_id, return_number, order_id, order_number },
      personal: isErased(personal) ? NO_PERSONAL_DATA : { ...personal, notes: null, meta_data: null },
    };
  };

  const place: ExchangeProcess['place'] = async (cause) => {
    const { data } = cause.fact;
    const { one } = await readReturn(cause.stream);
    const context = continuedContext('place-exchange', cause);
    const placing = placingOf(data, await customerOf(one, streamId(cause.stream)));
    const command = { type: 'PlaceOrder', data: placing, ...saidBy(context) } as const;
    return handleOrThrow(handle, decider, { stream: orderStream(data.order_id), command, context });
  };

  /** The payment of an exchange, made now or before; undefined: there is nothing to pay with, or nothing to pay. */
  const paymentFor = async (exchanged: ReturnExchanged['data'], cause: Recorded<ReturnRefunded>, at: Instant) => {
    const { one } = await readReturn(cause.stream);
    const payment_id = uuidv5(streamId(cause.stream), PAYMENT_IDS);
    const stream = paymentStream(payment_id);
    if ((await readStream(paymentDecider, stream)) === undefined) {
      const credit = creditOf((await readOrder(one.order_id)).order, streamId(cause.stream));
      const { amount_due, being_paid } = ledgerOf((await readOrder(exchanged.order_id)).order);
      const amount = Math.min(credit, amount_due - being_paid);
      if (amount <= 0) return undefined;
      const context = processContext('pay-exchange', cause, at);
      const data = {
        payment_number: await drawNumber('payment', at, payment_id),
        order_id: exchanged.order_id,
        customer_id: one.customer_id,
        method: 'store_credit',
        amount,
        currency: one.currency,
        transaction_id: null,
        personal: { notes: null, meta_data: null },
      } as const;
      const command = { type: 'InitiatePayment', data, ...saidBy(context) } as const;
      await handleOrThrow(handle, paymentDecider, { stream, command, context });
    }
    return { payment_id, stream, payment: await readPaymentOf(readStream, stream) };
  };

  const pay: ExchangeProcess['pay'] = async (cause, at) => {
    const { events } = await readReturn(returnStream(streamId(cause.stream)));
    const exchanged = findEvent(events, 'ReturnExchanged');
    if (exchanged === undefined) return;
    await place(exchanged);
    const found = await paymentFor(exchanged.fact.data, cause, at);
    if (found?.payment.status !== 'pending') return;
    const { payment_id, stream, payment } = found;
    const { amount, method } = payment;
    const context = processContext('pay-exchange', cause, at);
    // From here on it is a payment as any other: its process goes on from the order's event.
    const command = { type: 'StartPayment', data: { payment_id, amount, method }, ...saidBy(context) } as const;
    const started = await handle(decider, { stream: orderStream(payment.order_id), command, context });
    if (!wasRejected(started)) return;
    // The order has changed meanwhile and no longer takes that much: the balance stays the customer's.
    const cancelling = processContext('pay-exchange/cancel', cause, at);
    const cancel = { type: 'CancelPayment', data: {}, ...saidBy(cancelling) } as const;
    const cancelled = await handleOrThrow(handle, paymentDecider, { stream, command: cancel, context: cancelling });
    if (!isPayment(cancelled.state)) throw new Error(`${stream} does not fold to a payment`);
  };

  return { place, pay };
};
