import { Type } from '@sinclair/typebox';
import { returnPersonal, returnReason } from './return.ts';
import { metaData, minor, nullable, personal, quantity, strict, text, uuid, type EventSchema } from './shapes.ts';

const cause = Type.Union([
  Type.Literal('return'),
  Type.Literal('cancellation'),
  Type.Literal('excess'),
  Type.Literal('manual'),
]);
const refund = { refund_id: uuid, payment_id: uuid, amount: minor };
const refundRemarks = Type.Object({ reason: Type.Optional(text), meta_data: Type.Optional(metaData) }, strict);
const attributed = { cause, return_id: nullable(uuid) };
const object = <P extends Parameters<typeof Type.Object>[0]>(properties: P) => Type.Object(properties, strict);

/** Money events of `order-<uuid>`. */
export const orderMoneySchemas = {
  PaymentStarted: { version: 1, data: object({ payment_id: uuid, amount: minor }) },
  PaymentCaptured: { version: 1, data: object({ payment_id: uuid, amount: minor }) },
  PaymentFailed: { version: 1, data: object({ payment_id: uuid }) },
  RefundAllocated: {
    version: 1,
    data: object({
      ...attributed,
      refunds: Type.Array(object(refund), { minItems: 1 }),
      personal: Type.Optional(personal(refundRemarks)),
    }),
  },
  PaymentRefunded: { version: 1, data: object({ ...refund, ...attributed }) },
  PaymentRefundFailed: { version: 1, data: object({ ...refund, ...attributed }) },
} as const satisfies Record<string, EventSchema>;

const units = Type.Array(object({ first: quantity, last: quantity, amount: minor }));

/** Return events of `order-<uuid>`. */
export const orderReturnSchemas = {
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
      items: Type.Array(
        object({ order_item_id: uuid, accepted_quantity: Type.Integer({ minimum: 0, maximum: 1_000_000 }), units }),
      ),
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
} as const satisfies Record<string, EventSchema>;

const method = Type.Union([
  Type.Literal('credit_card'),
  Type.Literal('debit_card'),
  Type.Literal('paypal'),
  Type.Literal('bank_transfer'),
  Type.Literal('stripe'),
  Type.Literal('cash_on_delivery'),
  Type.Literal('other'),
]);
const gatewayWord = Type.Optional(personal(object({ gateway_response: nullable(metaData) })));
const said = { notes: nullable(text), meta_data: nullable(metaData) };

/** Events of `payment-<uuid>`. */
export const paymentSchemas = {
  PaymentInitiated: {
    version: 1,
    data: object({
      payment_number: text,
      order_id: uuid,
      customer_id: text,
      method,
      amount: minor,
      currency: Type.String({ pattern: '^[A-Z]{3}$' }),
      transaction_id: nullable(text),
      personal: personal(object(said)),
    }),
  },
  PaymentProcessingStarted: { version: 1, data: object({}) },
  PaymentCompleted: { version: 1, data: object({ transaction_id: nullable(text), personal: gatewayWord }) },
  PaymentDeclined: { version: 1, data: object({ failure_reason: text, personal: gatewayWord }) },
  PaymentCancelled: { version: 1, data: object({}) },
  RefundRequested: {
    version: 1,
    data: object({
      refund_id: uuid,
      amount: minor,
      ...attributed,
      personal: Type.Optional(personal(refundRemarks)),
    }),
  },
  RefundCompleted: { version: 1, data: object({ refund_id: uuid }) },
  RefundDeclined: { version: 1, data: object({ refund_id: uuid, failure_reason: text }) },
  PaymentDetailsChanged: {
    version: 1,
    data: object({
      transaction_id: Type.Optional(nullable(text)),
      personal: Type.Optional(
        personal(Type.Partial(object({ ...said, gateway_response: nullable(metaData) }), strict)),
      ),
    }),
  },
} as const satisfies Record<string, EventSchema>;
