import type { Fact, Fold } from '../shared/decider.ts';
import { changedOnceMore } from '../shared/detail-changes.ts';
import { changesOf, type Changes } from '../shared/fold.ts';
import { withNote } from '../shared/notes.ts';
import { mergePersonal, personalField } from '../shared/personal.ts';
import type { PaymentEvent, PaymentInitiated, PaymentPersonal, RefundRequested } from './events.ts';
import {
  isPayment,
  NO_PAYMENT,
  refundedOf,
  statusAfterRefund,
  type Payment,
  type PaymentState,
  type Refund,
} from './state.ts';

/** Folds a fact into the payment. Holds no rule and never throws: the fact has already happened. */
const evolvePayment = (state: PaymentState, fact: Fact<PaymentEvent>): PaymentState => {
  if (fact.type === 'PaymentInitiated') return initiated(fact);
  return isPayment(state) ? { ...state, ...changesOf(CHANGES, state, fact), updated_at: fact.at } : state;
};

/** How a payment is read from its stream. */
export const paymentFold: Fold<PaymentEvent, PaymentState> = {
  name: 'payment',
  initialState: NO_PAYMENT,
  evolve: evolvePayment,
};

type LaterFact = Exclude<Fact<PaymentEvent>, { type: 'PaymentInitiated' }>;

const CHANGES: Changes<LaterFact, Payment> = {
  PaymentProcessingStarted: () => ({ status: 'processing' }),
  PaymentCompleted: (payment, { at, data }) => ({
    status: 'completed',
    completed_at: at,
    transaction_id: data.transaction_id ?? payment.transaction_id,
    personal: mergePersonal(payment.personal, data.personal),
  }),
  PaymentDeclined: (payment, { data }) => ({
    status: 'failed',
    failure_reason: data.failure_reason,
    personal: mergePersonal(payment.personal, data.personal),
  }),
  PaymentCancelled: () => ({ status: 'cancelled' }),
  RefundRequested: (payment, requested) => ({ refunds: [...payment.refunds, refundOf(requested)] }),
  RefundCompleted: (payment, { at, data: { refund_id } }) =>
    refunded({ ...payment, refunds: changed(payment, refund_id, { status: 'completed' }) }, at),
  RefundDeclined: (payment, { data: { refund_id, failure_reason } }) => ({
    refunds: changed(payment, refund_id, { status: 'failed', failure_reason }),
  }),
  RefundPaidOut: (payment, { at, data: { refund_id, amount, method } }) =>
    refunded(
      {
        ...payment,
        refunds: changed(payment, refund_id, { status: 'completed', amount, method, failure_reason: null }),
      },
      at,
    ),
  RefundReleased: (payment, { data: { refund_id } }) => ({
    refunds: changed(payment, refund_id, { status: 'withdrawn' }),
  }),
  NoteAdded: (payment, added) => ({ ...withNote(payment.staff_notes, added), ...changedOnceMore(payment) }),
  PaymentDetailsChanged: (payment, { data: { transaction_id, personal } }) => ({
    personal: mergePersonal(payment.personal, personal),
    ...(transaction_id !== undefined && { transaction_id }),
    ...changedOnceMore(payment),
  }),
};

const changed = (payment: Payment, refund_id: string, change: Partial<Refund>): readonly Refund[] =>
  payment.refunds.map((refund) => (refund.refund_id === refund_id ? { ...refund, ...change } : refund));

const refunded = (payment: Payment, at: string): Partial<Payment> => {
  const { refunds } = payment;
  const status = statusAfterRefund(refundedOf(payment), payment.amount);
  return status === 'refunded' ? { refunds, status, refunded_at: at } : { refunds, status };
};

const refundOf = ({ at, data }: Fact<RefundRequested>): Refund => {
  const { refund_id, amount, method, kind, return_id, personal } = data;
  const reason = personalField(personal, 'reason');
  return { refund_id, amount, method, status: 'pending', kind, return_id, reason, failure_reason: null, at };
};

const NOTHING_SAID: PaymentPersonal = { notes: null, meta_data: null, gateway_response: null };

const initiated = ({ data, at, by }: Fact<PaymentInitiated>): Payment => ({
  ...data,
  status: 'pending',
  initiated_by: by.role,
  personal: mergePersonal<PaymentPersonal>(NOTHING_SAID, data.personal),
  failure_reason: null,
  refunds: [],
  staff_notes: [],
  detail_changes: 0,
  created_at: at,
  updated_at: at,
  completed_at: null,
  refunded_at: null,
});
