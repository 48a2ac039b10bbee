import { UUID_PATTERN } from '../../platform/uuid.ts';
import { Type, type TProperties, type TSchema } from '@sinclair/typebox';

export const strict = { additionalProperties: false };
/** A field that an event does not have is an error: it would be lost without a trace when the event is read back. */
export const object = <P extends TProperties>(properties: P) => Type.Object(properties, strict);
export const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
export const text = Type.String();
export const uuid = Type.String({ pattern: UUID_PATTERN });
export const instant = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$' });
export const minor = Type.Integer({ minimum: 0, maximum: 1e15 });
export const currency = Type.String({ pattern: '^[A-Z]{3}$' });
/** Of a line: 1 to a million. */
export const quantity = Type.Integer({ minimum: 1, maximum: 1_000_000 });
/** Units of a line that were received or accepted, perhaps none. */
export const counted = Type.Integer({ minimum: 0, maximum: 1_000_000 });
export const decimal = Type.String({ pattern: '^\\d+(\\.\\d+)?$' });
export const revision = Type.String({ pattern: '^(-1|\\d+)$' });
export const metaData = Type.Record(Type.String(), Type.Unknown());
export const address = Type.Union([Type.String(), metaData]);

const erased = object({ erased: Type.Literal(true) });
export const personal = <T extends TSchema>(schema: T) => Type.Union([schema, erased]);

export const optionalRemarks = {
  reason: Type.Optional(text),
  notes: Type.Optional(text),
  meta_data: Type.Optional(metaData),
};
const remarks = object(optionalRemarks);
export const transition = <P extends TProperties>(properties: P) =>
  object({ ...properties, personal: Type.Optional(personal(remarks)) });

/** A return, as its order and its own stream both tell it. */
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
export const itemConditions = Type.Record(
  Type.String(),
  object({ condition: nullable(text), condition_notes: nullable(text) }),
);
export const returnPersonal = object({
  reason_description: nullable(text),
  return_address: nullable(address),
  notes: nullable(text),
  meta_data: nullable(metaData),
  conditions: itemConditions,
});

/**
 * One of these words. The log keeps its own list, because what is stored stays readable; `schemasOf` does not compile when
 * it differs from the domain's.
 */
export const words = <const W extends readonly string[]>(list: W) =>
  Type.Unsafe<W[number]>(Type.Union(list.map((word) => Type.Literal(word))));

export const paymentMethod = words([
  'credit_card',
  'debit_card',
  'paypal',
  'bank_transfer',
  'stripe',
  'cash_on_delivery',
  'other',
  'store_credit',
]);
export const refundMethod = words(['original_payment', 'store_credit', 'bank_transfer', 'cash']);
export const reasonCategory = words([
  'goodwill',
  'damaged',
  'late',
  'price',
  'out_of_stock',
  'lost',
  'customer_request',
  'fraud_check',
  'duplicate',
  'other',
]);

/** The cause of a refund, as both an order and a payment record it. */
export const refundPurpose = {
  kind: words(['return', 'line', 'shipping', 'goodwill', 'cancellation', 'overpaid', 'money']),
  return_id: nullable(uuid),
};
export const refundRemarks = object({ reason: Type.Optional(text), meta_data: Type.Optional(metaData) });
export const personalNote = Type.Optional(personal(object({ note: text })));

/** Notes of staff, in every stream that has them. */
export const noteAdded = {
  version: 1,
  data: object({ visible_to_customer: Type.Boolean(), personal: personal(object({ text })) }),
};
