import { Type, type Static } from '@sinclair/typebox';
import type { DomainEvent } from '../../domain/events.ts';
import { orderMoneySchemas, orderReturnSchemas, paymentSchemas } from './money.ts';
import { returnSchemas } from './return.ts';
import {
  address,
  decimal,
  instant,
  metaData,
  minor,
  nullable,
  personal,
  revision,
  strict,
  text,
  transition,
  uuid,
  type EventSchema,
} from './shapes.ts';

export type { EventSchema } from './shapes.ts';

const line = Type.Object(
  {
    id: uuid,
    product_id: text,
    product_name: nullable(text),
    product_sku: nullable(text),
    product_description: nullable(text),
    unit_price: minor,
    quantity: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
    discount: minor,
    tax: minor,
  },
  strict,
);
const lineMetaData = Type.Record(Type.String(), metaData);

const orderPersonal = Type.Object(
  {
    customer_email: nullable(text),
    customer_name: nullable(text),
    shipping_address: nullable(address),
    billing_address: nullable(address),
    notes: nullable(text),
    meta_data: nullable(metaData),
    latitude: nullable(Type.Number()),
    longitude: nullable(Type.Number()),
    line_meta_data: lineMetaData,
  },
  strict,
);

const orders = {
  OrderPlaced: {
    version: 1,
    data: Type.Object(
      {
        order_number: text,
        customer_id: text,
        currency: Type.String({ pattern: '^[A-Z]{3}$' }),
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
      },
      strict,
    ),
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
    data: Type.Object(
      {
        lines: Type.Array(line, { minItems: 1 }),
        personal: Type.Optional(personal(Type.Object({ line_meta_data: lineMetaData }, strict))),
      },
      strict,
    ),
  },
  OrderDetailsChanged: {
    version: 1,
    data: Type.Object(
      {
        personal: personal(Type.Partial(Type.Pick(orderPersonal, ['notes', 'meta_data', 'shipping_address']), strict)),
      },
      strict,
    ),
  },
  FeedbackGiven: {
    version: 1,
    data: Type.Object(
      {
        rating: Type.Integer({ minimum: 1, maximum: 5 }),
        personal: Type.Optional(personal(Type.Object({ comment: text }, strict))),
      },
      strict,
    ),
  },
  DeliveryPartnerAssigned: { version: 1, data: Type.Object({ delivery_partner_id: text }, strict) },
} as const satisfies Record<string, EventSchema>;

const documentType = Type.Union([Type.Literal('invoice'), Type.Literal('credit_memo')]);
const series = Type.Union([Type.Literal('invoices'), Type.Literal('credit_memos')]);
const sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' });
const size = Type.Integer({ minimum: 0 });

const documents = {
  DocumentRequested: {
    version: 1,
    data: Type.Object(
      {
        document_type: documentType,
        customer_id: text,
        order_id: uuid,
        return_id: nullable(uuid),
        series,
        year: Type.Integer(),
        after: revision,
        as_of: revision,
      },
      strict,
    ),
  },
  DocumentNumbered: { version: 1, data: Type.Object({ document_id: uuid, number: text }, strict) },
  DocumentRendered: { version: 1, data: Type.Object({ number: text, file_name: text, sha256, size }, strict) },
  DocumentRedacted: { version: 1, data: Type.Object({ sha256, size }, strict) },
} as const satisfies Record<string, EventSchema>;

const schemas = {
  ...orders,
  ...orderMoneySchemas,
  ...orderReturnSchemas,
  ...returnSchemas,
  ...paymentSchemas,
  ...documents,
} as const;

/** One schema per event type; the compiler demands that each describes the domain's type, and that none is missing. */
type Schemas = {
  readonly [T in DomainEvent['type']]: Extract<DomainEvent, { type: T }>['data'] extends infer D
    ? T extends keyof typeof schemas
      ? Static<(typeof schemas)[T]['data']> extends D
        ? EventSchema
        : { readonly mismatch: Static<(typeof schemas)[T]['data']> }
      : never
    : never;
};

export const eventSchemas: Readonly<Record<string, EventSchema>> = schemas satisfies Schemas;
