import { explainDocument } from '../../domain/document/index.ts';
import {
  explainOrder,
  isMoneyAlike,
  isPlaced,
  NO_ORDER,
  orderFold,
  type OrderEvent,
  type OrderState,
} from '../../domain/order/index.ts';
import { explainPayment, isPayment, paymentFold, type PaymentEvent } from '../../domain/payment/index.ts';
import {
  explainReturn,
  isInitiated,
  NO_RETURN,
  returnFold,
  type ReturnEvent,
  type ReturnState,
} from '../../domain/return/index.ts';
import { toMajor } from '../../domain/shared/amount-notation.ts';
import type { Fact, Fold } from '../../domain/shared/decider.ts';
import { explain, type Explained } from '../../domain/shared/explanation.ts';
import type { DomainEvent } from '../../domain/events.ts';
import type { Recorded } from '../../event-store/recorded.ts';
import { returnStream } from '../../event-store/stream-names.ts';
import type { InvoiceDeps } from '../invoices/deps.ts';
import { causeOf, loadDocument } from '../invoices/find-document.ts';
import { loadOrder, readOrder } from '../orders/find-order.ts';
import type { PaymentDeps } from '../payments/deps.ts';
import { loadPayment } from '../payments/find-payment.ts';
import { loadReturn } from '../returns/find-return.ts';
import { problem } from '../server/problem.ts';
import { bind, type Bound, type Reply } from '../server/route.ts';
import { explainSpecs } from './routes.ts';
import { EXPLAINED } from './schemas.ts';

export type ExplainDeps = Pick<InvoiceDeps, 'readStream' | 'findDocumentIdByNumber'> &
  Pick<InvoiceDeps, 'findOrderIdByNumber' | 'findReturnIdByNumber'> &
  Pick<PaymentDeps, 'findPaymentIdByNumber'>;

/** A fold over recorded events of one stream; which aggregate's they are is decided by the stream's name alone. */
const over = <E extends DomainEvent, S>({ initialState, evolve }: Fold<E, S>) => ({
  initialState,
  evolve: (state: S, { fact }: Recorded): S => evolve(state, fact as Fact<E>),
});

const ORDER = over<OrderEvent, OrderState>(orderFold);
const RETURN = over<ReturnEvent, ReturnState>(returnFold);
const PAYMENT = over<PaymentEvent, Parameters<typeof paymentFold.evolve>[0]>(paymentFold);

/** A return and its order, folded side by side. */
const returnWithOrder = (stream: string) => ({
  initialState: { order: NO_ORDER, one: NO_RETURN },
  evolve: ({ order, one }: { readonly order: OrderState; readonly one: ReturnState }, recorded: Recorded) =>
    recorded.stream === stream
      ? { order, one: RETURN.evolve(one, recorded) }
      : { order: ORDER.evolve(order, recorded), one },
});

/** The order opens a return; the return's own stream follows. */
const JUST_OPENED = { review: null, restocking_fee: 0 };

const inLogOrder = (events: readonly Recorded[]): readonly Recorded[] =>
  events.toSorted((a, b) => (a.position < b.position ? -1 : 1));

const eventOf = ({ id, stream, revision, position, fact, metadata }: Recorded) => ({
  id,
  type: fact.type,
  stream,
  revision: String(revision),
  position: String(position),
  at: fact.at,
  actor: metadata.actor,
});

type Asked = { readonly of: keyof typeof EXPLAINED; readonly field: string; readonly currency: string };

const reply = ({ of, field, currency }: Asked, explained: Explained<Recorded> | undefined): Reply => {
  if (explained === undefined) {
    const detail = `${field} cannot be explained. Send one of ${EXPLAINED[of].join(', ')}.`;
    throw problem('explain.unknown_field', detail);
  }
  const { amount, rule, terms, rounding } = explained;
  const major = (minor: number): number => toMajor(minor, currency);
  return {
    status: 200,
    body: {
      field,
      amount: major(amount),
      currency,
      rule,
      terms: terms.map((term) => ({
        label: term.label,
        amount: major(term.amount),
        ...(term.rule !== undefined && term.rule !== rule && { rule: term.rule }),
        event: eventOf(term.event),
      })),
      ...(rounding !== undefined && {
        rounding: { ...rounding, share: major(rounding.share), remainder: major(rounding.remainder) },
      }),
    },
  };
};

export const bindExplain = (deps: ExplainDeps): Bound<typeof explainSpecs> =>
  bind(explainSpecs, {
    explainOrder: {
      load: loadOrder(deps),
      handle: async ({ subject: { order, events }, params: { field } }) => {
        const asked = { of: 'order', field, currency: order.currency } as const;
        return reply(
          asked,
          explain(
            ORDER,
            await events(),
            (state) => (isPlaced(state) ? explainOrder(state, field) : undefined),
            isMoneyAlike,
          ),
        );
      },
    },
    explainReturn: {
      load: loadReturn(deps),
      handle: async ({ subject: { id, one, events }, params: { field } }) => {
        const order = await readOrder(deps.readStream, one.order_id);
        const all = inLogOrder([...((await order?.events()) ?? []), ...(await events())]);
        const explained = explain(
          returnWithOrder(returnStream(id)),
          all,
          (state) =>
            isPlaced(state.order)
              ? explainReturn({ id, one: isInitiated(state.one) ? state.one : JUST_OPENED, order: state.order }, field)
              : undefined,
          (before, after) => before.one === after.one && isMoneyAlike(before.order, after.order),
        );
        return reply({ of: 'return', field, currency: one.currency }, explained);
      },
    },
    explainPayment: {
      load: loadPayment(deps),
      handle: async ({ subject: { payment, events }, params: { field } }) => {
        const explained = explain(PAYMENT, await events(), (state) =>
          isPayment(state) ? explainPayment(state, field) : undefined,
        );
        return reply({ of: 'payment', field, currency: payment.currency }, explained);
      },
    },
    explainInvoice: {
      load: loadDocument(deps),
      handle: async ({ subject: document, params: { field } }) => {
        const revision = await causeOf(deps.readStream, document.id);
        const order = await readOrder(deps.readStream, document.order_id, { revision });
        const explained = explain(
          ORDER,
          (await order?.events()) ?? [],
          (state) => (isPlaced(state) ? explainDocument(state, document, field) : undefined),
          isMoneyAlike,
        );
        return reply({ of: 'document', field, currency: document.currency }, explained);
      },
    },
  });
