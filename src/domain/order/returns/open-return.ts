import { valueUnits } from '../ledger/index.ts';
import { accept, type Decision } from '../../shared/decider.ts';
import type { Minor } from '../../shared/money.ts';
import { rejectAction } from '../actions/allowed-actions.ts';
import type { OpenReturn, RequestedReturnItem } from '../vocabulary/commands.ts';
import type { OrderLine, ReturnedItem, ReturnOpened } from '../vocabulary/events.ts';
import type { OrderRules } from '../settings.ts';
import type { OrderRejection } from '../vocabulary/rejections.ts';
import { whyKept } from './return-terms.ts';
import { freeUnits } from '../goods/returned-units.ts';
import { NO_REVIEW, settlementOf } from './settlement.ts';
import type { Order } from '../vocabulary/state.ts';
import { leadsFrom, orderTransition } from '../vocabulary/transitions.ts';
import { countUnits, lowestUnits } from '../vocabulary/unit-ranges.ts';

type Opening = { readonly command: OpenReturn; readonly order: Order; readonly rules: OrderRules };

/** Puts particular units into a return, the lowest free ones first, at their value. */
export const openReturn = (opening: Opening): Decision<ReturnOpened, OrderRejection> => {
  const { command, order, rules } = opening;
  const { return_id, return_number, reason, personal } = command.data;
  if (order.returns.some((one) => one.return_id === return_id)) return accept();
  const rejection = whyNot(opening);
  if (rejection !== undefined) return rejection;
  const chosen = itemsToReturn(opening);
  if ('rejected' in chosen) return chosen;
  const { items, forced } = chosen;
  return accept({
    type: 'ReturnOpened',
    data: {
      return_id,
      return_number,
      reason,
      forced,
      estimate: estimate(opening, items),
      ...(rules.returnShippingOnWithdrawal && { shipping_on_withdrawal: true }),
      items,
      personal,
    },
  });
};

const whyNot = ({ command, order, rules }: Opening): OrderRejection | undefined => {
  const { role } = command.by;
  if (!orderTransition('open_return').by.includes(role)) {
    return rejectAction('order.action_not_permitted', order, role, rules);
  }
  if (!leadsFrom('open_return', order.status) || !rules.returnStatuses.includes(order.status)) {
    return rejectAction('return.order_not_returnable', order, role, rules);
  }
  return undefined;
};

/** A return that names no items is for all that may come back; a named item that may not needs an admin who forces it. */
const itemsToReturn = (
  opening: Opening,
): { readonly items: readonly ReturnedItem[]; readonly forced: boolean } | OrderRejection => {
  const { command, order, rules } = opening;
  const { items: named, force } = command.data;
  const asked = assignUnits(named ?? everythingLeft(order), opening);
  if ('rejected' in asked) return asked;
  if (asked.length === 0) return { rejected: 'return.nothing_left' };
  const kept = new Map(
    order.lines
      .filter(({ id }) => asked.some(({ order_item_id }) => order_item_id === id))
      .flatMap((line) => {
        const why = whyKept(line, { order, rules, at: command.at });
        return why === undefined ? [] : [[line.id, why] as const];
      }),
  );
  const [first] = kept.values();
  if (first === undefined || (force && command.by.role === 'admin')) return { items: asked, forced: kept.size > 0 };
  const items = named === null ? asked.filter(({ order_item_id }) => !kept.has(order_item_id)) : [];
  return items.length === 0 ? first : { items, forced: false };
};

const everythingLeft = (order: Order): readonly RequestedReturnItem[] =>
  order.lines
    .map((line) => ({ order_item_id: line.id, quantity: countUnits(freeUnits(order, line)), reason: null }))
    .filter(({ quantity }) => quantity > 0);

const assignUnits = (
  wanted: readonly RequestedReturnItem[],
  { command, order, rules }: Opening,
): readonly ReturnedItem[] | OrderRejection => {
  const items: ReturnedItem[] = [];
  for (const item of wanted) {
    const { order_item_id } = item;
    const line = order.lines.find(({ id }) => id === order_item_id);
    if (line === undefined) return { rejected: 'return.unknown_item', order_item_id };
    if (items.some((one) => one.order_item_id === order_item_id)) {
      return { rejected: 'return.duplicate_item', order_item_id };
    }
    const units = unitsFor(item, line, order);
    if ('rejected' in units) return units;
    items.push({ ...item, id: rules.returnItemId(command.data.return_id, order_item_id), units });
  }
  return items;
};

const unitsFor = (
  { order_item_id, quantity }: RequestedReturnItem,
  line: OrderLine,
  order: Order,
): ReturnedItem['units'] | OrderRejection => {
  const free = freeUnits(order, line);
  const returnable = countUnits(free);
  if (!Number.isSafeInteger(quantity) || quantity < 1) return { rejected: 'return.invalid_quantity', order_item_id };
  return quantity > returnable
    ? { rejected: 'return.quantity_exceeds_returnable', order_item_id, requested: quantity, returnable }
    : valueUnits(line, lowestUnits(free, quantity), order);
};

/** The refund if every requested unit is accepted and nothing else happens in the meantime. */
const estimate = ({ order, command, rules }: Opening, items: readonly ReturnedItem[]): Minor =>
  settlementOf(
    order,
    {
      items: items.map((item) => ({ ...item, reason: item.reason ?? command.data.reason })),
      ...(rules.returnShippingOnWithdrawal && { shipping_on_withdrawal: true }),
    },
    { items: items.map(({ order_item_id, units }) => ({ order_item_id, units })), ...NO_REVIEW, restocking_fee: 0 },
  ).amount;
