import { Type } from '@sinclair/typebox';
import type { PaymentEvent } from '../../domain/payment/index.ts';
import { schemasOf } from './event-schema.ts';
import {
  currency,
  metaData,
  minor,
  noteAdded,
  nullable,
  object,
  paymentMethod,
  personal,
  refundMethod,
  refundPurpose,
  refundRemarks,
  strict,
  text,
  uuid,
} from './shapes.ts';

const details = { notes: nullable(text), meta_data: nullable(metaData) };
const gatewayResponse = { gateway_response: nullable(metaData) };
const personalResponse = Type.Optional(personal(object(gatewayResponse)));

/** Events of `payment-<uuid>`. */
export const paymentSchemas = schemasOf<PaymentEvent>()({
  PaymentInitiated: {
    version: 1,
    data: object({
      payment_number: text,
      order_id: uuid,
      customer_id: text,
      method: paymentMethod,
      amount: minor,
      currency,
      transaction_id: nullable(text),
      personal: personal(object(details)),
    }),
  },
  PaymentProcessingStarted: { version: 1, data: object({}) },
  PaymentCompleted: { version: 1, data: object({ transaction_id: nullable(text), personal: personalResponse }) },
  PaymentDeclined: { version: 1, data: object({ failure_reason: text, personal: personalResponse }) },
  PaymentCancelled: { version: 1, data: object({}) },
  RefundRequested: {
    version: 1,
    data: object({
      refund_id: uuid,
      amount: minor,
      method: refundMethod,
      ...refundPurpose,
      personal: Type.Optional(personal(refundRemarks)),
    }),
  },
  RefundCompleted: { version: 1, data: object({ refund_id: uuid }) },
  RefundDeclined: { version: 1, data: object({ refund_id: uuid, failure_reason: text }) },
  RefundPaidOut: { version: 1, data: object({ refund_id: uuid, amount: minor, method: refundMethod }) },
  RefundReleased: { version: 1, data: object({ refund_id: uuid }) },
  NoteAdded: noteAdded,
  PaymentDetailsChanged: {
    version: 1,
    data: object({
      transaction_id: Type.Optional(nullable(text)),
      personal: Type.Optional(personal(Type.Partial(object({ ...details, ...gatewayResponse }), strict))),
    }),
  },
});
