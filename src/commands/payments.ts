import { v5 as uuidv5, v7 as uuidv7 } from 'uuid';
import {
  isPlaced,
  orderTotals,
  type AddNote,
  type MetaData,
  type Order,
  type OrderDecider,
  type OrderRejection,
  type PaymentStarted,
  type ReasonCategory,
  type RefundMethod,
} from '../domain/order/index.ts';
import {
  isPayment,
  isReceipt,
  NO_PAYMENT,
  paymentDecider,
  type ChangePaymentDetails,
  type Payment,
  type PaymentCommand,
  type PaymentMethod,
  type PaymentPersonal,
  type PaymentRejection,
  type PaymentState,
} from '../domain/payment/index.ts';
import { canAccess } from '../domain/shared/access.ts';
import type { Actor } from '../domain/shared/decider.ts';
import type { Currency, Minor } from '../domain/shared/money.ts';
import { eventId, type EventContext } from '../event-store/codec.ts';
import { WrongExpectedRevision, type Revision } from '../event-store/port.ts';
import type { Recorded } from '../event-store/recorded.ts';
import { orderStream, paymentStream } from '../event-store/stream-names.ts';
import { findEvent, isOf } from './find-event.ts';
import type { HandleOrder } from './handle-order.ts';
import { demandSameRequest, wasRejected, type Handle, type Outcome } from './handle.ts';
import type { PaymentProcess } from './payment-process.ts';
import type { Caller, DrawNumber } from './orders.ts';
import type { PaymentTokens } from './payment-tokens.ts';
import { NO_PAST } from './past.ts';
import { saidBy } from './process-context.ts';
import { tryEagerly } from './try-eagerly.ts';
import { findById, type Folded, type ReadStream } from './read.ts';

export type PaymentRejected = PaymentRejection | OrderRejection;
export type PaymentCommandOutcome = Outcome<PaymentState, PaymentRejected> & { readonly id: string };

/** `credited`: the amount that the merchant gave up with it. */
export type RefundOutcome = PaymentCommandOutcome & { readonly credited?: Minor };

export type CreatePaymentInput = {
  readonly order_id: string;
  readonly method: PaymentMethod;
  readonly amount: Minor;
  /** Default: the order's. */
  readonly currency?: Currency | undefined;
  readonly transaction_id: string | null;
  readonly payment_token: string | null;
  readonly personal: Pick<PaymentPersonal, 'notes' | 'meta_data'>;
};

export type RefundInput = {
  /** Null: all that this payment has left. */
  readonly amount: Minor | null;
  /** Whether the shop gives the money up. Default: once the order is invoiced. */
  readonly credit?: boolean | undefined;
  readonly method?: RefundMethod | undefined;
  readonly reason_category?: ReasonCategory | undefined;
  readonly reason?: string | undefined;
  readonly meta_data?: MetaData | undefined;
};

/** The outcome that an admin found for money whose movement was unknown. */
export type Finding =
  | { readonly outcome: 'succeeded'; readonly transaction_id: string | null }
  | { readonly outcome: 'failed'; readonly failure_reason: string };

export type OnPayment = Caller & {
  readonly id: string;
  /** The caller's If-Match. */
  readonly expected?: Revision | undefined;
};

/** No gateway is asked here: jobs do that, from the events these append. */
export type PaymentCommands = {
  readonly create: (input: CreatePaymentInput, caller: Caller) => Promise<PaymentCommandOutcome>;
  readonly changeDetails: (target: OnPayment, data: ChangePaymentDetails['data']) => Promise<PaymentCommandOutcome>;
  readonly addNote: (target: OnPayment, data: AddNote['data']) => Promise<PaymentCommandOutcome>;
  readonly cancel: (target: OnPayment) => Promise<PaymentCommandOutcome>;
  /** The order makes room, then the payment is in progress. Its outcome comes later. */
  readonly process: (target: OnPayment) => Promise<PaymentCommandOutcome>;
  /** The order allocates, then the payment reserves. The outcome of the refund comes later. */
  readonly refund: (target: OnPayment, input: RefundInput) => Promise<RefundOutcome>;
  /** An admin settles a payment that stays `processing` because its outcome is unknown. */
  readonly settle: (target: OnPayment, finding: Finding) => Promise<PaymentCommandOutcome>;
  /** The same for one of its refunds. */
  readonly settleRefund: (target: OnPayment, refund_id: string, finding: Finding) => Promise<PaymentCommandOutcome>;
};

const PAYMENT_IDS = '8e1b5a0c-7c55-5d0b-a9a5-0f0a6c1d9a33';

