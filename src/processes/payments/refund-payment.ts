import { handleOrThrow } from '../../commands/handle-or-throw.ts';
import { processContext, saidBy } from '../../commands/process-context.ts';
import { readPaymentOf } from '../../commands/read-payment.ts';
import {
  isPayment,
  paymentDecider,
  reachesGateway,
  type Payment,
  type PaymentCommand,
  type Refund,
} from '../../domain/payment/index.ts';
import { streamId } from '../../event-store/stream-names.ts';
import type { KnownOutcome } from '../../gateways/payment/call-gateway-once.ts';
import { ManualInterventionRequired } from '../../jobs/manual-intervention-required.ts';
import { processTask } from '../engine/policy-task.ts';
import type { Task } from '../../jobs/task.ts';
import type { GatewayTaskDeps } from './charge-payment.ts';

const requestOf = (payment: Payment, refund: Refund) => {
  const { order_id, customer_id, currency, transaction_id } = payment;
  const { refund_id, amount, reason } = refund;
  return {
    refund_id,
    order_id,
    customer_id,
    transaction_id,
    amount,
    currency,
    reason: typeof reason === 'string' ? reason : null,
  };
};

/**
 * Gives back what was reserved, under the key of the event that reserved it, and records what the gateway says. A refund
 * that has its outcome is left alone.
 */
export const refundPayment = ({ handle, readStream, askGateway, ...deps }: GatewayTaskDeps): Task =>
  processTask(deps, { name: 'refund-payment', of: ['RefundRequested'] }, async (cause, at) => {
    const { stream, id: idempotency_key, fact } = cause;
    const { refund_id } = fact.data;
    const payment = await readPaymentOf(readStream, stream);
    const refund = payment.refunds.find((one) => one.refund_id === refund_id);
    if (refund?.status !== 'pending') return;
    const context = processContext('refund-payment', cause, at);

    const request = { ...requestOf(payment, refund), idempotency_key, payment_id: streamId(stream) };
    const giveBack = (): Promise<KnownOutcome> =>
      askGateway.call(idempotency_key, (gateway) => gateway.refund(request));
    const failure = reachesGateway(payment.method) ? await giveBack().then(failureOf) : null;
    const command: PaymentCommand =
      failure === null
        ? { type: 'CompleteRefund', data: { refund_id }, ...saidBy(context) }
        : { type: 'DeclineRefund', data: { refund_id, failure_reason: failure }, ...saidBy(context) };
    const { state } = await handleOrThrow(handle, paymentDecider, { stream, command, context });
    const settled = isPayment(state) ? state.refunds.find((one) => one.refund_id === refund_id)?.status : undefined;
    if (settled !== (failure === null ? 'completed' : 'failed'))
      throw new ManualInterventionRequired(
        `the gateway says ${command.type}, but the refund was settled by hand otherwise`,
      );
    await askGateway.settled(idempotency_key);
  });

const failureOf = (outcome: KnownOutcome): string | null => (outcome.outcome === 'declined' ? outcome.reason : null);
