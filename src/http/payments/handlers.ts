import type { Static } from '@sinclair/typebox';
import type { Finding } from '../../commands/index.ts';
import { refundMethodOf } from '../../domain/order/index.ts';
import { PAYMENT_METHODS, paymentMethodOf, type PaymentMethod } from '../../domain/payment/index.ts';
import type { PaymentFilters } from '../../projections/payments/index.ts';
import { writtenNotes } from '../trail/note-body.ts';
import { findOrder, requireNamedOrder } from '../orders/find-order.ts';
import { findAsOf } from '../trail/as-of.ts';
import type { Caller } from '../server/caller.ts';
import { eventBody } from '../trail/event-body.ts';
import { cursorsOf, pageHeaders, readPaging } from '../server/paging.ts';
import { invalid } from '../server/problem.ts';
import { resolveId } from '../server/resolve-id.ts';
import { bind, type Bound, type Sent } from '../server/route.ts';
import { withoutNull } from '../server/without-null.ts';
import { paymentBody } from './body.ts';
import type { PaymentDeps } from './deps.ts';
import { currencyOfPayment, loadPayment, paymentTarget, readPayment } from './find-payment.ts';
import {
  answerWhenDone,
  hasOutcome,
  paymentOutcomeReply,
  paymentReply,
  refundOfCommand,
  replayPayment,
  replayRefund,
  withCredited,
} from './replies.ts';
import { paymentSpecs } from './routes.ts';
import type { listPaymentsQuery, RefundPaymentBody, SettlePaymentBody } from './schemas.ts';

/** Amounts are read in the currency of the order that the body names. */
const currencyOfNamedOrder =
  (deps: PaymentDeps) =>
  async (_subject: unknown, { caller, body }: Sent): Promise<string> => {
    const name = typeof body === 'object' && body !== null && 'order_id' in body ? body.order_id : undefined;
    const isName = typeof name === 'string' && name.length <= 255 && !name.includes('\0') && name.isWellFormed();
    const found = isName ? await findOrder(deps, caller, name) : undefined;
    return found?.order.currency ?? deps.defaultCurrency;
  };

/** The schema has let known words in only. */
const methodOf = (word: string): PaymentMethod => {
  const method = paymentMethodOf(word);
  if (method === undefined)
    throw invalid([{ field: 'method', message: `must be one of ${PAYMENT_METHODS.join(', ')}` }]);
  return method;
};

const refundOf = (body: RefundPaymentBody) => {
  const { amount = null, credit, reason, reason_category, method, meta_data } = withoutNull(body);
  const way = method === undefined ? undefined : refundMethodOf(method);
  return { amount, credit, reason, reason_category, method: way, meta_data };
};

const findingOf = ({ outcome, transaction_id = null, failure_reason }: SettlePaymentBody): Finding =>
  outcome === 'succeeded' ? { outcome, transaction_id } : { outcome, failure_reason: failure_reason ?? '' };

/** Undefined: what is asked for does not exist, so nothing can match. */
const filtersOf = async (
  { findOrderIdByNumber }: PaymentDeps,
  { order_id, status }: Static<typeof listPaymentsQuery>,
  { id, role }: Caller,
): Promise<PaymentFilters | undefined> => {
  const order = order_id === undefined ? undefined : await resolveId(order_id, findOrderIdByNumber);
  if (order_id !== undefined && order === undefined) return undefined;
  return {
    ...(role === 'customer' && { customer_id: id }),
    ...(order !== undefined && { order_id: order }),
    ...(status !== undefined && { status }),
  };
};

const NONE = { rows: [], total: { count: 0, exact: true }, next: undefined, previous: undefined };

export const bindPayments = (deps: PaymentDeps): Bound<typeof paymentSpecs> => {
  const { commands } = deps;
  const load = loadPayment(deps);
  const replay = replayPayment(deps);
  return bind(paymentSpecs, {
    createPayment: {
      currencyOf: currencyOfNamedOrder(deps),
      handle: async ({ body, caller, context, repeatable }) => {
        const { order_id, amount, currency, transaction_id, payment_token, notes, meta_data } = body;
        const { id } = await requireNamedOrder(deps, caller, order_id);
        const outcome = await commands.create(
          {
            order_id: id,
            method: methodOf(body.method),
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
      replay,
    },
    changePayment: {
      load,
      handle: async (input) =>
        paymentOutcomeReply(await commands.changeDetails(paymentTarget(input), input.body), {
          caller: input.caller,
          more: writtenNotes,
        }),
      replay: replayPayment(deps, writtenNotes),
    },
    processPayment: {
      load,
      handle: async (input) => {
        const outcome = await commands.process(paymentTarget(input));
        return answerWhenDone(deps, outcome, { caller: input.caller, isDone: hasOutcome });
      },
      replay,
    },
    cancelPayment: {
      load,
      handle: async (input) => paymentOutcomeReply(await commands.cancel(paymentTarget(input)), input),
      replay,
    },
    refundPayment: {
      load,
      currencyOf: currencyOfPayment,
      handle: async (input) => {
        const { subject, context, caller, body } = input;
        const outcome = await commands.refund(paymentTarget(input), refundOf(body));
        const { isDone, credited } = await refundOfCommand(deps, subject.payment.order_id, context.command_id);
        return withCredited(await answerWhenDone(deps, outcome, { caller, isDone }), credited, subject.payment);
      },
      replay: replayRefund(deps),
    },
    settlePayment: {
      load,
      handle: async (input) => {
        const { refund_id } = input.body;
        const finding = findingOf(input.body);
        const settled =
          refund_id === undefined || refund_id === null
            ? await commands.settle(paymentTarget(input), finding)
            : await commands.settleRefund(paymentTarget(input), refund_id.toLowerCase(), finding);
        return paymentOutcomeReply(settled, input);
      },
      replay,
    },
    listPayments: {
      handle: async ({ query, caller, path, search }) => {
        const filters = await filtersOf(deps, query, caller);
        const where = readPaging(query, cursorsOf(deps.decodeCursor, 'payment_list'));
        const page = filters === undefined ? NONE : await deps.list({ filters, ...where });
        const body = page.rows.map(({ id, state }) => paymentBody({ id, payment: state }, caller));
        return { status: 200, headers: pageHeaders({ path, search, ...page }), body };
      },
    },
    getPayment: {
      load,
      handle: async ({ subject, caller, at: now, query: { as_of: text } }) => {
        if (text === undefined) return paymentReply(subject, caller);
        const asked = { text, now, timeZone: deps.businessTimeZone };
        const { found, as_of } = await findAsOf(asked, subject, (asOf) => readPayment(deps, subject.id, asOf));
        return paymentReply(found, caller, () => ({ as_of }));
      },
    },
    getPaymentEvents: {
      load,
      handle: async ({ subject }) => ({
        status: 200,
        body: (await subject.events()).map(eventBody),
        at: subject,
      }),
    },
  });
};
