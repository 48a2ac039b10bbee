import { fractionOf, sum, type Minor } from '../../shared/money.ts';
import type { CreditedItem, CutCredit, OrderLine } from '../vocabulary/events.ts';
import type { Credit, Order } from '../vocabulary/state.ts';
import { finalPrice, orderTotals, soldQuantity } from './totals.ts';

/**
 * The effect of new lines on credits: removed units take their share of a credit with them, and credits above the new
 * total are reduced, the newest first. Returns the reduced credits with their new amounts.
 */
export const cutCredits = (order: Order, lines: readonly OrderLine[]): readonly CutCredit[] => {
  const shared = roomyLines(order, lines);
  let surplus = sum(shared.map(amountOfParts)) - orderTotals({ ...order, lines }).total;
  const cut = shared
    .toReversed()
    .map((credit) => {
      const kept = cutBy(credit, Math.max(0, surplus));
      surplus -= amountOfParts(credit) - amountOfParts(kept);
      return kept;
    })
    .toReversed();
  return cut
    .map(({ credit_id, parts }) => ({ credit_id, parts, amount: amountOfParts({ parts }) }))
    .filter(({ credit_id, amount }) => amount !== order.credits.find((one) => one.credit_id === credit_id)?.amount);
};

const amountOfParts = ({ parts: { items, shipping, goodwill } }: Pick<Credit, 'parts'>): Minor =>
  sum(items.map(({ amount }) => amount)) + shipping + goodwill;

/** Every line's credits in proportion to the units that stay, and together never above the price of the line. */
const roomyLines = (order: Order, lines: readonly OrderLine[]): readonly Credit[] => {
  const room = new Map(lines.map((line) => [line.id, finalPrice(line)]));
  return order.credits.map((credit) => ({
    ...credit,
    parts: {
      ...credit.parts,
      items: credit.parts.items
        .map((item) => {
          const after = unitsIn(lines, item.order_item_id);
          const share = shareThatStays(item, order, after);
          const left = room.get(item.order_item_id) ?? 0;
          const amount = Math.min(share, left);
          room.set(item.order_item_id, left - amount);
          return { ...item, amount, quantity: Math.min(item.quantity, after) };
        })
        .filter(({ amount }) => amount > 0),
    },
  }));
};

const unitsIn = (lines: readonly OrderLine[], lineId: string): number => {
  const line = lines.find(({ id }) => id === lineId);
  return line === undefined ? 0 : soldQuantity(line);
};

const shareThatStays = ({ order_item_id, amount }: CreditedItem, order: Order, after: number): Minor => {
  const before = unitsIn(order.lines, order_item_id);
  return after >= before ? amount : fractionOf(amount, after, before);
};

/** Goodwill is cut first, then shipping, then lines from the last on. */
export const cutBy = (credit: Credit, surplus: Minor): Credit => {
  let left = surplus;
  const keep = (amount: Minor): Minor => {
    const cut = Math.min(amount, left);
    left -= cut;
    return amount - cut;
  };
  const goodwill = keep(credit.parts.goodwill);
  const shipping = keep(credit.parts.shipping);
  const items = credit.parts.items
    .toReversed()
    .map((item) => ({ ...item, amount: keep(item.amount) }))
    .filter(({ amount }) => amount > 0)
    .toReversed();
  return { ...credit, parts: { items, shipping, goodwill } };
};

/** The credits after a change that reduces some of them. */
export const withCut = (credits: Order['credits'], cut: readonly CutCredit[]): Order['credits'] =>
  credits.map((credit) => ({ ...credit, ...cut.find(({ credit_id }) => credit_id === credit.credit_id) }));
