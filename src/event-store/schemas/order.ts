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
  noteAdded,
  nullable,
  object,
  paymentMethod,
  personal,
  personalNote,
  quantity,
  reasonCategory,
  refundMethod,
  refundPurpose,
  refundRemarks,
  returnPersonal,
  returnReason,
  strict,
  text,
  transition,
  uuid,
  words,
} from './shapes.ts';

/** A line of an order, as decided when it was placed. */
export const line = object({
  id: uuid,
  product_id: text,
  product_name: nullable(text),
  product_sku: nullable(text),
  product_description: nullable(text),
  unit_price: minor,
  quantity,
  discount: minor,
  tax: minor,
  own_tax: Type.Optional(Type.Literal(true)),
  catalogue_price: Type.Optional(minor),
  returnable: Type.Optional(Type.Literal(false)),
  return_window_days: Type.Optional(counted),
  removed: Type.Optional(object({ quantity, discount: minor, tax: minor })),
});
export const lineMetaData = Type.Record(Type.String(), metaData);

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

const refund = { refund_id: uuid, payment_id: uuid, amount: minor, method: refundMethod };
const payment = object({ payment_id: uuid, amount: minor, method: paymentMethod });
const amountsOfItems = Type.Array(object({ order_item_id: uuid, amount: minor }));
const invoiceParts = object({ shipping: minor, reductions: amountsOfItems, deducted: minor });
const causesInvoice = {
  invoice: nullable(object({ amount: minor, parts: Type.Optional(invoiceParts) })),
  external_invoice: Type.Optional(object({ amount: minor })),
};
const tracking = { carrier: nullable(text), tracking_number: nullable(text), tracking_url: Type.Optional(text) };
const unitRanges = Type.Array(object({ first: quantity, last: quantity }), { minItems: 1 });
const resolution = words(['refund', 'resend']);
const restocked = Type.Optional(Type.Array(object({ order_item_id: uuid, quantity })));
const toDeduct = Type.Optional(object({ items: amountsOfItems, rest: minor }));
const creditsInvoiced = {
  invoiced: Type.Boolean(),
  to_deduct: toDeduct,
  external_memo: Type.Optional(Type.Literal(true)),
};
const externalDocument = object({
  document_type: words(['invoice', 'credit_memo']),
  number: text,
  amount: minor,
  issued_at: instant,
  return_id: nullable(uuid),
  credit_id: nullable(uuid),
});
const creditParts = object({
  items: Type.Array(
    object({ order_item_id: uuid, quantity: counted, amount: minor, units: Type.Optional(unitRanges) }),
  ),
  shipping: minor,
  goodwill: minor,
});
const cutCredits = Type.Array(object({ credit_id: uuid, amount: minor, parts: creditParts, to_deduct: toDeduct }));
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
      overrides_catalogue: Type.Optional(Type.Literal(true)),
      exchange_of: Type.Optional(object({ return_id: uuid, return_number: text, order_id: uuid, order_number: text })),
      external: Type.Optional(object({ source: text, number: text })),
      external_documents: Type.Optional(Type.Array(externalDocument)),
      ship_country: Type.Optional(Type.String({ pattern: '^[A-Z]{2}$' })),
      personal: personal(orderPersonal),
    }),
  },
  OrderReleased: { version: 1, data: transition({ estimated_delivery_at: nullable(instant) }) },
  OrderConfirmed: { version: 1, data: transition({}) },
  OrderProcessingStarted: { version: 1, data: transition({ forced: Type.Optional(Type.Literal(true)) }) },
  OrderShipped: { version: 1, data: transition({ shipment_id: uuid, ...tracking, ...causesInvoice }) },
  OrderOutForDelivery: { version: 1, data: transition({ shipment_id: nullable(uuid), ...causesInvoice }) },
  OrderDelivered: { version: 1, data: transition({}) },
  ItemsShipped: {
    version: 1,
    data: transition({
      shipment_id: uuid,
      items: Type.Array(object({ order_item_id: uuid, units: unitRanges }), { minItems: 1 }),
      ...tracking,
      ...causesInvoice,
    }),
  },
  ShipmentOutForDelivery: { version: 1, data: transition({ shipment_id: uuid }) },
  ShipmentDelivered: { version: 1, data: transition({ shipment_id: uuid }) },
  ShipmentFailed: { version: 1, data: transition({ shipment_id: uuid }) },
  ShipmentReturnedToSender: {
    version: 1,
    data: transition({ shipment_id: uuid, resolution: nullable(resolution), restocked }),
  },
  ShipmentLost: { version: 1, data: transition({ shipment_id: uuid, resolution: nullable(resolution) }) },
  ShipmentResolved: { version: 1, data: transition({ shipment_id: uuid, resolution, restocked }) },
  ShipmentDetailsChanged: {
    version: 1,
    data: object({
      shipment_id: uuid,
      carrier: nullable(text),
      tracking_number: nullable(text),
      tracking_url: nullable(text),
    }),
  },
  OrderCancelled: { version: 1, data: transition({ reason_category: nullable(text) }) },
  OrderReturned: { version: 1, data: transition({}) },
  OrderItemsModified: {
    version: 1,
    data: object({
      lines: Type.Array(line, { minItems: 1 }),
      overrides_catalogue: Type.Optional(Type.Literal(true)),
      credits: cutCredits,
      personal: Type.Optional(personal(object({ line_meta_data: lineMetaData }))),
    }),
  },
  OrderDetailsChanged: {
    version: 1,
    data: object({
      personal: personal(
        Type.Partial(
          Type.Pick(orderPersonal, [
            ...(['notes', 'meta_data', 'shipping_address', 'billing_address'] as const),
            ...(['customer_email', 'customer_name'] as const),
          ]),
          strict,
        ),
      ),
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

  ItemsCancelled: {
    version: 1,
    data: object({
      items: Type.Array(
        object({
          order_item_id: uuid,
          units: Type.Array(object({ first: quantity, last: quantity })),
          removed: Type.Optional(object({ quantity, discount: minor, tax: minor })),
        }),
        { minItems: 1 },
      ),
      reason_category: reasonCategory,
      credits: cutCredits,
      personal: personalNote,
    }),
  },
  OrderHeld: {
    version: 1,
    data: object({
      reason_category: words(['fraud_check', 'stock', 'address', 'payment', 'other']),
      personal: personalNote,
    }),
  },
  HoldReleased: { version: 1, data: object({ personal: personalNote }) },

  NoteAdded: noteAdded,

  PaymentStarted: { version: 1, data: payment },
  PaymentCaptured: { version: 1, data: payment },
  PaymentFailed: { version: 1, data: object({ payment_id: uuid }) },
  OrderCredited: {
    version: 1,
    data: object({
      credit_id: uuid,
      kind: words(['line', 'shipping', 'goodwill', 'cancellation']),
      amount: minor,
      parts: creditParts,
      pays: minor,
      ...creditsInvoiced,
      reason_category: nullable(reasonCategory),
      restock: Type.Boolean(),
      personal: personalNote,
    }),
  },
  RefundAllocated: {
    version: 1,
    data: object({
      ...refundPurpose,
      credit_id: nullable(uuid),
      refunds: Type.Array(object(refund), { minItems: 1 }),
      replaces: Type.Array(uuid),
      lowers: Type.Optional(Type.Array(object({ refund_id: uuid, amount: minor }), { minItems: 1 })),
      paid_out: Type.Boolean(),
      reason_category: nullable(reasonCategory),
      personal: Type.Optional(personal(refundRemarks)),
    }),
  },
  PaymentRefunded: { version: 1, data: object({ ...refund, ...refundPurpose }) },
  PaymentRefundFailed: { version: 1, data: object({ ...refund, ...refundPurpose }) },
  RefundResolved: { version: 1, data: object({ ...refund, ...refundPurpose, personal: personalNote }) },
  RefundWithdrawn: { version: 1, data: object({ ...refund, ...refundPurpose, personal: personalNote }) },

  ReturnOpened: {
    version: 1,
    data: object({
      return_id: uuid,
      return_number: text,
      reason: returnReason,
      forced: Type.Boolean(),
      estimate: minor,
      shipping_on_withdrawal: Type.Optional(Type.Literal(true)),
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
      items: Type.Array(
        object({ order_item_id: uuid, accepted_quantity: counted, reason: Type.Optional(returnReason), units }),
      ),
      shipping: minor,
      reviewed_amount: nullable(minor),
      restocking_fee: minor,
      amount: minor,
      pays: minor,
      ...creditsInvoiced,
      refund_method: refundMethod,
    }),
  },
  ReturnClosed: {
    version: 1,
    data: object({
      return_id: uuid,
      outcome: words(['rejected', 'cancelled', 'refunded', 'not_sent']),
    }),
  },
});
