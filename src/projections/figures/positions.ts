import {
  finalPrice,
  hasGoneBack,
  isVoid,
  ledgerOf,
  salesOf,
  soldQuantity,
  worthOf,
  type Order,
} from '../../domain/order/index.ts';
import { sum } from '../../domain/shared/money.ts';

/** Columns of a booking and of the table of sums, in this order. */
export const VALUES = [
  'gross_sales',
  'discounts',
  'returns',
  'shipping',
  'taxes',
  'totals',
  'orders',
  'units',
  'captured',
  'refunded',
] as const;
export type Values = Readonly<Record<(typeof VALUES)[number], number>>;

/** The dimension of a figure. `sale`: by product; the reports show it in total and by product, customer and country. */
export type Kind =
  /** Key: the product, or '' for amounts without a product. */
  | 'sale'
  /** Key: the method of the payment or refund. */
  | 'method'
  /** Key: the status. On the day of the order. */
  | 'status'
  | 'cancelled'
  /** Key: whole hours since the order was placed. */
  | 'time_to_ship'
  | 'time_to_deliver'
  /** Key: whether it was delivered by the estimated time. */
  | 'on_time'
  /** Units and value of the lines of orders that are not cancelled. On the day of the order. */
  | 'sold'
  /** Units of them that were returned, and their value. On the day of the order. */
  | 'returned'
  /** The same on the day of the settlement, by reason, product and disposition. */
  | 'return_reason'
  | 'return_product'
  | 'disposition'
  /** Key: whole hours from opening a return until its money is refunded. */
  | 'time_to_refund';

/** Each hour is a key, so these have many sums a day: they are added up by month too. */
export const DURATIONS = ['time_to_ship', 'time_to_deliver', 'time_to_refund'] as const satisfies readonly Kind[];
export type Duration = (typeof DURATIONS)[number];
export const isDuration = (kind: Kind): kind is Duration => DURATIONS.some((one) => one === kind);

/** Figures that count on the day of the order, even if they become known later. */
export const ON_ORDER_DAY: ReadonlySet<Kind> = new Set(['status', 'sold', 'returned']);

export type Figure = { readonly kind: Kind; readonly key: string; readonly values: Partial<Values> };

/**
 * All figures of an order in its current state. The change that an event makes is booked on the day of the event, so
 * that the sum over all days always equals the current figures of all orders.
 */
export const figuresOf = (order: Order): readonly Figure[] => [
  ...sales(order),
  ...payments(order),
  count('status', order.status),
  ...(isVoid(order) ? [count('cancelled', '')] : []),
  ...times(order),
  ...sold(order),
  ...returned(order),
];

export const count = (kind: Kind, key: string): Figure => ({ kind, key, values: { orders: 1 } });

const sales = (order: Order): readonly Figure[] => {
  const { captured, refunded } = ledgerOf(order);
  const { shipping_cost } = order;
  return [...salesOf(order)].map(([product, sold]): Figure => ({
    kind: 'sale',
    key: product ?? '',
    values: {
      gross_sales: sold.gross,
      discounts: -sold.discount,
      returns: -sold.returned,
      shipping: sold.shipping,
      taxes: sold.tax,
      units: sold.units,
      orders: 1,
      totals: product === null ? shipping_cost : sum(linesOf(order, product).map(finalPrice)),
      ...(product === null && { captured, refunded }),
    },
  }));
};

const linesOf = ({ lines }: Order, product: string) => lines.filter(({ product_id }) => product_id === product);

/** A refund to the original payment counts under the method of that payment. */
const payments = ({ payments, refunds }: Order): readonly Figure[] => {
  const methodOf = (id: string) => payments.find(({ payment_id }) => payment_id === id)?.method ?? 'other';
  return [
    ...payments.flatMap(({ status, method, amount }): Figure[] =>
      status === 'captured' ? [{ kind: 'method', key: method, values: { captured: amount } }] : [],
    ),
    ...refunds.filter(hasGoneBack).map(({ method, amount, payment_id }): Figure => ({
      kind: 'method',
      key: method === 'original_payment' ? methodOf(payment_id) : method,
      values: { refunded: amount },
    })),
  ];
};

const sold = (order: Order): readonly Figure[] =>
  isVoid(order)
    ? []
    : [
        {
          kind: 'sold',
          key: '',
          values: {
            units: sum(order.lines.map(soldQuantity)),
            totals: sum(order.lines.map(finalPrice)),
          },
        },
      ];

/** Accepted units at their value: a fee or a review lowers the credit, but not this figure. */
const returned = ({ returns, lines }: Order): readonly Figure[] =>
  returns.flatMap(({ settlement, items }) =>
    (settlement?.items ?? []).flatMap(({ order_item_id, accepted_quantity: units, units: ranges }): Figure[] => {
      const values = { units, totals: worthOf(ranges) };
      const reason = items.find((item) => item.order_item_id === order_item_id)?.reason ?? 'other';
      const product = lines.find(({ id }) => id === order_item_id)?.product_id ?? '';
      return [
        { kind: 'returned', key: '', values },
        { kind: 'return_reason', key: reason, values },
        { kind: 'return_product', key: product, values },
      ];
    }),
  );

const HOUR_MS = 3_600_000;
export const hoursBetween = (from: string, to: string): number =>
  Math.max(0, Math.floor((Date.parse(to) - Date.parse(from)) / HOUR_MS));

const times = ({ created_at, shipped_at, delivered_at, delivery }: Order): readonly Figure[] => [
  ...(shipped_at === null ? [] : [count('time_to_ship', String(hoursBetween(created_at, shipped_at)))]),
  ...(delivered_at === null ? [] : [count('time_to_deliver', String(hoursBetween(created_at, delivered_at)))]),
  ...(delivered_at === null || delivery.estimated_delivery_at === null
    ? []
    : [count('on_time', String(delivered_at <= delivery.estimated_delivery_at))]),
];
