import { addressLines } from '../../documents/index.ts';
import {
  lastParcel,
  ledgerOf,
  lineTotal,
  orderTotals,
  quantityOf,
  soldQuantity,
  type Credit,
  type Order,
} from '../../domain/order/index.ts';
import type { Return } from '../../domain/return/index.ts';
import { isErased } from '../../domain/shared/decider.ts';
import type { Minor } from '../../domain/shared/money.ts';
import type { MailKind } from '../kinds.ts';
import type { MailFacts, MoneyFacts } from '../facts.ts';
import { dayIn, moneyIn } from './formats.ts';
import type { Phrases } from './phrases.ts';

export type Labelled = { readonly label: string; readonly value: string };
/** `link`: the value is a web address. */
export type Detail = Labelled & { readonly link: boolean };

/** What templates may say: texts only, as a reader of the language expects them. What there is none of is null. */
export type View = {
  readonly kind: MailKind;
  readonly language: string;
  readonly shop: { readonly name: string };
  readonly customer: { readonly name: string | null };
  readonly order: {
    readonly number: string;
    readonly status: string;
    readonly placed_at: string;
    readonly total: string;
  };
  readonly return: {
    readonly number: string | null;
    readonly status: string | null;
    /** Nothing of it was accepted. */
    readonly none_accepted: boolean;
    /** Goods of it go back to the customer. */
    readonly is_sent_back: boolean;
  };
  /** The order for which a return was exchanged. */
  readonly exchange: { readonly number: string | null };
  readonly shipment: {
    readonly carrier: string | null;
    readonly tracking_number: string | null;
    readonly tracking_url: string | null;
    /** What happened to it, as the end of a sentence. */
    readonly status: string | null;
    /** The same as a word: `shipped`, `out_for_delivery`, `delivered`, `failed`, `returned_to_sender`, `lost`. */
    readonly state: string | null;
    /** `refund` or `resend`, of one that does not arrive; null: it is not decided. */
    readonly resolution: string | null;
    /** It is not the whole order. */
    readonly is_part: boolean;
  };
  /** `line`, `shipping`, `goodwill` or `cancellation`; null: it is about no credit. */
  readonly credit: { readonly kind: string | null };
  readonly refund: {
    readonly amount: string | null;
    readonly credited: string | null;
    readonly set_off: string | null;
    readonly due: string | null;
    /** How it goes back, as a sentence. */
    readonly way: string | null;
    readonly id: string | null;
  };
  readonly reason: string | null;
  /** File name. */
  readonly attachment: string | null;
  readonly labels: Phrases['labels'];
  readonly details: readonly Detail[];
  readonly items: readonly {
    readonly name: string;
    readonly sku: string | null;
    readonly quantity: string;
    readonly amount: string | null;
  }[];
  readonly totals: readonly Labelled[];
};

export type ViewSettings = { readonly shopName: string; /** IANA name. */ readonly timeZone: string };

/** Kinds that show what was ordered and what it comes to. */
const WITH_ITEMS: ReadonlySet<MailKind> = new Set([
  'order_confirmation',
  'order_shipped',
  'order_cancelled',
  'order_items_cancelled',
]);

/** What is in a parcel; null: everything that was ordered. */
const partOf = ({ order, shipment }: MailFacts): ReadonlyMap<string, number> | null => {
  if (shipment === null) return null;
  const units = new Map(shipment.items.map((item) => [item.order_item_id, quantityOf(item)]));
  return order.lines.every(({ id, quantity }) => units.get(id) === quantity) ? null : units;
};

/** Before inspection everything that was asked for; then what was accepted; if that is nothing, what was received. */
const returnedUnits = (
  back: Return,
  { quantity, received_quantity, accepted_quantity }: Return['items'][number],
): number => (isNoneAccepted(back) ? (received_quantity ?? quantity) : (accepted_quantity ?? quantity));

const isNoneAccepted = ({ items }: Return): boolean => items.every(({ accepted_quantity }) => accepted_quantity === 0);

const isSentBack = ({ items }: Return): boolean =>
  items.some(({ disposition, received_quantity }) => disposition === 'return_to_customer' && received_quantity !== 0);

/** Units as units: a reduction of a line has none. Without amounts: what they come to together is said once. */
const creditedItems = ({ lines }: Order, { parts }: Credit): View['items'] =>
  parts.items.flatMap(({ order_item_id, quantity }) => {
    const line = lines.find(({ id }) => id === order_item_id);
    if (line === undefined || quantity === 0) return [];
    const name = line.product_name ?? line.product_id;
    return [{ name, sku: line.product_sku, quantity: String(quantity), amount: null }];
  });

