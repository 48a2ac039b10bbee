import type { RequestedLine } from '../vocabulary/commands.ts';
import { cancelledUnits } from '../goods/shipments.ts';
import type { OrderLine } from '../vocabulary/events.ts';
import { priceLines } from '../pricing/price-lines.ts';
import { orderedTax } from '../pricing/totals.ts';
import type { LineRejection } from '../vocabulary/rejections.ts';
import type { Order } from '../vocabulary/state.ts';
import { cancelledItemOf, withCancelled } from './cancel-items.ts';

/**
 * The lines of an order with further ones. Everything is priced as if it had been ordered at once, so that the tax is
 * rounded once; then the units that were cancelled are taken off again. A rejection counts the added lines only.
 */
export const addLines = (
  added: readonly RequestedLine[],
  order: Order,
): { readonly lines: readonly OrderLine[] } | LineRejection => {
  const all = [...order.lines.map(asOrdered), ...added];
  const priced = priceLines(all, { ...order, mayBeFree: order.external !== undefined });
  if (!('rejected' in priced)) return { lines: withoutCancelled({ ...order, lines: priced.lines }) };
  if (!('line' in priced) || priced.line === null) return priced;
  return { ...priced, line: priced.line - order.lines.length };
};

/** A line as it was ordered, before units of it were cancelled. */
const asOrdered = (line: OrderLine): RequestedLine => {
  const { removed, own_tax, ...kept } = line;
  const discount = line.discount + (removed?.discount ?? 0);
  return { ...kept, discount, tax: own_tax === true ? orderedTax(line) : undefined };
};

const withoutCancelled = (order: Order): readonly OrderLine[] => {
  const before = { ...order, cancelled: [] };
  const items = order.lines
    .map((line) => cancelledItemOf(line, cancelledUnits(order, line.id), before))
    .filter(({ units }) => units.length > 0);
  return withCancelled(before, items).lines;
};
