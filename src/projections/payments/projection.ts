import type { Fact } from '../../domain/shared/decider.ts';
import { paymentFold, isPayment, NO_PAYMENT, type Payment, type PaymentEvent } from '../../domain/payment/index.ts';
import { streamId } from '../../event-store/stream-names.ts';
import { projection } from '../engine/index.ts';
import { countersOf } from '../list/index.ts';

/** What `GET /payments` answers from. Personal data stays sealed in `state`, as its events have it. */
export type PaymentRow = {
  readonly id: string;
  readonly revision: number;
  readonly order_id: string;
  readonly customer_id: string;
  readonly status: string;
  readonly created_at: string;
  /** Of the payment service. */
  readonly transaction_id: string | null;
  readonly state: Payment;
};

export const paymentList = projection<PaymentRow>({
  name: 'payment_list',
  version: 5,
  prefixes: ['payment-'],
  personal: 'sealed',
  table: 'payment_list',
  key: 'id',
  keysElsewhere: "select id from numbers where kind = 'payment'",
  columns: {
    id: 'uuid',
    revision: 'bigint',
    order_id: 'uuid',
    customer_id: 'text',
    status: 'text',
    created_at: 'timestamptz',
    transaction_id: 'text',
    state: 'json',
  },
  evolve: (row, { stream, revision, fact }) => {
    // Payment streams hold nothing else.
    const state = paymentFold.evolve(row?.state ?? NO_PAYMENT, fact as Fact<PaymentEvent>);
    if (!isPayment(state)) return row;
    const { order_id, customer_id, status, created_at, transaction_id } = state;
    const found = { order_id, customer_id, status, created_at, transaction_id };
    return { id: streamId(stream), revision: Number(revision), ...found, state };
  },
  counters: countersOf,
  counted: ['customer_id', 'status'],
});
