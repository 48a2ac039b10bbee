import { match } from 'ts-pattern';
import { canAccess } from '../shared/access.ts';
import { accept, type Decider } from '../shared/decider.ts';
import { isChangedTooOften } from '../shared/detail-changes.ts';
import { mayAddNotes, noteAdded } from '../shared/notes.ts';
import type { MetaData } from '../shared/remarks.ts';
import type { ChangePaymentDetails, InitiatePayment, PaymentCommand, StartProcessing } from './commands.ts';
import type { PaymentEvent } from './events.ts';
import { paymentFold } from './evolve.ts';
import { isReceipt } from '../order/index.ts';
import type { PaymentDecision, PaymentRejection } from './rejections.ts';
import { completeRefund, declineRefund, payOutRefund, releaseRefund, requestRefund } from './refund.ts';
import { isPayment, type Payment, type PaymentState } from './state.ts';
import { leadsPaymentFrom, type PaymentAction, type PaymentStatus } from './transitions.ts';

/** One charge on one order. The order decides on the maximum amount. */
export const paymentDecider: Decider<PaymentCommand, PaymentEvent, PaymentState, PaymentRejection> = {
  ...paymentFold,
  decide: (command, state) => {
    if (command.type === 'InitiatePayment') return initiate(command, state);
    if (!isPayment(state) || !canAccess(command.by, state)) return { rejected: 'payment.not_found' };
    return decideOnPayment(command, state);
  },
};

const initiate = ({ data }: InitiatePayment, state: PaymentState): PaymentDecision => {
  if (isPayment(state)) return accept();
  if (!Number.isSafeInteger(data.amount) || data.amount < 1) return { rejected: 'payment.invalid_amount' };
  return accept({ type: 'PaymentInitiated', data });
};

type LaterCommand = Exclude<PaymentCommand, { type: 'InitiatePayment' }>;

/** The outcome of store credit is never unknown: a person could only contradict the balance. */
const isSettledByHand = ({ by: { role }, ...command }: LaterCommand, { method, refunds }: Payment): boolean =>
  role === 'admin' &&
  match(command)
    .with({ type: 'CompletePayment' }, { type: 'DeclinePayment' }, () => method === 'store_credit')
    .with({ type: 'CompleteRefund' }, { type: 'DeclineRefund' }, ({ data: { refund_id } }) =>
      refunds.some((refund) => refund.refund_id === refund_id && refund.method === 'store_credit'),
    )
    .otherwise(() => false);

const decideOnPayment = (command: LaterCommand, payment: Payment): PaymentDecision =>
  isSettledByHand(command, payment)
    ? { rejected: 'payment.settles_itself', current_status: payment.status }
    : decideAsAsked(command, payment);

const decideAsAsked = (command: LaterCommand, payment: Payment): PaymentDecision =>
  match(command)
    .returnType<PaymentDecision>()
    .with({ type: 'StartProcessing' }, (asked) => startProcessing(asked, payment))
    .with({ type: 'CompletePayment' }, ({ data: { transaction_id, gateway_response } }) =>
      payment.completed_at !== null
        ? accept()
        : step('complete', payment, {
            type: 'PaymentCompleted',
            data: { transaction_id, ...wordOf(gateway_response) },
          }),
    )
    .with({ type: 'DeclinePayment' }, ({ data: { failure_reason, gateway_response } }) =>
      payment.status === 'failed'
        ? accept()
        : step('decline', payment, { type: 'PaymentDeclined', data: { failure_reason, ...wordOf(gateway_response) } }),
    )
    .with({ type: 'CancelPayment' }, () => step('cancel', payment, { type: 'PaymentCancelled', data: {} }, 'cancelled'))
    .with({ type: 'RequestRefund' }, ({ data }) => requestRefund(data, payment))
    .with({ type: 'CompleteRefund' }, ({ data }) => completeRefund(data, payment))
    .with({ type: 'DeclineRefund' }, ({ data }) => declineRefund(data, payment))
    .with({ type: 'PayOutRefund' }, ({ data }) => payOutRefund(data, payment))
    .with({ type: 'ReleaseRefund' }, ({ data }) => releaseRefund(data, payment))
    .with({ type: 'ChangePaymentDetails' }, (asked) => changeDetails(asked, payment))
    .with({ type: 'AddNote' }, ({ data, by }) =>
      !mayAddNotes(by)
        ? { rejected: 'payment.action_not_permitted', current_status: payment.status }
        : isChangedTooOften(payment)
          ? tooManyChanges(payment)
          : accept(noteAdded(data)),
    )
    .exhaustive();

/** For a method without a gateway, processing confirms that the money was received, so a customer may not do it. */
const startProcessing = ({ by }: StartProcessing, payment: Payment): PaymentDecision =>
  by.role === 'customer' && payment.status === 'pending' && isReceipt(payment.method)
    ? { rejected: 'payment.action_not_permitted', current_status: payment.status }
    : step('process', payment, { type: 'PaymentProcessingStarted', data: {} }, 'processing');

/**
 * A step of the table. If `done` names the status that it leads to, a request for the current status has its own code.
 */
const step = (
  action: PaymentAction,
  { status }: Payment,
  event: PaymentEvent,
  done?: PaymentStatus,
): PaymentDecision => {
  if (leadsPaymentFrom(action, status)) return accept(event);
  const rejected = status === done ? (`payment.already_${status}` as const) : 'payment.invalid_transition';
  return { rejected, current_status: status };
};

const wordOf = (gateway_response: MetaData | undefined) =>
  gateway_response === undefined ? {} : { personal: { gateway_response } };

const tooManyChanges = ({ detail_changes }: Payment): PaymentRejection => ({
  rejected: 'payment.too_many_changes',
  changes: detail_changes,
});

const changeDetails = (
  { data: { transaction_id, visible_to_customer = false, ...said }, by }: ChangePaymentDetails,
  payment: Payment,
): PaymentDecision => {
  if (isChangedTooOften(payment)) return tooManyChanges(payment);
  const { notes, meta_data, gateway_response } = said;
  const isCustomers = by.role === 'customer';
  const personal = {
    ...(notes !== undefined && isCustomers && { notes }),
    ...(meta_data !== undefined && { meta_data }),
    ...(gateway_response !== undefined && { gateway_response }),
  };
  const data = {
    ...(transaction_id !== undefined && { transaction_id }),
    ...(Object.keys(personal).length > 0 && { personal }),
  };
  const changed: PaymentEvent = { type: 'PaymentDetailsChanged', data };
  const noted = typeof notes === 'string' && !isCustomers ? [noteAdded({ text: notes, visible_to_customer })] : [];
  return { accepted: [...(Object.keys(data).length === 0 ? [] : [changed]), ...noted] };
};
