import {
  handleOrThrow,
  processContext,
  readPaymentOf,
  saidBy,
  wasRejected,
  type Handle,
  type PaymentProcess,
  type PaymentTokens,
  type ReadStream,
  type StoreCreditCommands,
} from '../commands/index.ts';
import type { OrderDecider } from '../domain/order/index.ts';
import { paymentDecider, reachesGateway, type Payment, type PaymentCommand } from '../domain/payment/index.ts';
import type { EventContext } from '../event-store/codec.ts';
import { streamId } from '../event-store/stream-names.ts';
import type { CallGatewayOnce, KnownOutcome } from '../gateways/payment/index.ts';
import { ManualInterventionRequired } from '../jobs/manual-intervention-required.ts';
import { defineProcess, perEvent, perStream } from './engine/process.ts';

export type GatewayDeps = {
  readonly handle: Handle;
  readonly readStream: ReadStream;
  readonly askGateway: CallGatewayOnce;
  readonly storeCredit: Pick<StoreCreditCommands, 'spend' | 'give'>;
};

/** Takes away the job that was to get an outcome, where an admin has settled it: a parked one would stay for ever. */
export type DropJob = (key: string) => Promise<void>;

/** Money that no gateway moves: the person who started it confirms that it was received. */
const receipt = ({ transaction_id }: Payment, context: EventContext): PaymentCommand => ({
  type: 'CompletePayment',
  data: { transaction_id },
  ...saidBy(context),
});

const commandOf = (outcome: KnownOutcome, context: EventContext): PaymentCommand =>
  outcome.outcome === 'succeeded'
    ? {
        type: 'CompletePayment',
        data: { transaction_id: outcome.transaction_id, gateway_response: outcome.response },
        ...saidBy(context),
      }
    : {
        type: 'DeclinePayment',
        data: { failure_reason: outcome.reason, gateway_response: outcome.response },
        ...saidBy(context),
      };

/** The order made room: the payment is in progress. */
const startPaymentProcessing = defineProcess({
  name: 'start-payment-processing',
  on: { order: ['PaymentStarted'] },
  key: perEvent,
  run: (cause, { paymentProcess }: { readonly paymentProcess: PaymentProcess }) =>
    paymentProcess.startProcessing(cause),
});

/** Spends a balance of the shop's own, once. What it does not cover is declined, as by a bank. */
const spend = async (
  payment_id: string,
  payment: Payment,
  { storeCredit, context }: Pick<GatewayDeps, 'storeCredit'> & { readonly context: EventContext },
): Promise<PaymentCommand> =>
  wasRejected(await storeCredit.spend(payment_id, payment, context))
    ? { type: 'DeclinePayment', data: { failure_reason: 'insufficient_funds' }, ...saidBy(context) }
    : { type: 'CompletePayment', data: { transaction_id: null }, ...saidBy(context) };

/**
 * Charges a payment under the key of the event that asked for it, and records what the gateway says. A payment that has
 * its outcome, from an earlier run or an admin, is left alone.
 */
const chargePayment = defineProcess({
  name: 'charge-payment',
  on: { payment: ['PaymentProcessingStarted'] },
  key: perStream,
  run: async (
    cause,
    {
      handle,
      readStream,
      askGateway,
      storeCredit,
      paymentTokens,
    }: GatewayDeps & { readonly paymentTokens: Pick<PaymentTokens, 'open'> },
    { now },
  ) => {
    const { stream, id: idempotency_key } = cause;
    const payment = await readPaymentOf(readStream, stream);
    if (payment.status !== 'processing') return;
    const payment_id = streamId(stream);
    const charge = async (): Promise<KnownOutcome> => {
      const { order_id, customer_id, amount, currency, method } = payment;
      const payment_token = await paymentTokens.open(payment_id);
      const request = { idempotency_key, payment_id, order_id, customer_id, amount, currency, method, payment_token };
      return askGateway.call(idempotency_key, (gateway) => gateway.charge(request));
    };
    const charged = reachesGateway(payment.method) ? await charge() : undefined;
    const context = processContext('charge-payment', cause, now());
    const received = async (): Promise<PaymentCommand> =>
      payment.method === 'store_credit'
        ? spend(payment_id, payment, { storeCredit, context })
        : receipt(payment, context);
    const command = charged === undefined ? await received() : commandOf(charged, context);
    const outcome = await handle(paymentDecider, { stream, command, context });
    if (wasRejected(outcome))
      throw new ManualInterventionRequired(
        `the gateway says ${command.type}, but the payment was settled by hand: ${outcome.state.status}`,
      );
  },
});

/** The payment has its outcome: the order hears of it. */
const recordPaymentOutcome = defineProcess({
  name: 'record-payment-outcome',
  on: { payment: ['PaymentCompleted', 'PaymentDeclined', 'PaymentCancelled'] },
  key: perEvent,
  run: async (
    cause,
    { paymentProcess, dropJob }: { readonly paymentProcess: PaymentProcess; readonly dropJob: DropJob },
    { at },
  ) => {
    await paymentProcess.recordOutcome(cause, at);
    await dropJob(chargePayment.jobKey(perStream(cause)));
  },
});

/**
 * Captured money that covers the total confirms the order: when it comes in, when the total falls, when the order is
 * due, when its hold is released.
 */
const confirmPaidOrder = defineProcess({
  name: 'confirm-paid-order',
  on: { order: ['PaymentCaptured', 'OrderItemsModified', 'ItemsCancelled', 'OrderReleased', 'HoldReleased'] },
  key: perStream,
  run: (cause, { handle, decider }: { readonly handle: Handle; readonly decider: OrderDecider }, { at }) => {
    const context = processContext('confirm-paid-order', cause, at);
    const command = { type: 'ConfirmPaidOrder', data: {}, ...saidBy(context) } as const;
    return handleOrThrow(handle, decider, { stream: cause.stream, command, context });
  },
});

/**
 * The order makes room, the payment is in progress, the gateway is asked, the order hears of it: each step from the one
 * before.
 */
export const charging = [startPaymentProcessing, chargePayment, recordPaymentOutcome, confirmPaidOrder] as const;
