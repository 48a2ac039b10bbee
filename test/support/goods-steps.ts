import fc from 'fast-check';
import { SHIPMENT_ACTIONS, type Order, type OrderCommand } from '../../src/domain/order/index.ts';
import { cancelItems, move, mug, ship, take } from './order-commands.ts';
import { item, openReturn, refundOrder, settleReturn } from './order-money.ts';

/** Prices, quantities and discounts in percent. */
export const aBasket = fc.array(
  fc.tuple(fc.integer({ min: 1, max: 999 }), fc.integer({ min: 1, max: 5 }), fc.nat(80)),
  {
    minLength: 1,
    maxLength: 3,
  },
);

export const linesOfBasket = (basket: readonly (readonly [number, number, number])[]) =>
  basket.map(([unit_price, quantity, off], index) =>
    mug({ id: `l-${index}`, unit_price, quantity, discount: Math.floor((unit_price * quantity * off) / 100) }),
  );

/** Ships, loses, sends again, cancels, credits and returns in any order; the numbers pick among what is there. */
export const aGoodsStep = fc.oneof(
  fc.record({ kind: fc.constant('ship' as const), a: fc.nat(4), b: fc.nat(4) }),
  fc.record({ kind: fc.constant('move' as const), a: fc.nat(9), b: fc.nat(14) }),
  fc.record({ kind: fc.constant('credit' as const), a: fc.nat(5), b: fc.integer({ min: 1, max: 900 }) }),
  fc.record({ kind: fc.constant('cancel' as const), a: fc.nat(3), b: fc.nat(2) }),
  fc.record({ kind: fc.constant('return' as const), a: fc.nat(3), b: fc.nat(3) }),
  fc.record({ kind: fc.constant('deliver' as const), a: fc.nat(3), b: fc.nat(3) }),
);
export type GoodsStep = { readonly kind: string; readonly a: number; readonly b: number };

/** The commands of a step; what is not possible is rejected and changes nothing. */
export const commandsOf = ({ kind, a, b }: GoodsStep, order: Order): readonly OrderCommand[] => {
  const line = order.lines[a % order.lines.length];
  if (line === undefined) return [];
  const some = 1 + (b % line.quantity);
  const items = [{ order_item_id: line.id, quantity: some }];
  if (kind === 'ship') return [ship(items)];
  if (kind === 'cancel') return [cancelItems(items)];
  if (kind === 'deliver') return [take('deliver')];
  if (kind === 'credit') {
    const amounts = a < 3 ? [{ order_item_id: line.id, amount: b }] : [];
    return [refundOrder({ items: amounts, shipping: a === 3 ? b % 500 : 0, goodwill: a > 3 ? b : 0 })];
  }
  if (kind === 'return') {
    const id = `r-${order.returns.length + 1}`;
    return [openReturn(id, { items: [item(line.id, some)] }), settleReturn(id, { [line.id]: some })];
  }
  const one = order.shipments[a % Math.max(1, order.shipments.length)];
  if (one === undefined) return [];
  const action = SHIPMENT_ACTIONS[b % SHIPMENT_ACTIONS.length] ?? 'deliver';
  const isEnd = action === 'lost' || action === 'returned_to_sender';
  return [
    move(one.shipment_id, action, {
      resolution: isEnd ? ([undefined, 'refund', 'resend'] as const)[b % 3] : undefined,
    }),
  ];
};
