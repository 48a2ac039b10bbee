import { payInFull, type ReturnView } from './pay-and-return.ts';
import { amount, tell, waitFor, type OrderView, type Stage } from './stage.ts';

type Exchanged = ReturnView & { readonly exchange: { readonly order_id: string } | null };

const COPPER_KETTLE = {
  product_id: 'P-103',
  product_name: 'Copper kettle',
  product_sku: 'KETTLE-CU',
  quantity: 1,
  unit_price: 1499,
};

/**
 * The customer pays at the desk, and later brings the kettle back there: no transport is recorded. The store credit for it
 * pays for another kettle, and the rest stays theirs.
 */
export const exchangeAtTheDesk = async (stage: Stage, order: OrderView): Promise<void> => {
  const kettle = order.items.find(({ product_name }) => product_name === 'Steel kettle');
  if (kettle === undefined) throw new Error(`${order.order_number} has no kettle`);
  await payInFull(stage, order);
  const back = await stage.staff.post<ReturnView>(`/orders/${order.id}/return`, {
    items: [{ order_item_id: kettle.id, quantity: 1 }],
    reason: 'change_of_mind',
    reason_description: 'Would rather have copper',
  });
  for (const action of ['approve', 'receive']) await stage.staff.post(`/returns/${back.id}/state`, { action });
  tell(stage, 'walk-in', `${back.return_number}   brought to the desk, without any transport`);
  const { exchange } = await stage.staff.post<Exchanged>(`/returns/${back.id}/exchange`, {
    items: [COPPER_KETTLE],
    delivery_fee: 0,
  });
  if (exchange === null) throw new Error(`${back.return_number} names no new order`);
  const paid = await waitFor(`the new order of ${back.return_number} paid by store credit`, async () => {
    const now = await stage.staff.get<OrderView>(`/orders/${exchange.order_id}`);
    return now.amount_due === 0 ? now : undefined;
  });
  const { refunded_amount, currency } = await stage.staff.get<ReturnView>(`/returns/${back.id}`);
  tell(
    stage,
    'exchanged',
    `${back.return_number}   worth ${amount(refunded_amount, currency)}, for ${paid.order_number} of ${amount(paid.total, currency)}`,
  );
};
