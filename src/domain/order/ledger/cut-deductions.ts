import { fractionOf, sum, type Minor } from '../../shared/money.ts';
import type { CreditedItem, CutCredit, OrderLine } from '../vocabulary/events.ts';
import { cutBy } from '../pricing/cut-credits.ts';
import { finalPrice, orderTotals, soldQuantity } from '../pricing/totals.ts';
import { worthOfUnits } from './unit-values.ts';
import type { Credit, Order } from '../vocabulary/state.ts';
import { leftOfLine, reductionOf } from './credits.ts';
import { documentedOf, pendingOf, pendingOfLine, toDeductOf, uninvoicedOf, uninvoicedUnits } from './invoicing.ts';

/** `credits`: those that are reduced. `again`: what of them belongs to units that stay, to be credited with a memo. */
type Cut = { readonly credits: readonly CutCredit[]; readonly again: readonly CreditedItem[] };

/**
 * The effect of cancelled units on credits where other units are invoiced. Only what no memo and no invoice has of a
 * credit can be cut. Units take their share of the credits of their line with them. What the invoices to come can then no
 * longer deduct is cut too; as far as it is not above what is invoiced, it is credited again.
 */
export const cutDeductions = (order: Order, lines: readonly OrderLine[]): Cut => {
  const open = lines.map((line) => pendingShare(order, line));
  const fewer = orderTotals(order).total - orderTotals({ ...order, lines }).total;
  const surplus = Math.max(0, fewer - uninvoicedOf(order) - sum(open.map(({ goes }) => goes)));
  const floating = pendingOf(order) - sum(open.map(({ own }) => own));
  const ofRest = Math.min(surplus, Math.max(0, floating - sum(open.map(({ others }) => others))));
  const ofOthers = Math.min(surplus, floating) - ofRest;
  const takeOthers = taking(ofOthers);
  const takeOverflow = taking(surplus - ofRest - ofOthers);
  const cut = open
    .toReversed()
    .map((one) => ({ ...one, further: takeOthers(one.others) + takeOverflow(one.overflow) }))
    .toReversed();
  const takeAgain = taking(documentedOf(order));
  return {
    credits: reduced(order, lines, {
      ofLines: new Map(cut.map(({ order_item_id, goes, further }) => [order_item_id, goes + further])),
      ofRest,
    }),
    again: cut
      .map(({ order_item_id, further }) => ({ order_item_id, quantity: 0, amount: takeAgain(further) }))
      .filter(({ amount }) => amount > 0),
  };
};

/** Takes amounts until a limit is reached. */
const taking = (limit: Minor): ((amount: Minor) => Minor) => {
  let left = limit;
  return (amount) => {
    const taken = Math.max(0, Math.min(amount, left));
    left -= taken;
    return taken;
  };
};

type Pending = {
  readonly order_item_id: string;
  /** What the units of the line that are on no invoice will deduct of its credits. */
  readonly own: Minor;
  /** What the invoices of other lines deduct instead, because those units cost less. */
  readonly others: Minor;
  /** What of its own goes with the removed units. */
  readonly goes: Minor;
  /** What of its own the units that stay on no invoice cannot deduct either, because they cost less. */
  readonly overflow: Minor;
};

const pendingShare = (order: Order, after: OrderLine): Pending => {
  const { id: order_item_id } = after;
  const line = order.lines.find(({ id }) => id === order_item_id);
  if (line === undefined) return { order_item_id, own: 0, others: 0, goes: 0, overflow: 0 };
  const pending = pendingOfLine(order, order_item_id);
  const worth = worthOfUnits(line, uninvoicedUnits(order, line));
  const own = Math.min(pending, worth);
  const [units, left] = [soldQuantity(line), soldQuantity(after)];
  const reduction = reductionOf(order, order_item_id);
  const share = left === units ? 0 : reduction - fractionOf(reduction, left, units);
  // The credits of a line are never above what is left of its price.
  const goes = Math.min(own, Math.max(share, -leftOfLine(order, after)));
  const overflow = Math.max(0, own - goes - (worth - (finalPrice(line) - finalPrice(after))));
  return { order_item_id, own, others: pending - own, goes, overflow };
};

type ToCut = { readonly ofLines: ReadonlyMap<string, Minor>; readonly ofRest: Minor };

/** Cuts what credits have to deduct, the newest first. */
const reduced = (order: Order, lines: readonly OrderLine[], { ofLines, ofRest }: ToCut): readonly CutCredit[] => {
  const takeLine = new Map([...ofLines].map(([id, amount]) => [id, taking(amount)]));
  const takeRest = taking(ofRest);
  return order.credits
    .toReversed()
    .flatMap((credit): readonly CutCredit[] => {
      const before = toDeductOf(credit);
      const items = before.items.map((item) => ({
        ...item,
        cut: takeLine.get(item.order_item_id)?.(item.amount) ?? 0,
      }));
      const rest = takeRest(before.rest);
      const cut = rest + sum(items.map((item) => item.cut));
      if (cut === 0) return [];
      const kept = items.map((item) => ({ order_item_id: item.order_item_id, amount: item.amount - item.cut }));
      const to_deduct = { items: kept.filter(({ amount }) => amount > 0), rest: before.rest - rest };
      const { credit_id, amount } = credit;
      return [{ credit_id, amount: amount - cut, parts: partsWithout(credit, items, { rest, lines }), to_deduct }];
    })
    .toReversed();
};

/** A return keeps its parts: they say what its units are worth. */
const partsWithout = (
  credit: Credit,
  cuts: readonly { readonly order_item_id: string; readonly cut: Minor }[],
  { rest, lines }: { readonly rest: Minor; readonly lines: readonly OrderLine[] },
): Credit['parts'] => {
  if (credit.kind === 'return') return credit.parts;
  const { items, ...others } = credit.parts;
  let missing = rest + sum(cuts.map(({ cut }) => cut));
  const kept = items.map((item) => {
    if (item.units !== undefined) return item;
    const cut = cuts.find(({ order_item_id }) => order_item_id === item.order_item_id)?.cut ?? 0;
    const taken = Math.min(cut, item.amount);
    missing -= taken;
    const line = lines.find(({ id }) => id === item.order_item_id);
    const quantity = Math.min(item.quantity, line === undefined ? 0 : soldQuantity(line));
    return { ...item, quantity, amount: item.amount - taken };
  });
  const parts = { ...others, items: kept.filter(({ amount }) => amount > 0) };
  return cutBy({ ...credit, parts }, missing).parts;
};
