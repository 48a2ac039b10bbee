import { Type } from '@sinclair/typebox';
import { DOCUMENT_TYPES } from '../../domain/document/index.ts';
import {
  HOLD_REASONS,
  ORDER_ACTIONS,
  ORDER_PAYMENT_STATUSES,
  ORDER_REFUND_STATUSES,
  ORDER_RETURN_STATUSES,
  ORDER_STATUSES,
  REFUND_KINDS,
  REFUND_METHODS,
  REFUND_STATES,
  RETURN_REFUND_STATUSES,
  SHIPMENT_RESOLUTIONS,
  SHIPMENT_STATUSES,
} from '../../domain/order/index.ts';
import { PAYMENT_STATUSES } from '../../domain/payment/index.ts';
import { asOfResponse } from '../trail/as-of.ts';
import { historyResponse } from '../trail/schemas.ts';
import { nullable } from '../server/schemas/fields.ts';
import type { DocumentSummary } from './deps.ts';
import {
  everyWord,
  free,
  maybe,
  maybeAddress,
  money,
  shape,
  time,
  uuid,
  words,
} from '../server/schemas/response-parts.ts';

const status = () => words(ORDER_STATUSES);

export const orderItemProperties = {
  id: uuid(),
  product_id: Type.String(),
  product_name: maybe.text(),
  product_sku: maybe.text(),
  product_description: maybe.text(),
  unit_price: money(),
  quantity: Type.Integer({ description: 'Ordered units, those that were cancelled included.' }),
  total_price: money(),
  discount: money(),
  tax: money(),
  final_price: money(),
  shipped_quantity: Type.Integer({ description: 'Units in shipments.' }),
  cancelled_quantity: Type.Integer(),
  return_requested_quantity: Type.Integer(),
  returned_quantity: Type.Integer(),
  catalogue_price: nullable(
    Type.Number({
      description: 'For staff: the price in the catalogue when it was ordered; null if it was sold at that price.',
    }),
  ),
  returnable: Type.Boolean({ description: 'As the catalogue said when it was ordered.' }),
  return_window_days: nullable(
    Type.Integer({ description: 'Days after delivery, as the catalogue said when it was ordered; null: the shop’s.' }),
  ),
  returnable_until: maybe.time(),
  meta_data: free(),
};

const hold = shape(
  {
    reason_category: words(HOLD_REASONS, 'Why the order is neither processed nor shipped. Only staff see it.'),
    by: Type.String(),
    at: time(),
  },
  'Hold',
);

const item = shape(orderItemProperties, 'OrderItem');

const shipment = shape(
  {
    id: uuid(),
    items: Type.Array(shape({ order_item_id: uuid(), quantity: Type.Integer() })),
    carrier: maybe.text(),
    tracking_number: maybe.text(),
    tracking_url: maybe.text(),
    status: words(SHIPMENT_STATUSES),
    resolution: nullable(
      words(
        SHIPMENT_RESOLUTIONS,
        'What became of one that is lost or returned to the sender; null until it is decided.',
      ),
    ),
    shipped_at: time(),
    delivered_at: maybe.time(),
    invoice_id: nullable(uuid()),
  },
  'Shipment',
);

const documentSummary = shape(
  {
    id: uuid(),
    type: words(DOCUMENT_TYPES),
    status: everyWord<DocumentSummary['status']>({ pending: true, ready: true, failed: true }),
    number: maybe.text(),
    reason: maybe.text(),
  },
  'DocumentSummary',
);

const paymentSummary = shape(
  { id: uuid(), status: words(PAYMENT_STATUSES), amount: money(), refunded_amount: money() },
  'PaymentSummary',
);

const refund = shape(
  {
    id: uuid(),
    payment_id: uuid(),
    return_id: nullable(uuid()),
    kind: words(
      REFUND_KINDS,
      'Reason of the refund. `overpaid`: more was paid than is owed. `money`: an admin refunded it without a credit.',
    ),
    amount: money(),
    status: words(
      REFUND_STATES,
      '`failed`: staff must resolve it. `resolved`: staff paid it out. `withdrawn`: it is not refunded.',
    ),
    method: words(REFUND_METHODS),
    at: time(),
  },
  'OrderRefund',
);

const returnSummary = shape(
  {
    id: uuid(),
    return_number: Type.String(),
    status: words(ORDER_RETURN_STATUSES, '`open` until it is processed; GET /returns/{id} shows its status.'),
    refund_amount: nullable(Type.Number({ description: 'Settled amount; null before.' })),
    refunded_amount: money(),
    refund_status: nullable(words(RETURN_REFUND_STATUSES)),
  },
  'ReturnSummary',
);

export const orderProperties = {
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
  credited: Type.Number({ description: 'Sum of all credits.' }),
  overpaid: Type.Number({ description: 'Captured money that is not owed; it is refunded.' }),
  item_count: Type.Integer({ description: 'Sum of the quantities.' }),
  payment_status: words(ORDER_PAYMENT_STATUSES, '`settled`: nothing is due, and no captured money is left.'),
  refund_status: words(ORDER_REFUND_STATUSES, '`failed` while staff must resolve a refund.'),
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
  shipments: Type.Array(shipment, { description: 'What left, in the order in which it left.' }),
  overrides_catalogue: Type.Optional(
    Type.Boolean({ description: 'For staff: something is sold at another price than the catalogue’s.' }),
  ),
  held: nullable(hold),
  exchange_of: nullable(
    shape({ return_id: uuid(), return_number: Type.String(), order_id: uuid(), order_number: Type.String() }),
  ),
  cancellation: nullable(shape({ reason: maybe.text(), category: maybe.text(), by: maybe.text(), at: time() })),
  payments: Type.Array(paymentSummary, { description: 'Payments that were started, oldest first.' }),
  refunds: Type.Array(refund, { description: 'Refunds, oldest first.' }),
  returns: Type.Array(returnSummary),
  documents: Type.Array(documentSummary),
  allowed_actions: Type.Array(words(ORDER_ACTIONS), { description: 'Actions that are possible for you now.' }),
  erased: Type.Optional(
    Type.Literal(true, { description: 'True if the personal data was erased; its fields are then null.' }),
  ),
  external_source: Type.Optional(Type.String({ description: 'Source of an imported order.' })),
  external_number: Type.Optional(Type.String({ description: 'Number of an imported order in its source.' })),
  external_documents: Type.Optional(
    Type.Array(
      shape({
        type: words(DOCUMENT_TYPES),
        number: Type.String(),
        amount: money(),
        issued_at: time(),
      }),
      { description: 'Of an order that was imported from another Waybill: the documents that were issued there.' },
    ),
  ),
  as_of: asOfResponse(),
  created_at: time(),
  updated_at: time(),
  confirmed_at: maybe.time(),
  shipped_at: maybe.time(),
  delivered_at: maybe.time(),
  cancelled_at: maybe.time(),
};

export const orderResponse = shape(orderProperties, 'Order');

export const cancelledOrderResponse = shape(
  { ...orderProperties, refund_initiated: Type.Boolean({ description: 'Whether a refund was started.' }) },
  'CancelledOrder',
);

export const orderHistoryResponse = historyResponse(ORDER_STATUSES, 'StatusChange');
