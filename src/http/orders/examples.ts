/** One order as it is asked for and answered, for the documentation. */
export const placeOrderExample = {
  customer_id: 'c-1001',
  customer_email: 'meera@example.com',
  customer_name: 'Meera Sharma',
  currency: 'EUR',
  items: [
    { product_id: 'mug-blue', product_name: 'Blue mug', product_sku: 'MUG-BLUE', unit_price: 12.99, quantity: 2 },
    { product_id: 'tea-assam', product_name: 'Assam tea', unit_price: '7.50', quantity: 1, discount: '0.50' },
  ],
  shipping_address: { recipient_name: 'Meera Sharma', street: 'Οδός Ερμού 1', city: 'Αθήνα', zip_code: '10563' },
};

/** Far in the future, so that the example stays valid. */
const LATER = '2099-12-24T18:00:00.000Z';

export const scheduleOrderExample = { ...placeOrderExample, scheduled_for: LATER };

const address = placeOrderExample.shipping_address;
const placedAt = '2026-03-01T12:00:00.000Z';

/** Of an item whose units are all left. */
const NOT_SHIPPED = {
  shipped_quantity: 0,
  cancelled_quantity: 0,
  return_requested_quantity: 0,
  returned_quantity: 0,
  catalogue_price: null as number | null,
  returnable: true,
  return_window_days: null,
  returnable_until: null as string | null,
  meta_data: null,
};

export const orderExample = {
  id: '0195513c-6c00-7000-8000-000000000001',
  order_number: 'ORD-2026-000001',
  customer_id: 'c-1001',
  customer_email: 'meera@example.com',
  customer_name: 'Meera Sharma',
  status: 'pending',
  previous_status: null,
  currency: 'EUR',
  subtotal: 33.48,
  discount_total: 0.5,
  tax: 3.3,
  shipping_cost: 5,
  total: 41.28,
  amount_due: 41.28,
  credited: 0,
  overpaid: 0,
  item_count: 3,
  payment_status: 'unpaid',
  refund_status: 'none',
  shipping_address: address,
  billing_address: address,
  notes: null,
  meta_data: null,
  payment_method: null,
  items: [
    {
      id: '0195513c-6c00-7000-8000-000000000002',
      product_id: 'mug-blue',
      product_name: 'Blue mug',
      product_sku: 'MUG-BLUE',
      product_description: null,
      unit_price: 12.99,
      quantity: 2,
      total_price: 25.98,
      discount: 0,
      tax: 2.6,
      final_price: 28.58,
      ...NOT_SHIPPED,
    },
    {
      id: '0195513c-6c00-7000-8000-000000000003',
      product_id: 'tea-assam',
      product_name: 'Assam tea',
      product_sku: null,
      product_description: null,
      unit_price: 7.5,
      quantity: 1,
      total_price: 7.5,
      discount: 0.5,
      tax: 0.7,
      final_price: 7.7,
      ...NOT_SHIPPED,
    },
  ],
  delivery: {
    partner_id: null,
    latitude: null,
    longitude: null,
    estimated_delivery_at: '2026-03-01T12:30:00.000Z',
    scheduled_for: null,
  },
  shipment: null as object | null,
  shipments: [] as readonly object[],
  overrides_catalogue: false,
  held: null as object | null,
  exchange_of: null,
  cancellation: null,
  payments: [] as readonly object[],
  refunds: [] as readonly object[],
  returns: [],
  documents: [],
  allowed_actions: ['confirm', 'cancel'],
  created_at: placedAt,
  updated_at: placedAt,
  confirmed_at: null,
  shipped_at: null,
  delivered_at: null,
  cancelled_at: null,
};

export const scheduledOrderExample = {
  ...orderExample,
  status: 'scheduled',
  delivery: { ...orderExample.delivery, estimated_delivery_at: null, scheduled_for: LATER },
  allowed_actions: ['cancel'],
};

export const confirmedOrderExample = {
  ...orderExample,
  status: 'confirmed',
  previous_status: 'pending',
  allowed_actions: ['start_processing', 'cancel'],
  updated_at: '2026-03-01T12:01:00.000Z',
  confirmed_at: '2026-03-01T12:01:00.000Z',
};

export const heldOrderExample = {
  ...confirmedOrderExample,
  allowed_actions: ['cancel'],
  held: { reason_category: 'fraud_check', by: 'admin', at: '2026-03-01T12:02:00.000Z' },
  updated_at: '2026-03-01T12:02:00.000Z',
};

