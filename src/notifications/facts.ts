import { documentIdOf, findEvent } from '../commands/index.ts';
import { needsCreditMemo, type DocumentRequested } from '../domain/document/index.ts';
import { ledgerOf, type Order, type OrderPlaced, type ReturnSettled } from '../domain/order/index.ts';
import { expectedRefund, type Return } from '../domain/return/index.ts';
import { isErased, type Personal } from '../domain/shared/decider.ts';
import type { Minor } from '../domain/shared/money.ts';
import type { Recorded } from '../event-store/recorded.ts';
import { orderStream, streamId } from '../event-store/stream-names.ts';
import type { MailKind } from './kinds.ts';
import type { History } from './stream-cache.ts';

export type Customer = {
  readonly id: string;
  readonly email: string;
  readonly name: string | null;
  /** BCP 47, as the order was placed. */
  readonly locale: string | null;
};

/** What a mail tells, as it stood when its event was recorded. */
export type MailFacts = {
  readonly kind: MailKind;
  readonly order_id: string;
  readonly customer: Customer;
  /** Of a mail about a return: the order as it was placed. */
  readonly order: Order;
  readonly back: Return | null;
  readonly reason: string | null;
  /** What goes back, or is to. */
  readonly refund: Minor | null;
  /** The document that goes with it. */
  readonly document_id: string | null;
};

const known = (text: Personal<string> | null | undefined): string | null =>
  text === null || text === undefined || typeof text !== 'string' ? null : text;

/** Who ordered; undefined where they left no address, or were erased. */
const customerOf = ({ customer_id, locale, personal }: OrderPlaced['data']): Customer | undefined => {
  if (isErased(personal) || personal.customer_email === null) return undefined;
  return {
    id: customer_id,
    email: personal.customer_email,
    name: personal.customer_name,
    locale: locale ?? null,
  };
};

type Telling = Omit<MailFacts, 'kind' | 'order_id' | 'customer'>;
const nothingMore = { back: null, reason: null, refund: null, document_id: null };

/** What happened to an order; undefined: there is nothing to say about it. */
const aboutOrder = (order: Order, { fact }: Recorded): Telling | undefined => {
  // The first leg has a mail of its own, with the invoice.
  if (fact.type === 'OrderOutForDelivery' && order.previous_status !== 'shipped') return undefined;
  if (fact.type === 'OrderCancelled') {
    const { cancellation } = order;
    const { captured, refunded } = ledgerOf(order);
    const money = captured - refunded;
    return { ...nothingMore, order, reason: known(cancellation?.reason), refund: money > 0 ? money : null };
  }
  if (fact.type === 'PaymentRefunded') {
    const { kind, amount } = fact.data;
    return kind === 'return' ? undefined : { ...nothingMore, order, refund: amount };
  }
  return { ...nothingMore, order };
};

const aboutReturn = (
  order: Order,
  { back, settled }: { readonly back: Return; readonly settled: ReturnSettled['data'] | undefined },
  { stream, fact }: Recorded,
): Telling => {
  const isDone = fact.type === 'ReturnRefunded';
  const hasMemo = isDone && settled !== undefined && needsCreditMemo(settled);
  return {
    order,
    back,
    reason: known(back.rejection_reason),
    refund: isDone ? fact.data.refunded_amount : (settled?.amount ?? expectedRefund(back)),
    document_id: hasMemo ? documentIdOf('credit_memo', streamId(stream)) : null,
  };
};

/** What a mail of this kind tells about an event; undefined: there is nobody or nothing to tell. */
export const mailFacts = async (
  history: History,
  recorded: Recorded,
  kind: MailKind,
): Promise<MailFacts | undefined> => {
  const { stream, revision } = recorded;
  const tell = (placed: OrderPlaced['data'], order_id: string, telling: Telling | undefined): MailFacts | undefined => {
    const customer = customerOf(placed);
    return customer === undefined || telling === undefined ? undefined : { kind, order_id, customer, ...telling };
  };

  if (stream.startsWith('order-')) {
    const { placed, order } = await history.orderAt(stream, revision, recorded);
    return tell(placed, streamId(stream), aboutOrder(order, recorded));
  }
  if (stream.startsWith('return-')) {
    const back = await history.returnAt(stream, revision);
    const { placed, order } = await history.orderAt(orderStream(back.order_id), 0n);
    const settled = findEvent(
      await history.events(orderStream(back.order_id)),
      'ReturnSettled',
      (event) => event.fact.data.return_id === streamId(stream),
    )?.fact.data;
    return tell(placed, back.order_id, aboutReturn(order, { back, settled }, recorded));
  }
  const requested = findEvent(await history.events(stream), 'DocumentRequested')?.fact.data;
  return requested?.document_type === 'invoice' ? shipped(history, requested, streamId(stream), tell) : undefined;
};

const shipped = async (
  history: History,
  { order_id, as_of }: DocumentRequested['data'],
  document_id: string,
  tell: (placed: OrderPlaced['data'], order_id: string, telling: Telling) => MailFacts | undefined,
): Promise<MailFacts | undefined> => {
  const { placed, order } = await history.orderAt(orderStream(order_id), BigInt(as_of));
  return tell(placed, order_id, { ...nothingMore, order, document_id });
};
