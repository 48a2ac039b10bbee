import type { IssuedDocument } from '../commands/index.ts';
import type { CreditMemoData, DocumentLine } from './document-data.ts';
import { valueUnits, type Order, type OrderLine, type ReturnSettled, type SettledItem } from '../domain/order/index.ts';
import type { Return } from '../domain/return/index.ts';
import { sum, type Minor } from '../domain/shared/money.ts';
import { partiesOf, type DocumentSettings } from './invoice-data.ts';

const worthOf = (item: Pick<SettledItem, 'units'>): Minor => sum(item.units.map(({ amount }) => amount));

/**
 * The accepted units of a line. What they are worth is decided; of their discount and tax, each rounded by itself, one
 * must give way, so that the printed line adds up.
 */
const lineOf = (line: OrderLine, item: SettledItem): DocumentLine => {
  const { unit_price } = line;
  const quantity = item.accepted_quantity;
  const total = worthOf(item);
  const price = unit_price * quantity;
  const share = worthOf({ units: valueUnits({ ...line, unit_price: 0, discount: 0, tax: line.discount }, item.units) });
  const isTaxed = line.tax > 0 && total - price + share >= 0;
  const discount = isTaxed ? share : price - total;
  return { ...line, quantity, discount, tax: total - price + discount, total };
};

const linesOf = (order: Order, items: readonly SettledItem[]): readonly DocumentLine[] =>
  items.flatMap((item) => {
    const line = order.lines.find(({ id }) => id === item.order_item_id);
    return line === undefined || item.accepted_quantity === 0 ? [] : [lineOf(line, item)];
  });

/** How the settled amount came about. A fee above what is left takes no more than that. */
const termsOf = (settled: ReturnSettled['data'], value: Minor) => {
  const allowed = Math.min(value, settled.reviewed_amount ?? value);
  return { adjustment: allowed - value, restocking_fee: allowed - settled.amount };
};

export type Credited = {
  /** As it was when the return was settled. */
  readonly order: Order;
  /** As it was when it was processed. */
  readonly one: Return;
  readonly settled: ReturnSettled['data'];
  readonly invoice_number: string | null;
};

/** What the credit memo of a settled return says. */
export const creditMemoDataOf = (
  { order, one, settled, invoice_number }: Credited,
  { number, requested_at }: IssuedDocument,
  { seller, timeZone }: DocumentSettings,
): CreditMemoData => {
  const lines = linesOf(order, settled.items);
  const { adjustment, restocking_fee } = termsOf(settled, sum(lines.map(({ total }) => total)) + settled.shipping);
  return {
    number,
    order_number: order.order_number,
    issued_at: requested_at,
    ordered_at: order.created_at,
    time_zone: timeZone,
    currency: order.currency,
    seller,
    ...partiesOf(order),
    lines,
    subtotal: sum(lines.map(({ unit_price, quantity }) => unit_price * quantity)),
    discount_total: sum(lines.map(({ discount }) => discount)),
    tax: sum(lines.map(({ tax }) => tax)),
    shipping_cost: settled.shipping,
    total: settled.amount,
    return_number: one.return_number,
    invoice_number,
    returned_at: one.received_at,
    processed_at: one.processed_at ?? one.updated_at,
    return_reason: one.reason,
    refund_method: settled.refund_method,
    restocking_fee,
    adjustment,
  };
};
