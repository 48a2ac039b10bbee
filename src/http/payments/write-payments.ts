import type { Finding } from '../../commands/payments.ts';
import { findNamedOrder, requireNamedOrder } from '../orders/named-order.ts';
import { answerWhenDone, hasOutcome, refundsDone } from './await-outcome.ts';
import type { PaymentDeps } from './payment-deps.ts';
import { paymentOutcomeReply, replayPayment } from './payment-replies.ts';
import { route, type Route, type Sent } from '../server/route.ts';
import {
  changePaymentBody,
  createPaymentBody,
  refundPaymentBody,
  settlePaymentBody,
  type SettlePaymentBody,
} from './request-schema.ts';
import { paymentResponse } from './response-schema.ts';
import { withoutNull } from '../orders/order-shared.ts';
import {
  cancelledPaymentExample,
  completedPaymentExample,
  createPaymentExample,
  paymentExample,
  processingPaymentExample,
  refundedPaymentExample,
  refundingPaymentExample,
} from './examples.ts';
import { currencyOfPayment, loadPayment, paymentParams, paymentTarget, TAG } from './payment-shared.ts';

const answered = (example: unknown, description = 'The payment as it now is.') => ({
  200: { description, body: paymentResponse, example },
});

const waited = (done: unknown, waiting: unknown) => ({
  ...answered(done, 'The payment with its outcome; a decline is one, too.'),
  202: { description: 'It takes longer: read the payment again.', body: paymentResponse, example: waiting },
});

/** Amounts are read in the currency of the order that the body names. */
const currencyOfNamedOrder =
  (deps: PaymentDeps, defaultCurrency: string) =>
  async (_subject: undefined, { caller, body }: Sent): Promise<string> => {
    const name = typeof body === 'object' && body !== null && 'order_id' in body ? body.order_id : undefined;
    const isName = typeof name === 'string' && name.length <= 255 && !name.includes('\0') && name.isWellFormed();
    const found = isName ? await findNamedOrder(deps, caller, name) : undefined;
    return found?.order.currency ?? defaultCurrency;
  };

const findingOf = ({ outcome, transaction_id = null, failure_reason }: SettlePaymentBody): Finding =>
  outcome === 'succeeded' ? { outcome, transaction_id } : { outcome, failure_reason: failure_reason ?? '' };

const createRoute = (deps: PaymentDeps, defaultCurrency: string): Route =>
  route(
    {
      methods: ['POST'],
      path: '/payments',
      operationId: 'createPayment',
      tag: TAG,
      summary: 'Begin a payment',
      description: 'No money moves before it is processed: what is due decides then.',
      permission: { customer: 'own', admin: 'any' },
      refuses: [404],
      body: createPaymentBody,
      currencyOf: currencyOfNamedOrder(deps, defaultCurrency),
      example: createPaymentExample,
      answers: { 201: { description: 'The payment.', body: paymentResponse, example: paymentExample } },
    },
    async ({ body, caller, context, repeatable }) => {
      const { order_id, method, amount, currency, transaction_id, payment_token, notes, meta_data } = body;
      const { id } = await requireNamedOrder(deps, caller, order_id);
      const outcome = await deps.commands.create(
        {
          order_id: id,
          method,
          amount,
          currency,
          transaction_id: transaction_id ?? null,
          payment_token: payment_token ?? null,
          personal: { notes: notes ?? null, meta_data: meta_data ?? null },
        },
        { context, repeatable },
      );
      return paymentOutcomeReply(outcome, { caller, status: 201 });
    },
    replayPayment(deps),
  );

export const writePaymentRoutes = (deps: PaymentDeps, defaultCurrency: string): readonly Route[] => {
  const { commands } = deps;
  const replay = replayPayment(deps);
  const onPayment = { tag: TAG, params: paymentParams, load: loadPayment(deps), conditional: true } as const;
  return [
    createRoute(deps, defaultCurrency),
    route(
      {
        ...onPayment,
        methods: ['PATCH'],
        path: '/payments/:id',
        operationId: 'changePayment',
        summary: 'Change what is noted about a payment',
        description: 'What is left out stays as it is.',
        permission: { admin: 'any' },
        body: changePaymentBody,
        example: { notes: 'Paid at the counter' },
        answers: answered({ ...paymentExample, notes: 'Paid at the counter' }),
      },
      async (input) => paymentOutcomeReply(await commands.changeDetails(paymentTarget(input), input.body), input),
      replay,
    ),
    route(
      {
        ...onPayment,
        methods: ['POST'],
        path: '/payments/:id/process',
        operationId: 'processPayment',
        summary: 'Move the money',
        description:
          'Waits up to 5 s for the outcome. A declined charge is 200 with status failed. For money that no gateway ' +
          'moves an admin says with this that it came.',
        permission: { customer: 'own', admin: 'any' },
        answers: waited(completedPaymentExample, processingPaymentExample),
      },
      async (input) => {
        const outcome = await commands.process(paymentTarget(input));
        return answerWhenDone(deps, outcome, { caller: input.caller, isDone: hasOutcome });
      },
      replay,
    ),
    route(
      {
        ...onPayment,
        methods: ['POST'],
        path: '/payments/:id/cancel',
        operationId: 'cancelPayment',
        summary: 'Cancel before it is processed',
        permission: { customer: 'own', admin: 'any' },
        answers: answered(cancelledPaymentExample),
      },
      async (input) => paymentOutcomeReply(await commands.cancel(paymentTarget(input)), input),
      replay,
    ),
    route(
      {
        ...onPayment,
        methods: ['POST'],
        path: '/payments/:id/refund',
        operationId: 'refundPayment',
        summary: 'Give money back',
        description: 'Waits up to 5 s for the outcome. Without amount: all that is left of this payment.',
        permission: { admin: 'any' },
        body: refundPaymentBody,
        bodyOptional: true,
        currencyOf: currencyOfPayment,
        example: { amount: 5, reason: 'Arrived late' },
        answers: waited(refundedPaymentExample, refundingPaymentExample),
      },
      async (input) => {
        const { subject, context, caller, body } = input;
        const { amount = null, reason, meta_data } = withoutNull(body);
        const outcome = await commands.refund(paymentTarget(input), { amount, reason, meta_data });
        const isDone = await refundsDone(deps, subject.payment.order_id, context.command_id);
        return answerWhenDone(deps, outcome, { caller, isDone });
      },
      replay,
    ),
    route(
      {
        ...onPayment,
        methods: ['POST'],
        path: '/payments/:id/settle',
        operationId: 'settlePayment',
        summary: 'Say what became of money whose outcome is unknown',
        description:
          'Where nobody can say whether the gateway moved the money, the job is parked and the payment stays ' +
          'processing. Find out at the payment service, then say so here: the audit trail shows by whom.',
        permission: { admin: 'any' },
        body: settlePaymentBody,
        example: { outcome: 'succeeded', transaction_id: 'ch_3NXQ2K' },
        answers: answered(completedPaymentExample),
      },
      async (input) => {
        const { refund_id } = input.body;
        const finding = findingOf(input.body);
        const settled =
          refund_id === undefined || refund_id === null
            ? await commands.settle(paymentTarget(input), finding)
            : await commands.settleRefund(paymentTarget(input), refund_id.toLowerCase(), finding);
        return paymentOutcomeReply(settled, input);
      },
      replay,
    ),
  ];
};
