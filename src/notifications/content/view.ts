import { addressLines } from '../../documents/index.ts';
import { lastParcel, ledgerOf, orderTotals, type Order } from '../../domain/order/index.ts';
import type { Return } from '../../domain/return/index.ts';
import { isErased } from '../../domain/shared/decider.ts';
import type { Minor } from '../../domain/shared/money.ts';
import type { MailKind } from '../kinds.ts';
import type { MailFacts, MoneyFacts } from '../facts.ts';
import { dayIn, moneyIn } from './formats.ts';
import type { Phrases } from './phrases.ts';

export type Labelled = { readonly label: string; readonly value: string };

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
  readonly return: { readonly number: string | null; readonly status: string | null };
  /** The order for which a return was exchanged. */
  readonly exchange: { readonly number: string | null };
  readonly shipment: { readonly carrier: string | null; readonly tracking_number: string | null };
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
  readonly details: readonly Labelled[];
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
const WITH_ITEMS: ReadonlySet<MailKind> = new Set(['order_confirmation', 'order_shipped', 'order_cancelled']);

const itemsOf = ({ kind, order, back }: MailFacts, money: (amount: Minor) => string): View['items'] => {
  if (back !== null)
    // Without amounts: what they come to together is said once.
    return back.items.map(({ product_id, product_name, product_sku, quantity, accepted_quantity }) => ({
      name: product_name ?? product_id,
      sku: product_sku,
      quantity: String(accepted_quantity ?? quantity),
      amount: null,
    }));
  if (!WITH_ITEMS.has(kind)) return [];
  return order.lines.map(({ product_id, product_name, product_sku, quantity, unit_price }) => ({
    name: product_name ?? product_id,
    sku: product_sku,
    quantity: String(quantity),
    amount: money(unit_price * quantity),
  }));
};

const totalsOf = (
  { kind, order }: MailFacts,
  { labels }: Phrases,
  money: (amount: Minor) => string,
): View['totals'] => {
  if (!WITH_ITEMS.has(kind)) return [];
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

/** Label and value of what there is. */
const present = (pairs: readonly (readonly [label: string, value: string | null])[]): View['details'] =>
  pairs.flatMap(([label, value]) => (value === null ? [] : [{ label, value }]));

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
  const parcel = lastParcel(order);
  const carrier = parcel?.carrier ?? null;
  const tracking_number = parcel?.tracking_number ?? null;
  const { total, credited } = ledgerOf(order);
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
    },
    exchange: { number: back?.exchange?.order_number ?? null },
    shipment: { carrier, tracking_number },
    refund,
    reason: facts.reason,
    attachment,
    labels,
    details: present([
      [labels.order, order.order_number],
      [labels.placed_at, placed_at],
      [labels.return, back?.return_number ?? null],
      [labels.reason, back === null ? facts.reason : reasonOf(back, words)],
      [labels.address, WITH_ITEMS.has(kind) && kind !== 'order_cancelled' ? addressOf(order) : null],
      [labels.carrier, kind === 'order_shipped' ? carrier : null],
      [labels.tracking_number, kind === 'order_shipped' ? tracking_number : null],
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
