import { Type } from '@sinclair/typebox';
import type { OrderEvent } from '../../domain/order/index.ts';
import { schemasOf } from './event-schema.ts';
import {
  address,
  counted,
  currency,
  decimal,
  instant,
  metaData,
  minor,
  nullable,
  object,
  personal,
  quantity,
  refundCause,
  refundRemarks,
  returnPersonal,
  returnReason,
  strict,
  text,
  transition,
  uuid,
} from './shapes.ts';

const line = object({
  id: uuid,
  product_id: text,
  product_name: nullable(text),
  product_sku: nullable(text),
  product_description: nullable(text),
  unit_price: minor,
  quantity,
  discount: minor,
  tax: minor,
});
const lineMetaData = Type.Record(Type.String(), metaData);

const orderPersonal = object({
  customer_email: nullable(text),
  customer_name: nullable(text),
  shipping_address: nullable(address),
  billing_address: nullable(address),
  notes: nullable(text),
  meta_data: nullable(metaData),
  latitude: nullable(Type.Number()),
  longitude: nullable(Type.Number()),
  line_meta_data: lineMetaData,
});

const refund = { refund_id: uuid, payment_id: uuid, amount: minor };
const units = Type.Array(object({ first: quantity, last: quantity, amount: minor }));

/** Events of `order-<uuid>`. */
export const orderSchemas = schemasOf<OrderEvent>()({
  OrderPlaced: {
    version: 1,
    data: object({
      order_number: text,
      customer_id: text,
      currency,
      locale: Type.Optional(text),
      tax_rate: decimal,
      shipping_cost: minor,
      payment_method: nullable(text),
      scheduled_for: nullable(instant),
      estimated_delivery_at: nullable(instant),
      lines: Type.Array(line, { minItems: 1 }),
      from_cart: Type.Optional(Type.Literal(true)),
      takes_stock: Type.Optional(Type.Literal(true)),
      personal: personal(orderPersonal),
    }),
  },
  OrderReleased: { version: 1, data: transition({ estimated_delivery_at: nullable(instant) }) },
  OrderConfirmed: { version: 1, data: transition({}) },
  OrderProcessingStarted: { version: 1, data: transition({}) },
  OrderShipped: { version: 1, data: transition({ carrier: nullable(text), tracking_number: nullable(text) }) },
  OrderOutForDelivery: { version: 1, data: transition({}) },
  OrderDelivered: { version: 1, data: transition({}) },
  OrderCancelled: { version: 1, data: transition({ reason_category: nullable(text) }) },
  OrderReturned: { version: 1, data: transition({}) },
  OrderItemsModified: {
    version: 1,
    data: object({
      lines: Type.Array(line, { minItems: 1 }),
      personal: Type.Optional(personal(object({ line_meta_data: lineMetaData }))),
    }),
  },
  OrderDetailsChanged: {
    version: 1,
    data: object({
      personal: personal(Type.Partial(Type.Pick(orderPersonal, ['notes', 'meta_data', 'shipping_address']), strict)),
    }),
  },
  FeedbackGiven: {
    version: 1,
    data: object({
      rating: Type.Integer({ minimum: 1, maximum: 5 }),
      personal: Type.Optional(personal(object({ comment: text }))),
    }),
  },
  DeliveryPartnerAssigned: { version: 1, data: object({ delivery_partner_id: text }) },

  PaymentStarted: { version: 1, data: object({ payment_id: uuid, amount: minor }) },
  PaymentCaptured: { version: 1, data: object({ payment_id: uuid, amount: minor }) },
  PaymentFailed: { version: 1, data: object({ payment_id: uuid }) },
  RefundAllocated: {
    version: 1,
    data: object({
      ...refundCause,
      refunds: Type.Array(object(refund), { minItems: 1 }),
      personal: Type.Optional(personal(refundRemarks)),
    }),
  },
  PaymentRefunded: { version: 1, data: object({ ...refund, ...refundCause }) },
  PaymentRefundFailed: { version: 1, data: object({ ...refund, ...refundCause }) },

  ReturnOpened: {
    version: 1,
    data: object({
      return_id: uuid,
      return_number: text,
      reason: returnReason,
      forced: Type.Boolean(),
      estimate: minor,
      items: Type.Array(object({ id: uuid, order_item_id: uuid, quantity, reason: nullable(returnReason), units }), {
        minItems: 1,
      }),
      personal: personal(returnPersonal),
    }),
  },
  ReturnSettled: {
    version: 1,
    data: object({
      return_id: uuid,
      items: Type.Array(object({ order_item_id: uuid, accepted_quantity: counted, units })),
      shipping: minor,
      reviewed_amount: nullable(minor),
      restocking_fee: minor,
      amount: minor,
      refund_method: nullable(text),
    }),
  },
  ReturnClosed: {
    version: 1,
    data: object({
      return_id: uuid,
      outcome: Type.Union([Type.Literal('rejected'), Type.Literal('cancelled'), Type.Literal('refunded')]),
    }),
  },
});