export const createPaymentCommands = ({
  handle,
  handleOrder,
  readStream,
  decider,
  paymentProcess,
  tokens,
  drawNumber,
}: {
  readonly handle: Handle;
  readonly handleOrder: HandleOrder;
  readonly readStream: ReadStream;
  /** Of orders. */
  readonly decider: OrderDecider;
  readonly paymentProcess: PaymentProcess;
  readonly tokens: PaymentTokens;
  readonly drawNumber: DrawNumber;
}): PaymentCommands => {
  const readPayment = (id: string): Promise<Folded<PaymentState> | undefined> =>
    readStream(paymentDecider, paymentStream(id));

  const onPayment = async (
    { id, context, expected }: OnPayment,
    command: PaymentCommand,
  ): Promise<PaymentCommandOutcome> => ({
    ...(await handle(paymentDecider, { stream: paymentStream(id), command, context, expected })),
    id,
  });

  /** The payment after steps in other streams. */
  const asItStands = async (id: string): Promise<PaymentCommandOutcome> => {
    const found = await readPayment(id);
    if (found === undefined) throw new Error(`payment ${id} vanished`);
    const { state, revision, position } = found;
    return { id, state, revision, position, events: [], repeated: false };
  };

  const orderOf = async (order_id: string, { context: { actor } }: Caller): Promise<Order | undefined> => {
    const found = await readStream(decider, orderStream(order_id));
    const order = found?.state;
    return order !== undefined && isPlaced(order) && canAccess(actor, order) ? order : undefined;
  };

  const whyNotOn = (
    order: Order | undefined,
    { currency, amount, method }: CreatePaymentInput,
    { role }: Actor,
  ): PaymentRejected | undefined => {
    if (order === undefined) return { rejected: 'order.not_found' };
    if (currency !== undefined && currency !== order.currency)
      return { rejected: 'payment.wrong_currency', currency: order.currency };
    const { total } = orderTotals(order);
    // Money that came outside any gateway is a fact, however much it is.
    const isReceived = role === 'admin' && isReceipt(method);
    return amount > total && !isReceived ? { rejected: 'payment.exceeds_total', total } : undefined;
  };

  const create = async (input: CreatePaymentInput, caller: Caller): Promise<PaymentCommandOutcome> => {
    const { context, repeatable } = caller;
    const { order_id, method, amount, transaction_id, payment_token: token, personal } = input;
    const id = repeatable ? uuidv5(context.command_id, PAYMENT_IDS) : uuidv7();
    const order = await orderOf(order_id, caller);
    const rejection = whyNotOn(order, input, context.actor);
    if (order === undefined || rejection !== undefined)
      return { id, rejection: rejection ?? { rejected: 'order.not_found' }, state: NO_PAYMENT };

    const { customer_id, currency } = order;
    const isNew = !repeatable || (await readPayment(id)) === undefined;
    // Before the payment: one without its token could be declined. After its outcome it must not be kept again.
    if (token !== null && isNew) await tokens.keep({ payment_id: id, customer_id, token });
    const payment_number = await drawNumber('payment', context.at, id);
    const data = { payment_number, order_id, customer_id, method, amount, currency, transaction_id, personal };
    const command = { type: 'InitiatePayment', data, ...saidBy(context) } as const;
    const stream = paymentStream(id);
    return {
      ...(await handle(paymentDecider, { stream, command, context, known: repeatable ? undefined : NO_PAST })),
      id,
    };
  };

  type Started = Recorded<PaymentStarted> | undefined;

  /** The payment that this same command started before, if its answer was lost. */
  const findOwnStart = async (order_id: string, { command_id }: EventContext): Promise<Started> => {
    const stream = orderStream(order_id);
    const order = await readStream(decider, stream);
    const own = order && (await findById(order, eventId(command_id, stream, 0)));
    return own !== undefined && isOf('PaymentStarted')(own) ? own : undefined;
  };

  const findStart = async (order_id: string, payment_id: string): Promise<Started> => {
    const order = await readStream(decider, orderStream(order_id));
    const events = order === undefined ? [] : await order.events();
    return findEvent(events, 'PaymentStarted', ({ fact }) => fact.data.payment_id === payment_id);
  };

  /** The order's word that there is room: given now, or before, by a request that died before it could go on. */
  const startOnOrder = async ({ id, context }: OnPayment, { order_id, amount, method }: Payment) => {
    const command = { type: 'StartPayment', data: { payment_id: id, amount, method }, ...saidBy(context) } as const;
    const outcome = await handleOrder({ stream: orderStream(order_id), command, context });
    if (wasRejected(outcome)) return outcome.rejection;
    const started = findEvent(outcome.events, 'PaymentStarted') ?? (await findStart(order_id, id));
    if (started === undefined) throw new Error(`order ${order_id} accepted payment ${id} without a word`);
    return started;
  };

  const processPayment = async (target: OnPayment): Promise<PaymentCommandOutcome> => {
    const { id, context, expected } = target;
    const command = { type: 'StartProcessing', data: {}, ...saidBy(context) } as const;
    const found = await readPayment(id);
    if (found === undefined || !isPayment(found.state)) return onPayment(target, command);
    const { state, revision } = found;

    const begun = await findOwnStart(state.order_id, context);
    if (begun !== undefined) demandSameRequest(context, begun);
    const isRejected = 'rejected' in paymentDecider.decide(command, state);
    const isOutdated = expected !== undefined && expected !== revision;
    if (begun === undefined && (isRejected || isOutdated)) return onPayment(target, command);

    const started = begun ?? (await startOnOrder(target, state));
    return 'rejected' in started
      ? { id, rejection: started, state }
      : { ...(await paymentProcess.startProcessing(started)), id, repeated: begun !== undefined };
  };

  const refund = async (target: OnPayment, input: RefundInput): Promise<RefundOutcome> => {
    const { id, context, expected } = target;
    const found = await readPayment(id);
    if (found === undefined || !isPayment(found.state))
      return { id, rejection: { rejected: 'payment.not_found' }, state: NO_PAYMENT };
    const { state, revision } = found;
    if (expected !== undefined && expected !== revision)
      throw new WrongExpectedRevision(paymentStream(id), expected, revision);
    if (findEvent(await found.events(), 'PaymentCompleted') === undefined)
      return { id, rejection: { rejected: 'payment.not_refundable', current_status: state.status }, state };

    const outcome = await handleOrder({
      stream: orderStream(state.order_id),
      command: { type: 'RefundByHand', data: { payment_id: id, ...input }, ...saidBy(context) },
      context,
    });
    if (wasRejected(outcome)) return { id, rejection: outcome.rejection, state };
    const { repeated } = outcome;
    await tryEagerly(outcome.events.filter(isOf('RefundAllocated')).map(paymentProcess.requestRefunds));
    const credited = findEvent(outcome.events, 'OrderCredited')?.fact.data.amount ?? 0;
    return { ...(await asItStands(id)), repeated, credited };
  };

  /** An admin records an unknown outcome; a known outcome cannot be changed. */
  const settled = (outcome: PaymentCommandOutcome): PaymentCommandOutcome => {
    if (wasRejected(outcome) || outcome.repeated || outcome.events.length > 0) return outcome;
    const { id, state } = outcome;
    const current_status = isPayment(state) ? state.status : 'failed';
    return { id, state, rejection: { rejected: 'payment.outcome_known', current_status } };
  };

  const recordingOutcome = async (target: OnPayment, command: PaymentCommand): Promise<PaymentCommandOutcome> => {
    const outcome = await onPayment(target, command);
    if (wasRejected(outcome)) return outcome;
    const outcomes = outcome.events.filter(isOf('PaymentCompleted', 'PaymentDeclined', 'PaymentCancelled'));
    await tryEagerly(outcomes.map((event) => paymentProcess.recordOutcome(event, target.context.at)));
    return outcome;
  };

  return {
    create,
    process: processPayment,
    refund,
    changeDetails: (target, data) =>
      onPayment(target, { type: 'ChangePaymentDetails', data, ...saidBy(target.context) }),
    addNote: (target, data) => onPayment(target, { type: 'AddNote', data, ...saidBy(target.context) }),
    cancel: (target) => recordingOutcome(target, { type: 'CancelPayment', data: {}, ...saidBy(target.context) }),
    settle: async (target, finding) =>
      settled(
        await recordingOutcome(
          target,
          finding.outcome === 'succeeded'
            ? {
                type: 'CompletePayment',
                data: { transaction_id: finding.transaction_id },
                ...saidBy(target.context),
              }
            : { type: 'DeclinePayment', data: { failure_reason: finding.failure_reason }, ...saidBy(target.context) },
        ),
      ),
    settleRefund: async (target, refund_id, finding) =>
      settled(
        await onPayment(
          target,
          finding.outcome === 'succeeded'
            ? { type: 'CompleteRefund', data: { refund_id }, ...saidBy(target.context) }
            : {
                type: 'DeclineRefund',
                data: { refund_id, failure_reason: finding.failure_reason },
                ...saidBy(target.context),
              },
        ),
      ),
  };
};
