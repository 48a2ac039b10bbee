import type { Sandbox } from '../sandbox/merchant-services.ts';
import { saveDocument } from './documents.ts';
import type { Followed } from './follow.ts';
import { amount, tell, waitFor, type OrderView, type Stage } from './stage.ts';

/** The services of a grocery that sells through a cart. */
export type Grocery = Pick<Sandbox, 'cart' | 'product' | 'customer'>;

export const NEIGHBOUR = { id: 'lakshmi', email: 'lakshmi@customer.example', name: 'Lakshmi Iyer' };
export const COURIER = 'courier-7';

const DOORSTEP = { delivery_latitude: 12.9352, delivery_longitude: 77.6245 };
/** From the store to the door. */
const WAY = [
  { latitude: 12.9719, longitude: 77.6412 },
  { latitude: 12.9552, longitude: 77.6321 },
  { latitude: 12.9354, longitude: 77.6247 },
];

/** The mail with the invoice waits for the invoice, so it may come after the delivery mail. */
const LAST_KINDS = ['order_delivered', 'order_shipped'];

type MessageView = { readonly kind: string; readonly to: string; readonly subject: string; readonly status: string };

const fillCart = async ({ cart }: Grocery): Promise<void> => {
  const items = [
    { product_id: 'bananas', quantity: 2 },
    { product_id: 'milk', quantity: 3 },
  ];
  const response = await fetch(`${cart.url}/api/v1/cart/${NEIGHBOUR.id}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ items }),
  });
  if (!response.ok) throw new Error(`the cart could not be filled: ${response.status}`);
};

const asText = ({ event, data }: Followed): string =>
  `${event.padEnd(9)} ${Object.values(data)
    .filter((value) => value !== null)
    .join('  ')}`;

/** Every message about the order, once all are sent. */
const showMessages = async (stage: Stage, { id, order_number }: OrderView): Promise<void> => {
  const messages = await waitFor(`the messages of ${order_number}`, async () => {
    const found = await stage.staff.get<readonly MessageView[]>(`/admin/messages?order_id=${id}`);
    const isSaid = found.every(({ status }) => status === 'written' || status === 'sent');
    const kinds = found.map(({ kind }) => kind);
    return isSaid && LAST_KINDS.every((kind) => kinds.includes(kind)) ? found : undefined;
  });
  for (const { to, subject } of messages.toReversed()) tell(stage, 'message', `to ${to}: ${subject}`);
};

const showCart = async (stage: Stage, { cart, product }: Grocery): Promise<void> => {
  const left = await waitFor('the cart is empty', async () => {
    const { status } = await fetch(`${cart.url}/api/v1/cart/${NEIGHBOUR.id}`);
    return status === 404 ? 0 : undefined;
  });
  const { name, stock_quantity } = (await (await fetch(`${product.url}/api/products/bananas`)).json()) as {
    readonly name: string;
    readonly stock_quantity: number;
  };
  tell(stage, 'cart', `${left} lines left; ${stock_quantity} × ${name} in stock`);
};

/** From a full cart to the door, followed live by the customer, with the messages she received. */
export const buyGroceries = async (stage: Stage, grocery: Grocery): Promise<OrderView> => {
  const { staff, neighbour, courier } = stage;
  await fillCart(grocery);
  const order = await neighbour.post<OrderView>('/orders/checkout', {
    shipping_address: { recipient_name: NEIGHBOUR.name, street: '4th Block 17', city: 'Bengaluru', country: 'IN' },
    payment_method: 'cash_on_delivery',
    ...DOORSTEP,
  });
  tell(
    stage,
    'checked out',
    `${order.order_number} for ${order.customer_name}: ${amount(order.total, order.currency)}`,
  );
  const path = `/orders/${order.id}`;
  const { ended } = await stage.follow(`${path}/tracking-stream`, (event) => tell(stage, 'live', asText(event)));

  for (const action of ['confirm', 'start_processing']) await staff.post(`${path}/state`, { action });
  await staff.put(`${path}/assign-delivery`, { delivery_partner_id: COURIER });
  await courier.put(`${path}/status`, { status: 'out_for_delivery' });
  for (const place of WAY) await courier.put(`${path}/delivery-location`, place);
  const delivered = await courier.put<OrderView>(`${path}/status`, { status: 'delivered' });
  await ended;

  await neighbour.post(`${path}/feedback`, { rating: 5, comment: 'Still cold' });
  tell(stage, 'feedback', '5 of 5: Still cold');
  await saveDocument(stage, `/invoices/order/${order.id}`);
  await showMessages(stage, order);
  await showCart(stage, grocery);
  return delivered;
};
