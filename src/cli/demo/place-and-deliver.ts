import { amount, tell, type OrderView, type Stage } from './stage.ts';

export const MEERA = { id: 'meera', email: 'meera@customer.example', name: 'मीरा शर्मा' };
export const ELENI = { id: 'eleni', email: 'eleni@customer.example', name: 'Ελένη Παπαδοπούλου' };

/** Taken by the staff on the phone: INR, a discount, prices whose tax rounds. */
const meerasOrder = {
  customer_id: MEERA.id,
  customer_email: MEERA.email,
  customer_name: MEERA.name,
  currency: 'INR',
  items: [
    { product_id: 'P-100', product_name: 'चाय मसाला', product_sku: 'CHAI-250', quantity: 3, unit_price: 149.35 },
    {
      product_id: 'P-101',
      product_name: 'Steel kettle',
      product_sku: 'KETTLE',
      quantity: 1,
      unit_price: 1899.99,
      discount: 200,
    },
    { product_id: 'P-102', product_name: 'Cotton towel', product_sku: 'TOWEL', quantity: 7, unit_price: '89.05' },
  ],
  shipping_address: {
    recipient_name: MEERA.name,
    street: '४२ महात्मा गांधी मार्ग',
    city: 'Bengaluru',
    state: 'Karnataka',
    zip_code: '560001',
    country: 'IN',
    phone: '+91 80 5550 0000',
  },
};

/** Placed by the customer herself: EUR, a third that rounds. */
const elenisOrder = {
  currency: 'EUR',
  items: [
    { product_id: 'P-200', product_name: 'Ελαιόλαδο 1 l', product_sku: 'OIL-1L', quantity: 3, unit_price: 33.33 },
    { product_id: 'P-201', product_name: 'Linen apron', product_sku: 'APRON', quantity: 1, unit_price: 24.95 },
  ],
  shipping_address: { recipient_name: ELENI.name, street: 'Ερμού 12', city: 'Αθήνα', zip_code: '10563', country: 'GR' },
};

export const showPlaced = (stage: Stage, order: OrderView): void => {
  const { currency } = order;
  tell(stage, 'placed', `${order.order_number} for ${order.customer_name}`);
  tell(
    stage,
    '',
    `subtotal ${amount(order.subtotal, currency)}, discount ${amount(order.discount_total, currency)}, ` +
      `tax ${amount(order.tax, currency)}, shipping ${amount(order.shipping_cost, currency)}: ` +
      `total ${amount(order.total, currency)}`,
  );
};

/** Two customers' orders: one taken by the staff, one placed by the customer. */
export const placeOrders = async (
  stage: Stage,
): Promise<{ readonly meeras: OrderView; readonly elenis: OrderView }> => {
  const meeras = await stage.staff.post<OrderView>('/orders', meerasOrder);
  showPlaced(stage, meeras);
  const elenis = await stage.customer.post<OrderView>('/orders', elenisOrder);
  showPlaced(stage, elenis);
  return { meeras, elenis };
};

const STEPS = [
  { action: 'start_processing', notes: 'Stock checked' },
  { action: 'ship', carrier: 'Hermes Couriers', tracking_number: 'HC-4711' },
  { action: 'deliver', notes: 'Handed over at the door' },
];

/** From confirmed, by hand or by payment, to the customer's door. */
export const deliver = async (stage: Stage, { id, order_number }: OrderView): Promise<void> => {
  const { status } = await stage.staff.get<OrderView>(`/orders/${id}`);
  const steps = status === 'pending' ? [{ action: 'confirm' }, ...STEPS] : STEPS;
  for (const step of steps) {
    const order = await stage.staff.post<OrderView>(`/orders/${id}/state`, step);
    tell(stage, order.status, `${order_number}   next: ${order.allowed_actions.join(', ') || '-'}`);
  }
};

type HistoryRow = {
  readonly previous_status: string | null;
  readonly new_status: string;
  readonly changed_by_role: string;
  readonly notes: string | null;
  readonly at: string;
};

export const showHistory = async (stage: Stage, { id, order_number }: OrderView): Promise<void> => {
  tell(stage, 'history of', order_number);
  for (const row of await stage.staff.get<readonly HistoryRow[]>(`/orders/${id}/history`))
    tell(
      stage,
      '',
      `${row.at}  ${(row.previous_status ?? '-').padEnd(18)} -> ${row.new_status.padEnd(18)} ` +
        `by ${row.changed_by_role}${row.notes === null ? '' : `: ${row.notes}`}`,
    );
};
