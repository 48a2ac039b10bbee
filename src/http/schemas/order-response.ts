import { Type } from '@sinclair/typebox';
import { ORDER_ACTIONS, ORDER_STATUSES } from '../../domain/order/index.ts';
import { nullable } from './fields.ts';

const uuid = () => Type.String({ format: 'uuid' });
const time = () => Type.String({ format: 'date-time' });
const maybe = {
  text: () => nullable(Type.String()),
  time: () => nullable(time()),
  number: () => nullable(Type.Number()),
};
const free = () => nullable(Type.Record(Type.String(), Type.Unknown()));
const maybeAddress = () => Type.Union([Type.String(), Type.Record(Type.String(), Type.Unknown()), Type.Null()]);
const money = () => Type.Number({ description: 'Major units.' });
const words = (known: readonly string[]) => Type.Unsafe<string>({ type: 'string', enum: [...known] });
const status = () => words(ORDER_STATUSES);
const shape = <P extends Parameters<typeof Type.Object>[0]>(properties: P, component?: string) =>
  Type.Object(properties, { additionalProperties: false, ...(component !== undefined && { component }) });

const item = shape(
  {
    id: uuid(),
    product_id: Type.String(),
    product_name: maybe.text(),
    product_sku: maybe.text(),
    product_description: maybe.text(),
    unit_price: money(),
    quantity: Type.Integer(),
    total_price: money(),
    discount: money(),
    tax: money(),
    final_price: money(),
    return_requested_quantity: Type.Integer(),
    returned_quantity: Type.Integer(),
    meta_data: free(),
  },
  'OrderItem',
);

const documentSummary = shape(
  {
    id: uuid(),
    type: words(['invoice', 'credit_memo']),
    status: words(['pending', 'ready', 'failed']),
    number: maybe.text(),
    reason: maybe.text(),
  },
  'DocumentSummary',
);

const orderProperties = {
  id: uuid(),
  order_number: Type.String(),
  customer_id: Type.String(),
  customer_email: maybe.text(),
  customer_name: maybe.text(),
  status: status(),
  previous_status: nullable(status()),
  currency: Type.String(),
  subtotal: money(),
  discount_total: money(),
  tax: money(),
  shipping_cost: money(),
  total: money(),
  amount_due: money(),
  item_count: Type.Integer({ description: 'Sum of the quantities.' }),
  shipping_address: maybeAddress(),
  billing_address: maybeAddress(),
  notes: maybe.text(),
  meta_data: free(),
  payment_method: maybe.text(),
  items: Type.Array(item),
  delivery: shape({
    partner_id: maybe.text(),
    latitude: maybe.number(),
    longitude: maybe.number(),
    estimated_delivery_at: maybe.time(),
    scheduled_for: maybe.time(),
  }),
  shipment: nullable(shape({ carrier: maybe.text(), tracking_number: maybe.text() })),
  cancellation: nullable(shape({ reason: maybe.text(), category: maybe.text(), by: maybe.text(), at: time() })),
  payments: Type.Array(Type.Record(Type.String(), Type.Unknown())),
  returns: Type.Array(Type.Record(Type.String(), Type.Unknown())),
  documents: Type.Array(documentSummary),
  allowed_actions: Type.Array(words(ORDER_ACTIONS), { description: 'What you may ask for now.' }),
  erased: Type.Optional(Type.Literal(true, { description: 'The personal data was erased: it is null.' })),
  created_at: time(),
  updated_at: time(),
  confirmed_at: maybe.time(),
  shipped_at: maybe.time(),
  delivered_at: maybe.time(),
  cancelled_at: maybe.time(),
};

export const orderResponse = shape(orderProperties, 'Order');

export const cancelledOrderResponse = shape(
  { ...orderProperties, refund_initiated: Type.Boolean({ description: 'Whether money is on its way back.' }) },
  'CancelledOrder',
);

export const orderHistoryResponse = Type.Array(
  shape(
    {
      previous_status: nullable(status()),
      new_status: status(),
      changed_by: Type.Optional(maybe.text()),
      changed_by_role: Type.String(),
      changed_by_name: Type.Optional(maybe.text()),
      notes: Type.Optional(maybe.text()),
      at: time(),
      ip: Type.Optional(maybe.text()),
      user_agent: Type.Optional(maybe.text()),
    },
    'StatusChange',
  ),
);

export const eventResponse = shape(
  {
    id: uuid(),
    type: Type.String(),
    stream: Type.String(),
    revision: Type.String({ description: 'Place in its stream, from 0, as a decimal string.' }),
    position: Type.String({ description: 'Place among all events, as a decimal string.' }),
    recorded_at: time(),
    data: Type.Record(Type.String(), Type.Unknown()),
    metadata: shape({
      actor: shape({ id: Type.String(), role: Type.String() }),
      correlation_id: Type.String(),
      causation_id: Type.String(),
      schema_version: Type.Integer(),
    }),
    hash: Type.String({ description: 'SHA-256 that chains this event to the one before it in its stream.' }),
  },
  'Event',
);
