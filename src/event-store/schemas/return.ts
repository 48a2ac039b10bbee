import { Type } from '@sinclair/typebox';
import {
  address,
  metaData,
  minor,
  nullable,
  optionalRemarks,
  personal,
  quantity,
  strict,
  text,
  transition,
  uuid,
  type EventSchema,
} from './shapes.ts';

export const returnReason = Type.Union([
  Type.Literal('defective'),
  Type.Literal('wrong_item'),
  Type.Literal('not_as_described'),
  Type.Literal('damaged'),
  Type.Literal('size_issue'),
  Type.Literal('quality_issue'),
  Type.Literal('change_of_mind'),
  Type.Literal('other'),
]);

const conditions = Type.Record(
  Type.String(),
  Type.Object({ condition: nullable(text), condition_notes: nullable(text) }, strict),
);

export const returnPersonal = Type.Object(
  {
    reason_description: nullable(text),
    return_address: nullable(address),
    notes: nullable(text),
    meta_data: nullable(metaData),
    conditions,
  },
  strict,
);

const initiatedItem = Type.Object(
  {
    id: uuid,
    order_item_id: uuid,
    product_id: text,
    product_name: nullable(text),
    product_sku: nullable(text),
    quantity,
    refund_amount: minor,
    reason: nullable(returnReason),
  },
  strict,
);

const disposition = Type.Union([Type.Literal('restock'), Type.Literal('scrap'), Type.Literal('return_to_customer')]);
const counted = Type.Integer({ minimum: 0, maximum: 1_000_000 });

/** Events of `return-<uuid>`. */
export const returnSchemas = {
  ReturnInitiated: {
    version: 1,
    data: Type.Object(
      {
        return_number: text,
        order_id: uuid,
        order_number: text,
        customer_id: text,
        currency: Type.String({ pattern: '^[A-Z]{3}$' }),
        reason: returnReason,
        forced: Type.Boolean(),
        estimate: minor,
        items: Type.Array(initiatedItem, { minItems: 1 }),
        personal: personal(returnPersonal),
      },
      strict,
    ),
  },
  ReturnApproved: { version: 1, data: transition({ reviewed: Type.Boolean(), reviewed_amount: nullable(minor) }) },
  ReturnRejected: { version: 1, data: transition({ reviewed: Type.Boolean() }) },
  ReturnCancelled: { version: 1, data: transition({}) },
  ReturnPickupScheduled: { version: 1, data: transition({}) },
  ReturnInTransit: { version: 1, data: transition({}) },
  ReturnReceived: {
    version: 1,
    data: Type.Object(
      {
        items: Type.Array(Type.Object({ order_item_id: uuid, received_quantity: counted }, strict)),
        personal: Type.Optional(
          personal(Type.Object({ ...optionalRemarks, conditions: Type.Optional(conditions) }, strict)),
        ),
      },
      strict,
    ),
  },
  ReturnProcessed: {
    version: 1,
    data: transition({
      items: Type.Array(Type.Object({ order_item_id: uuid, accepted_quantity: counted, disposition }, strict)),
      restocking_fee: minor,
      refund_method: nullable(text),
    }),
  },
  ReturnRefunded: { version: 1, data: transition({ refunded_amount: minor }) },
  ReturnDetailsChanged: {
    version: 1,
    data: Type.Object(
      {
        tracking_number: Type.Optional(nullable(text)),
        personal: Type.Optional(personal(Type.Partial(Type.Pick(returnPersonal, ['notes', 'meta_data']), strict))),
      },
      strict,
    ),
  },
} as const satisfies Record<string, EventSchema>;
