import { Type } from '@sinclair/typebox';
import type { ReturnEvent } from '../../domain/return/index.ts';
import { schemasOf } from './event-schema.ts';
import { line, lineMetaData } from './order.ts';
import {
  counted,
  currency,
  decimal,
  itemConditions,
  minor,
  noteAdded,
  nullable,
  object,
  optionalRemarks,
  personal,
  quantity,
  refundMethod,
  returnPersonal,
  returnReason,
  strict,
  text,
  transition,
  uuid,
} from './shapes.ts';

const initiatedItem = object({
  id: uuid,
  order_item_id: uuid,
  product_id: text,
  product_name: nullable(text),
  product_sku: nullable(text),
  quantity,
  refund_amount: minor,
  reason: nullable(returnReason),
});

const disposition = Type.Union([Type.Literal('restock'), Type.Literal('scrap'), Type.Literal('return_to_customer')]);

/** Events of `return-<uuid>`. */
export const returnSchemas = schemasOf<ReturnEvent>()({
  ReturnInitiated: {
    version: 1,
    data: object({
      return_number: text,
      order_id: uuid,
      order_number: text,
      customer_id: text,
      currency,
      reason: returnReason,
      forced: Type.Boolean(),
      estimate: minor,
      items: Type.Array(initiatedItem, { minItems: 1 }),
      personal: personal(returnPersonal),
    }),
  },
  ReturnApproved: {
    version: 1,
    data: transition({
      reviewed: Type.Boolean(),
      reviewed_amount: nullable(minor),
      adds_shipping: Type.Optional(Type.Literal(true)),
    }),
  },
  ReturnRejected: { version: 1, data: transition({ reviewed: Type.Boolean() }) },
  ReturnCancelled: { version: 1, data: transition({}) },
  ReturnNotSent: { version: 1, data: transition({}) },
  ReturnPickupScheduled: { version: 1, data: transition({}) },
  ReturnInTransit: { version: 1, data: transition({}) },
  ReturnReceived: {
    version: 1,
    data: object({
      items: Type.Array(object({ order_item_id: uuid, received_quantity: counted })),
      personal: Type.Optional(personal(object({ ...optionalRemarks, conditions: Type.Optional(itemConditions) }))),
    }),
  },
  ReturnProcessed: {
    version: 1,
    data: transition({
      items: Type.Array(
        object({ order_item_id: uuid, accepted_quantity: counted, disposition, reason: Type.Optional(returnReason) }),
      ),
      restocking_fee: minor,
      refund_method: refundMethod,
    }),
  },
  ReturnExchanged: {
    version: 1,
    data: object({
      order_id: uuid,
      order_number: text,
      tax_rate: decimal,
      shipping_cost: minor,
      lines: Type.Array(line, { minItems: 1 }),
      takes_stock: Type.Optional(Type.Literal(true)),
      overrides_catalogue: Type.Optional(Type.Literal(true)),
      personal: personal(object({ line_meta_data: lineMetaData })),
    }),
  },
  ReturnRefunded: { version: 1, data: transition({ refunded_amount: minor }) },
  NoteAdded: noteAdded,
  ReturnDetailsChanged: {
    version: 1,
    data: object({
      tracking_number: Type.Optional(nullable(text)),
      personal: Type.Optional(personal(Type.Partial(Type.Pick(returnPersonal, ['notes', 'meta_data']), strict))),
    }),
  },
});
