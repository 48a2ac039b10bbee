import type { DocumentView } from './documents.ts';
import { payInFull } from './pay-and-return.ts';
import { showPlaced } from './place-and-deliver.ts';
import { amount, tell, waitFor, type OrderView, type Stage } from './stage.ts';

type Shipped = OrderView & {
  readonly refund_status: string;
  readonly credited: number;
  readonly shipments: readonly { readonly id: string; readonly status: string }[];
};

const jonasOrder = {
  customer_id: 'jonas',
  customer_email: 'jonas@customer.example',
  customer_name: 'Jonas Weiß',
  currency: 'EUR',
  items: [
    { product_id: 'P-300', product_name: 'Espresso cup', product_sku: 'CUP-E', quantity: 4, unit_price: 8.5 },
    { product_id: 'P-301', product_name: 'Dinner plate', product_sku: 'PLATE', quantity: 2, unit_price: 12 },
  ],
  shipping_address: { recipient_name: 'Jonas Weiß', street: 'Gänsemarkt 3', city: 'Hamburg', zip_code: '20354' },
};

/**
 * One plate is broken in the warehouse, the rest leaves in two parcels, and one of these is lost: what the customer did not
 * get is not paid.
 */
export const shipInParts = async (stage: Stage): Promise<OrderView> => {
  const { staff } = stage;
  const order = await staff.post<OrderView>('/orders', jonasOrder);
  showPlaced(stage, order);
  const { id, order_number, currency } = order;
  const [cups, plates] = order.items;
  if (cups === undefined || plates === undefined) throw new Error(`${order_number} lacks items`);
  await payInFull(stage, order);
  await waitFor(`${order_number} confirmed by its payment`, async () => {
    const { status } = await staff.get<OrderView>(`/orders/${id}`);
    return status === 'confirmed' ? status : undefined;
  });
  await staff.post(`/orders/${id}/state`, { action: 'start_processing' });

  const picked = await staff.post<OrderView>(`/orders/${id}/cancel-items`, {
    items: [{ order_item_id: plates.id, quantity: 1 }],
    reason_category: 'out_of_stock',
    note: 'Broken on the shelf',
  });
  tell(stage, 'short pick', `${order_number}   one plate less: total ${amount(picked.total, currency)}`);

  const ship = (parcel: object) => staff.post<Shipped>(`/orders/${id}/shipments`, parcel);
  await ship({ items: [{ order_item_id: cups.id, quantity: 2 }], carrier: 'Hermes Couriers', tracking_number: 'HC-1' });
  const { shipments } = await ship({ carrier: 'Hermes Couriers', tracking_number: 'HC-2' });
  tell(stage, 'parcels', `${order_number}   ${shipments.length}: two cups, and the rest`);
  const [first, second] = shipments;
  if (first === undefined || second === undefined) throw new Error(`${order_number} did not leave in two parcels`);
  await staff.post(`/orders/${id}/shipments/${first.id}/state`, { action: 'deliver' });
  const lost = await staff.post<Shipped>(`/orders/${id}/shipments/${second.id}/state`, {
    action: 'lost',
    resolution: 'refund',
    note: 'The carrier confirmed the loss',
  });
  tell(stage, 'lost', `${order_number}   the second parcel: ${amount(lost.credited, currency)} are credited`);
  const settled = await waitFor(`the refunds of ${order_number}, with its documents`, async () => {
    const now = await staff.get<Shipped>(`/orders/${id}`);
    const documents = await staff.get<readonly DocumentView[]>(`/invoices?order_id=${id}`);
    const areReady = documents.length === 2 && documents.every(({ status }) => status === 'ready');
    return now.refund_status === 'done' && areReady ? now : undefined;
  });
  tell(stage, 'settled', `${order_number}   ${settled.status}, and paid for what has arrived`);
  return settled;
};
