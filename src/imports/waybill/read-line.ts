import { Type, type Static } from '@sinclair/typebox';
import { Ajv } from 'ajv';
import type { DomainEvent } from '../../domain/events.ts';
import { isPlaced, orderFold, withBooksElsewhere, type Order, type OrderEvent } from '../../domain/order/index.ts';
import { isPayment, paymentFold, type Payment, type PaymentEvent } from '../../domain/payment/index.ts';
import { isInitiated, returnFold, type ReturnEvent } from '../../domain/return/index.ts';
import type { Fact, Fold } from '../../domain/shared/decider.ts';
import type { CheckEvent } from '../../event-store/codec.ts';
import { orderStream, paymentStream, returnStream } from '../../event-store/stream-names.ts';
import type { Cell, Findings } from '../findings.ts';
import type { PastOrder, PastStream, Step } from '../past/past-order.ts';

/** A number that an order brings along, which nothing else may have here. */
export type BroughtNumber = {
  readonly kind: 'order' | 'payment' | 'return' | 'document';
  readonly number: string;
  readonly id: string;
};

/** An order of another Waybill, and the numbers that it brings along. */
export type PastHistory = { readonly past: PastOrder; readonly numbers: readonly BroughtNumber[] };

const strict = { additionalProperties: false };
const uuid = Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' });
const instant = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$' });
const ROLES = ['customer', 'delivery_partner', 'admin', 'auditor', 'service', 'system'] as const;
const events = Type.Array(
  Type.Object(
    {
      type: Type.String(),
      at: instant,
      by: Type.Object({ id: Type.String(), role: Type.Union(ROLES.map((role) => Type.Literal(role))) }, strict),
      data: Type.Object({}, { additionalProperties: true }),
    },
    strict,
  ),
  { minItems: 1 },
);
const nullableId = Type.Union([uuid, Type.Null()]);
const line = Type.Object(
  {
    waybill_history: Type.Literal(1),
    order_id: uuid,
    events,
    payments: Type.Array(Type.Object({ payment_id: uuid, events }, strict)),
    returns: Type.Array(Type.Object({ return_id: uuid, events }, strict)),
    documents: Type.Array(
      Type.Object(
        {
          document_type: Type.Union([Type.Literal('invoice'), Type.Literal('credit_memo')]),
          number: Type.String({ minLength: 1, maxLength: 64 }),
          amount: Type.Integer({ minimum: 0 }),
          issued_at: instant,
          return_id: nullableId,
          credit_id: nullableId,
        },
        strict,
      ),
    ),
  },
  strict,
);
type Line = Static<typeof line>;
type LineEvent = Line['events'][number];

const validate = new Ajv({ allowUnionTypes: true }).compile<Line>(line);

/** Where it is in the file, and what is wrong there. */
type LineContext = { readonly cell: Cell; readonly found: Findings };

const parse = (text: string, { cell, found }: LineContext): Line | undefined => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    found.error({ ...cell, text }, 'a line of JSON, as npm run export -- history writes it');
    return undefined;
  }
  if (validate(value)) return value;
  const [error] = validate.errors ?? [];
  found.error({ ...cell, text }, `history of Waybill: ${error?.instancePath ?? ''} ${error?.message ?? 'is invalid'}`);
  return undefined;
};

/** Consecutive events of one moment and one actor were one step. */
const stepsOf = (
  happened: readonly LineEvent[],
  eventOf: (event: LineEvent) => DomainEvent,
): readonly Step<DomainEvent>[] => {
  const steps: { at: string; by: LineEvent['by']; events: DomainEvent[] }[] = [];
  for (const event of happened) {
    const last = steps.at(-1);
    const isSame = last?.at === event.at && last.by.id === event.by.id && last.by.role === event.by.role;
    if (isSame) last.events.push(eventOf(event));
    else steps.push({ at: event.at, by: event.by, events: [eventOf(event)] });
  }
  return steps;
};

const fold = <E, S>({ initialState, evolve }: Fold<E, S>, happened: readonly LineEvent[]): S =>
  // Each has the shape of its stream's events: that was checked before.
  happened.reduce(
    (state, { type, data, at, by }) => evolve(state, { type, data, at, by } as unknown as Fact<E>),
    initialState,
  );

