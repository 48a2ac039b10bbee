import type { ReturnActionItem } from './commands.ts';
import type { ProcessedItem, ReceivedItem } from './events.ts';
import type { ReturnRejection } from './rejections.ts';
import type { Return, ReturnItem } from './state.ts';

type Given = readonly ReturnActionItem[];

/** How many units of each line arrived: the given number, otherwise all. */
export const receivedItems = ({ items }: Return, given: Given): readonly ReceivedItem[] | ReturnRejection => {
  const problem = itemProblem(items, given);
  if (problem !== undefined) return problem;
  const received = items.map((item) => ({
    order_item_id: item.order_item_id,
    received_quantity: saidOf(item, given)?.received_quantity ?? item.quantity,
  }));
  const wrong = items.find(({ quantity }, index) => !isWithin(received[index]?.received_quantity, quantity));
  return wrong ? outOfRange(wrong.order_item_id, 'received_quantity', wrong.quantity) : received;
};

/** How many units of each line are accepted, what happens to them, and why they came back. Units sent back are not accepted. */
export const processedItems = ({ items }: Return, given: Given): readonly ProcessedItem[] | ReturnRejection => {
  const problem = itemProblem(items, given);
  if (problem !== undefined) return problem;
  const processed = items.map((item) => {
    const { accepted_quantity = receivedOf(item), disposition = 'restock', reason } = saidOf(item, given) ?? {};
    return { order_item_id: item.order_item_id, accepted_quantity, disposition, ...(reason && { reason }) };
  });
  const wrong = items.find((item, index) => !isWithin(processed[index]?.accepted_quantity, receivedOf(item)));
  if (wrong) return outOfRange(wrong.order_item_id, 'accepted_quantity', receivedOf(wrong));
  return processed.map((item) =>
    item.disposition === 'return_to_customer' ? { ...item, accepted_quantity: 0 } : item,
  );
};

const receivedOf = ({ received_quantity, quantity }: ReturnItem): number => received_quantity ?? quantity;

const saidOf = ({ order_item_id }: ReturnItem, given: Given): ReturnActionItem | undefined =>
  given.find((item) => item.order_item_id === order_item_id);

const isWithin = (quantity: number | undefined, most: number): boolean =>
  quantity !== undefined && Number.isSafeInteger(quantity) && quantity >= 0 && quantity <= most;

const outOfRange = (
  order_item_id: string,
  field: 'received_quantity' | 'accepted_quantity',
  most: number,
): ReturnRejection => ({ rejected: 'return.quantity_out_of_range', order_item_id, field, most });

const itemProblem = (items: readonly ReturnItem[], given: Given): ReturnRejection | undefined => {
  const seen = new Set<string>();
  for (const { order_item_id } of given) {
    if (!items.some((item) => item.order_item_id === order_item_id)) {
      return { rejected: 'return.unknown_item', order_item_id };
    }
    if (seen.has(order_item_id)) return { rejected: 'return.duplicate_item', order_item_id };
    seen.add(order_item_id);
  }
  return undefined;
};
