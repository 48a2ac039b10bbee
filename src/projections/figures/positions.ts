import { finalPrice, hasGoneBack, isVoid, ledgerOf, salesOf, worthOf, type Order } from '../../domain/order/index.ts';
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

/** What a figure is counted under. `sale`: by product; the reports have it in all, by product, customer and country. */
export type Kind =
  /** Key: the product, or '' for what belongs to none. */
  | 'sale'
  /** Key: how the money came or went. */
  | 'method'
  /** Key: the status. On the day of the order. */
  | 'status'
  | 'cancelled'
  /** Key: whole hours since the order was placed. */
  | 'time_to_ship'
  | 'time_to_deliver'
  /** Key: whether it came by the time that was estimated. */
  | 'on_time'
  /** Units and worth of the lines of orders that are not cancelled. On the day of the order. */
  | 'sold'
  /** Units and worth of what of them came back. On the day of the order. */
  | 'returned'
  /** The same on the day of the settlement, by the reason, the product, and what becomes of the goods. */
  | 'return_reason'
  | 'return_product'
  | 'disposition'
  /** Key: whole hours from opening a return until its money is back. */
  | 'time_to_refund';

/** What belongs to the order's own day, whenever it is known. */
export const ON_ORDER_DAY: ReadonlySet<Kind> = new Set(['status', 'sold', 'returned']);

export type Figure = { readonly kind: Kind; readonly key: string; readonly values: Partial<Values> };

/**
 * Everything that the reports say of an order, as it stands now. What an event changes of it is booked on the day of the
 * event, so that all days together always come to what the orders say now.
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

/** A refund to the original payment goes the way the payment came. */
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
            units: sum(order.lines.map(({ quantity }) => quantity)),
            totals: sum(order.lines.map(finalPrice)),
          },
        },
      ];

/** Units that were accepted, at what they are worth: a fee or a review lowers what is credited, not this. */
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
