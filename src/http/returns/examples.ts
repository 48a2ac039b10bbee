import { eventExample, historyExample, orderExample } from '../orders/examples.ts';

const [mug] = orderExample.items;

/** A return as it is asked for and answered, for the documentation. */
export const returnOrderExample = {
  reason: 'size_issue',
  reason_description: 'Too small for my tea',
  items: [{ order_item_id: mug?.id, quantity: 1, condition: 'like new' }],
};

export const openReturnExample = { order_id: orderExample.id, ...returnOrderExample };

const openedAt = '2026-03-04T10:00:00.000Z';

export const returnExample = {
  id: '01957a1e-4d00-7000-8000-000000000021',
  return_number: 'RET-2026-000001',
  order_id: orderExample.id,
  order_number: orderExample.order_number,
  status: 'initiated',
  previous_status: null as string | null,
  reason: 'size_issue',
  reason_description: 'Too small for my tea',
  refund_amount: 14.29,
  refunded_amount: 0,
  refund_method: null,
  refund_status: null,
  restocking_fee: 0,
  currency: 'EUR',
  items: [
    {
      id: '6f1d2c3b-4a59-5e68-8777-86950a4b3c2d',
      order_item_id: mug?.id,
      product_id: mug?.product_id,
      product_name: mug?.product_name,
      product_sku: mug?.product_sku,
      quantity: 1,
      received_quantity: null,
      accepted_quantity: null,
      refund_amount: 14.29,
      reason: null,
      condition: 'like new',
      condition_notes: null,
      disposition: null,
    },
  ],
  return_address: null,
  tracking_number: null,
  notes: null as string | null,
  rejection_reason: null as string | null,
  exchange: null as object | null,
  review: null as object | null,
  meta_data: null,
  allowed_actions: ['approve', 'reject', 'cancel'],
  created_at: openedAt,
  updated_at: openedAt,
  approved_at: null as string | null,
  pickup_scheduled_at: null,
  received_at: null,
  processed_at: null,
  refunded_at: null,
};

const approvedAt = '2026-03-04T11:00:00.000Z';

export const approvedReturnExample = {
  ...returnExample,
  status: 'approved',
  previous_status: 'initiated',
  allowed_actions: ['reject', 'cancel', 'schedule_pickup', 'receive', 'not_sent'],
  updated_at: approvedAt,
  approved_at: approvedAt,
};

export const reviewedReturnExample = {
  ...approvedReturnExample,
  refund_amount: 10,
  review: {
    decision: 'approved',
    notes: 'A scratch on the handle',
    refund_amount: 10,
    refund_shipping: false,
    by: 'admin',
    at: approvedAt,
  },
};

export const exchangeReturnExample = {
  items: [{ product_id: 'mug-red', product_name: 'Red mug', unit_price: 12.99, quantity: 1 }],
  delivery_fee: 0,
};

export const exchangedReturnExample = {
  ...approvedReturnExample,
  status: 'processed',
  previous_status: 'received',
  refund_method: 'store_credit',
  refund_status: 'pending',
  exchange: { order_id: '01957a1e-4d00-7000-8000-000000000099', order_number: 'ORD-2026-000009' },
  allowed_actions: [],
};

export const rejectedReturnExample = {
  ...returnExample,
  status: 'rejected',
  previous_status: 'initiated',
  rejection_reason: 'It was used for weeks',
  allowed_actions: [],
  updated_at: approvedAt,
};

export const changedReturnExample = { ...returnExample, notes: 'Leave it with the neighbour' };

export const returnHistoryExample = historyExample.map((row) => ({ ...row, new_status: 'initiated', at: openedAt }));

export const returnEventExample = {
  ...eventExample,
  type: 'ReturnPickupScheduled',
  stream: `return-${returnExample.id}`,
};
