import { wasRejected, type Handle } from '../../commands/handle.ts';
import type { PaymentTokens } from '../../commands/payment-tokens.ts';
import { processContext, saidBy } from '../../commands/process-context.ts';
import { readPaymentOf } from '../../commands/read-payment.ts';
import type { ReadStream } from '../../commands/read.ts';
import { paymentDecider, reachesGateway, type Payment, type PaymentCommand } from '../../domain/payment/index.ts';
import type { EventContext } from '../../event-store/codec.ts';
import { streamId } from '../../event-store/stream-names.ts';
import type { CallGatewayOnce, KnownOutcome } from '../../gateways/payment/call-gateway-once.ts';
import { ManualInterventionRequired } from '../../jobs/manual-intervention-required.ts';
import { processTask, type ProcessDeps } from '../engine/policy-task.ts';
import type { Task } from '../../jobs/task.ts';

export type GatewayTaskDeps = ProcessDeps & {
  readonly handle: Handle;
  readonly readStream: ReadStream;
  readonly askGateway: CallGatewayOnce;
};

/** Money that no gateway moves: that it is here is the word of whoever started it. */
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

/**
 * Charges a payment under the key of the event that asked for it, and records what the gateway says. A payment that has
 * its outcome, from an earlier run or an admin, is left alone.
 */
export const chargePayment = ({
  handle,
  readStream,
  askGateway,
  tokens,
  ...deps
}: GatewayTaskDeps & { readonly tokens: Pick<PaymentTokens, 'open'> }): Task =>
  processTask(deps, { name: 'charge-payment', of: ['PaymentProcessingStarted'] }, async (cause, at) => {
    const { stream, id: idempotency_key } = cause;
    const payment = await readPaymentOf(readStream, stream);
    if (payment.status !== 'processing') return;
    const payment_id = streamId(stream);
    const context = processContext('charge-payment', cause, at);

    const charge = async (): Promise<PaymentCommand> => {
      const { order_id, customer_id, amount, currency, method } = payment;
      const payment_token = await tokens.open(payment_id);
      const request = { idempotency_key, payment_id, order_id, customer_id, amount, currency, method, payment_token };
      return commandOf(await askGateway.call(idempotency_key, (gateway) => gateway.charge(request)), context);
    };
    const command = reachesGateway(payment.method) ? await charge() : receipt(payment, context);
    const outcome = await handle(paymentDecider, { stream, command, context });
    if (wasRejected(outcome))
      throw new ManualInterventionRequired(
        `the gateway says ${command.type}, but the payment was settled by hand: ${outcome.state.status}`,
      );
    await askGateway.settled(idempotency_key);
  });
