import { fractionOf, type Minor } from '../../shared/money.ts';
import type { ModifyItems, RequestedLine } from '../vocabulary/commands.ts';
import type { OrderLine } from '../vocabulary/events.ts';
import { lineTotal, soldQuantity } from './totals.ts';

type Wanted = Pick<ModifyItems['data'], 'lines' | 'line_meta_data'>;

/**
 * Lines that replace others: the nth line of a product keeps the id of the nth earlier line of that product, and the terms
 * of return under which it was ordered. If the new line has no tax or discount of its own, it keeps those of the earlier
 * line in proportion to its units.
 */
export const keepLines = ({ lines, line_meta_data }: Wanted, before: readonly OrderLine[]): Wanted => {
  const unmatched = before.filter((line) => soldQuantity(line) > 0);
  const ids = new Map<string, string>();
  const kept = lines.map((line) => {
    const index = unmatched.findIndex(({ product_id }) => product_id === line.product_id);
    const [old] = index < 0 ? [] : unmatched.splice(index, 1);
    if (old === undefined) return line;
    ids.set(line.id, old.id);
    return keptLine(withTermsOf(old, line), old);
  });
  return {
    lines: kept,
    line_meta_data: Object.fromEntries(Object.entries(line_meta_data).map(([id, meta]) => [ids.get(id) ?? id, meta])),
  };
};

const withTermsOf = (
  { returnable, return_window_days }: OrderLine,
  { returnable: _returnable, return_window_days: _days, ...line }: RequestedLine,
): RequestedLine => ({
  ...line,
  ...(returnable !== undefined && { returnable }),
  ...(return_window_days !== undefined && { return_window_days }),
});

const keptLine = (line: RequestedLine, old: OrderLine): RequestedLine => {
  const scaled = (amount: Minor): Minor => fractionOf(amount, line.quantity, soldQuantity(old));
  if (!Number.isSafeInteger(line.quantity) || line.quantity < 1) return { ...line, id: old.id };
  const discount = line.discount ?? Math.min(scaled(old.discount), lineTotal(line));
  const tax = line.tax ?? (old.own_tax === true ? scaled(old.tax) : undefined);
  return { ...line, id: old.id, discount, tax };
};