/** One of two mugs has left. */
export const shippedPartExample = {
  ...confirmedOrderExample,
  status: 'partially_shipped',
  previous_status: 'processing',
  items: orderExample.items.map((item, index) => ({ ...item, shipped_quantity: index === 0 ? 1 : 0 })),
  shipment: { carrier: 'DHL', tracking_number: '00340434161094021501' },
  shipments: [
    {
      id: '5d7a0c1e-2f3b-5a4c-8d6e-7f8091a2b3c4',
      items: [{ order_item_id: orderExample.items[0]?.id, quantity: 1 }],
      carrier: 'DHL',
      tracking_number: '00340434161094021501',
      tracking_url: 'https://track.example/00340434161094021501',
      status: 'shipped',
      resolution: null,
      shipped_at: '2026-03-02T08:00:00.000Z',
      delivered_at: null,
      invoice_id: '7c0d1e2f-3a4b-5c6d-8e7f-9a0b1c2d3e4f',
    },
  ] as readonly object[],
  allowed_actions: ['ship', 'out_for_delivery', 'deliver'],
  updated_at: '2026-03-02T08:00:00.000Z',
  shipped_at: '2026-03-02T08:00:00.000Z',
};

export const addItemsExample = {
  items: [{ product_id: 'pot-clay', product_name: 'Clay pot', unit_price: 10, quantity: 1 }],
};

export const addedItemsExample = {
  ...confirmedOrderExample,
  subtotal: 43.48,
  tax: 4.3,
  total: 52.28,
  amount_due: 52.28,
  item_count: 4,
  items: [
    ...orderExample.items,
    {
      id: '0195513c-6c00-7000-8000-000000000004',
      product_id: 'pot-clay',
      product_name: 'Clay pot',
      product_sku: null,
      product_description: null,
      unit_price: 10,
      quantity: 1,
      total_price: 10,
      discount: 0,
      tax: 1,
      final_price: 11,
      ...NOT_SHIPPED,
    },
  ],
};

/** One of two mugs was broken in the warehouse. */
export const cancelledItemsExample = {
  ...confirmedOrderExample,
  subtotal: 20.49,
  tax: 2,
  total: 26.99,
  amount_due: 26.99,
  item_count: 2,
  items: orderExample.items.map((item, index) =>
    index === 0 ? { ...item, total_price: 12.99, tax: 1.3, final_price: 14.29, cancelled_quantity: 1 } : item,
  ),
};

export const cancelledOrderExample = {
  ...orderExample,
  status: 'cancelled',
  previous_status: 'pending',
  amount_due: 0,
  payment_status: 'settled',
  allowed_actions: [],
  cancellation: { reason: 'Ordered by mistake', category: 'changed_mind', by: 'admin', at: '2026-03-01T12:02:00.000Z' },
  updated_at: '2026-03-01T12:02:00.000Z',
  cancelled_at: '2026-03-01T12:02:00.000Z',
};

export const historyExample = [
  {
    previous_status: null,
    new_status: 'pending',
    changed_by: 'c-1001',
    changed_by_role: 'customer',
    changed_by_name: 'Meera Sharma',
    notes: null,
    at: placedAt,
    ip: '203.0.113.7',
    user_agent: 'curl/8.5.0',
  },
];

export const eventExample = {
  id: '3c0d6a0e-6bb2-5a3e-8f1f-0c9d2f1f9b10',
  type: 'OrderConfirmed',
  stream: 'order-0195513c-6c00-7000-8000-000000000001',
  revision: '1',
  position: '4711',
  recorded_at: '2026-03-01T12:01:00.000Z',
  data: {},
  metadata: {
    actor: { id: 'admin', role: 'admin' },
    correlation_id: '7c1d2c52-8d4e-4c57-9a3e-0d9f1f2a3b4c',
    causation_id: '7c1d2c52-8d4e-4c57-9a3e-0d9f1f2a3b4c',
    schema_version: 1,
  },
  hash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
};

const refundedAt = '2026-03-03T09:00:00.000Z';

/** One of two mugs came damaged: its share went back. */
export const refundedOrderExample = {
  ...orderExample,
  status: 'delivered',
  previous_status: 'shipped',
  amount_due: 0,
  credited: 14.29,
  payment_status: 'paid',
  refund_status: 'pending',
  payments: [
    { id: '0195513d-5660-7000-8000-000000000011', status: 'completed', amount: 41.28, refunded_amount: 0 },
  ] as readonly object[],
  refunds: [
    {
      id: '8a0d3c5e-3f6b-5d1c-9a74-2b1f0e9d8c31',
      payment_id: '0195513d-5660-7000-8000-000000000011',
      return_id: null,
      kind: 'line',
      amount: 14.29,
      status: 'pending',
      method: 'original_payment',
      at: refundedAt,
    },
  ] as readonly object[],
  allowed_actions: ['return_order'],
  updated_at: refundedAt,
  confirmed_at: '2026-03-01T12:01:00.000Z',
  shipped_at: '2026-03-02T08:00:00.000Z',
  delivered_at: '2026-03-03T08:00:00.000Z',
};