const itemsOf = (facts: MailFacts, money: (amount: Minor) => string): View['items'] => {
  const { kind, order, back, credit } = facts;
  if (credit !== null) return creditedItems(order, credit);
  if (back !== null)
    // Without amounts: what they come to together is said once.
    return back.items.flatMap((item) => {
      const units = returnedUnits(back, item);
      if (units === 0) return [];
      const name = item.product_name ?? item.product_id;
      return [{ name, sku: item.product_sku, quantity: String(units), amount: null }];
    });
  const part = partOf(facts);
  if (kind === 'shipment_status' || (WITH_ITEMS.has(kind) && part !== null))
    // Without amounts: the invoice says what the parcel comes to.
    return order.lines.flatMap(({ id, product_id, product_name, product_sku, quantity }) => {
      const units = part === null ? quantity : (part.get(id) ?? 0);
      if (units === 0) return [];
      return [{ name: product_name ?? product_id, sku: product_sku, quantity: String(units), amount: null }];
    });
  if (!WITH_ITEMS.has(kind)) return [];
  const sold = order.lines.filter((line) => soldQuantity(line) > 0);
  return sold.map((line) => ({
    name: line.product_name ?? line.product_id,
    sku: line.product_sku,
    quantity: String(soldQuantity(line)),
    amount: money(lineTotal(line)),
  }));
};

const totalsOf = (facts: MailFacts, { labels }: Phrases, money: (amount: Minor) => string): View['totals'] => {
  const { kind, order } = facts;
  if (!WITH_ITEMS.has(kind) || partOf(facts) !== null) return [];
  const { subtotal, discount_total, tax, shipping_cost } = orderTotals(order);
  const { total, credited } = ledgerOf(order);
  return [
    { label: labels.subtotal, value: money(subtotal) },
    ...(discount_total > 0 ? [{ label: labels.discount, value: money(-discount_total) }] : []),
    ...(tax > 0 ? [{ label: labels.tax, value: money(tax) }] : []),
    { label: labels.shipping, value: money(shipping_cost) },
    ...(credited > 0 ? [{ label: labels.credited, value: money(-credited) }] : []),
    { label: labels.total, value: money(total - credited) },
  ];
};

const addressOf = ({ personal }: Order): string | null =>
  isErased(personal) ? null : addressLines(personal.shipping_address).join(', ') || null;

/** Label and value of what there is. The value with the label `linked` is a web address. */
const present = (linked: string, pairs: readonly (readonly [label: string, value: string | null])[]): View['details'] =>
  pairs.flatMap(([label, value]) => (value === null ? [] : [{ label, value, link: label === linked }]));

const reasonOf = (back: Return | null, { return_reasons }: Phrases): string | null =>
  back === null ? null : return_reasons[back.reason];

const refundOf = (
  { refund, credited, set_off, due, method, refund_id }: MoneyFacts,
  { refund_ways }: Phrases,
  money: (amount: Minor) => string,
): View['refund'] => {
  const said = (amount: Minor | null): string | null => (amount === null || amount === 0 ? null : money(amount));
  return {
    amount: said(refund),
    credited: said(credited),
    set_off: said(set_off),
    due: said(due),
    way: method === null ? null : refund_ways[method],
    id: refund_id,
  };
};

/** The facts of a mail in a language. */
export const viewOf = (
  facts: MailFacts,
  words: Phrases,
  {
    shopName,
    timeZone,
    language,
    attachment,
  }: ViewSettings & { readonly language: string; readonly attachment: string | null },
): View => {
  const { kind, order, back, recipient } = facts;
  const { labels } = words;
  const money = moneyIn(language, order.currency);
  const placed_at = dayIn(language, timeZone, order.created_at);
  const parcel = facts.shipment ?? lastParcel(order);
  const { carrier = null, tracking_number = null, tracking_url = null } = parcel ?? {};
  const { total, credited } = ledgerOf(order);
  const isOfParcel = kind === 'order_shipped' || kind === 'shipment_status';
  const refund = refundOf(facts.money, words, money);
  return {
    kind,
    language,
    shop: { name: shopName },
    customer: { name: recipient.name },
    order: {
      number: order.order_number,
      status: words.order_statuses[order.status],
      placed_at,
      total: money(total - credited),
    },
    return: {
      number: back?.return_number ?? null,
      status: back === null ? null : words.return_statuses[back.status],
      none_accepted: back !== null && isNoneAccepted(back),
      is_sent_back: back !== null && isSentBack(back),
    },
    exchange: { number: back?.exchange?.order_number ?? null },
    shipment: {
      carrier,
      tracking_number,
      tracking_url,
      status: parcel === undefined ? null : words.shipment_statuses[parcel.status],
      state: parcel?.status ?? null,
      resolution: parcel?.resolution ?? null,
      is_part: partOf(facts) !== null,
    },
    credit: { kind: facts.credit?.kind ?? null },
    refund,
    reason: facts.reason,
    attachment,
    labels,
    details: present(labels.tracking_url, [
      [labels.order, order.order_number],
      [labels.placed_at, placed_at],
      [labels.return, back?.return_number ?? null],
      [labels.reason, back === null ? facts.reason : reasonOf(back, words)],
      [labels.address, WITH_ITEMS.has(kind) && kind !== 'order_cancelled' ? addressOf(order) : null],
      [labels.carrier, isOfParcel ? carrier : null],
      [labels.tracking_number, isOfParcel ? tracking_number : null],
      [labels.tracking_url, isOfParcel ? tracking_url : null],
      [labels.credited, refund.credited],
      [labels.set_off, facts.money.is_estimate ? null : refund.set_off],
      [facts.money.is_estimate ? labels.refund_at_most : labels.refund, refund.amount],
      [labels.due, refund.due],
      [labels.attachment, attachment],
    ]),
    items: itemsOf(facts, money),
    totals: totalsOf(facts, words, money),
  };
};
