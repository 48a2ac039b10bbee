import { sum, type Minor } from '../../shared/money.ts';
import type { OrderLine } from '../vocabulary/events.ts';
import type { Order } from '../vocabulary/state.ts';

type Priced = Pick<OrderLine, 'unit_price' | 'quantity' | 'removed'>;

/** The units of a line that are paid for: ordered, less those that were cancelled before the invoice. */
export const soldQuantity = ({ quantity, removed }: Pick<OrderLine, 'quantity' | 'removed'>): number =>
  quantity - (removed?.quantity ?? 0);

/** Price of a line before discount and tax. */
export const lineTotal = (line: Priced): Minor => line.unit_price * soldQuantity(line);

/** What a line is called where an amount is explained. */
export const nameOf = (line: Pick<OrderLine, 'product_name' | 'product_id'> | undefined): string =>
  line === undefined ? 'a line that is no longer in the order' : (line.product_name ?? line.product_id);

/** The final price of a line: less its discount, plus its tax. */
export const finalPrice = (line: Priced & Pick<OrderLine, 'discount' | 'tax'>): Minor =>
  lineTotal(line) - line.discount + line.tax;

/** The tax of a line as it was ordered: each unit has its share of it, whatever was cancelled. */
export const orderedTax = ({ tax, removed }: Pick<OrderLine, 'tax' | 'removed'>): Minor => tax + (removed?.tax ?? 0);

/** The final price of a line as it was ordered. */
export const orderedPrice = (line: OrderLine): Minor =>
  line.unit_price * line.quantity - line.discount - (line.removed?.discount ?? 0) + orderedTax(line);

export type OrderTotals = {
  readonly subtotal: Minor;
  readonly discount_total: Minor;
  readonly tax: Minor;
  readonly shipping_cost: Minor;
  readonly total: Minor;
  /** Units, over all lines. */
  readonly item_count: number;
};

/** The sums of an order. Every line in it was checked when it was decided, so no sum leaves the exact range. */
export const orderTotals = ({ lines, shipping_cost }: Pick<Order, 'lines' | 'shipping_cost'>): OrderTotals => {
  const subtotal = sum(lines.map(lineTotal));
  const discount_total = sum(lines.map(({ discount }) => discount));
  const tax = sum(lines.map((line) => line.tax));
  const total = subtotal - discount_total + tax + shipping_cost;
  return { subtotal, discount_total, tax, shipping_cost, total, item_count: sum(lines.map(soldQuantity)) };
};