const underWay = (order: Order, payments: readonly Payment[]): readonly string[] => [
  ...payments
    .filter(({ status }) => status === 'pending' || status === 'processing')
    .map(({ payment_number, status }) => `payment ${payment_number} is ${status}`),
  ...order.refunds
    .filter(({ status }) => status === 'pending')
    .map(({ refund_id }) => `refund ${refund_id} is pending`),
];

/**
 * Reads one line of a history. Whatever is wrong is reported; an order with an error must not be imported. `now`: nothing
 * in it may be later.
 */
export const readLine = (
  text: string,
  { cell, found, check, now }: LineContext & { readonly check: CheckEvent; readonly now: string },
): PastHistory | undefined => {
  const read = parse(text, { cell, found });
  if (read === undefined) return undefined;
  const { order_id, payments, returns, documents } = read;
  const at = (column: string): Cell => ({ text: order_id, line: cell.line, column });

  const checkAll = (category: Parameters<CheckEvent>[0], column: string, happened: readonly LineEvent[]): void => {
    for (const [index, event] of happened.entries()) {
      const problem = check(category, event);
      if (problem !== undefined) found.error(at(`${column}[${index}]`), `an event of this release: ${problem}`);
      if (event.at > now) found.error({ ...at(`${column}[${index}].at`), text: event.at }, 'a time that has passed');
    }
  };
  checkAll('order', 'events', read.events);
  for (const [index, one] of payments.entries()) checkAll('payment', `payments[${index}].events`, one.events);
  for (const [index, one] of returns.entries()) checkAll('return', `returns[${index}].events`, one.events);
  if (found.hasErrors()) return undefined;

  const order = fold(orderFold, read.events);
  if (!isPlaced(order)) {
    found.error(at('events'), 'an order that begins with OrderPlaced');
    return undefined;
  }
  const folded = payments.map((one) =>
    fold<PaymentEvent, ReturnType<typeof paymentFold.evolve>>(paymentFold, one.events),
  );
  const taken = folded.filter(isPayment);
  const opened = returns
    .map((one) => fold<ReturnEvent, ReturnType<typeof returnFold.evolve>>(returnFold, one.events))
    .filter(isInitiated);
  if (taken.length < payments.length || taken.some((payment) => payment.order_id !== order_id))
    found.error(at('payments'), 'payments of this order, from PaymentInitiated on');
  if (opened.length < returns.length || opened.some((one) => one.order_id !== order_id))
    found.error(at('returns'), 'returns of this order, from ReturnInitiated on');
  const missing = order.payments.find(({ payment_id }) => !payments.some((one) => one.payment_id === payment_id));
  if (missing !== undefined) found.error(at('payments'), `payment ${missing.payment_id}, which the order names`);
  if (found.hasErrors()) return undefined;
  for (const what of underWay(order, taken))
    found.warning(at('events'), `an order with nothing in progress: ${what}, and nothing continues it here`);

  const numberOf = (kind: BroughtNumber['kind'], number: string, id: string): BroughtNumber => ({ kind, number, id });
  return {
    past: {
      customer_id: order.customer_id,
      order: { stream: orderStream(order_id), steps: stepsOf(read.events, importedEvent(documents)) },
      beside: [
        ...payments.map((one): PastStream => ({
          stream: paymentStream(one.payment_id),
          steps: stepsOf(one.events, asEvent),
        })),
        ...returns.map((one): PastStream => ({
          stream: returnStream(one.return_id),
          steps: stepsOf(one.events, asEvent),
        })),
      ],
    },
    numbers: [
      numberOf('order', order.order_number, order_id),
      ...payments.map(({ payment_id }, index) => numberOf('payment', taken[index]?.payment_number ?? '', payment_id)),
      ...order.returns.map(({ return_number, return_id }) => numberOf('return', return_number, return_id)),
      ...documents.map(({ number }) => numberOf('document', number, order_id)),
    ],
  };
};

/** Its schema was checked. */
const asEvent = ({ type, data }: LineEvent): DomainEvent => ({ type, data }) as unknown as DomainEvent;

/** The documents come along on the order, and its events cause none here. */
const importedEvent =
  (external_documents: Line['documents']) =>
  (given: LineEvent): DomainEvent => {
    const event = withBooksElsewhere(asEvent(given) as OrderEvent); // of the order's stream
    return event.type === 'OrderPlaced' ? { ...event, data: { ...event.data, external_documents } } : event;
  };
