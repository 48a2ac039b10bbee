import { Type } from '@sinclair/typebox';
import { DISPOSITIONS, RETURN_ACTIONS, RETURN_REASONS, RETURN_STATUSES } from '../../domain/return/index.ts';
import { historyResponse } from '../server/schemas/audit-response.ts';
import { nullable } from '../server/schemas/fields.ts';
import {
  free,
  maybe,
  maybeAddress,
  money,
  REFUND_STATUSES,
  shape,
  time,
  uuid,
  words,
} from '../server/schemas/response-parts.ts';

const status = () => words(RETURN_STATUSES);
const count = () => nullable(Type.Integer());

const item = shape(
  {
    id: uuid(),
    order_item_id: uuid(),
    product_id: Type.String(),
    product_name: maybe.text(),
    product_sku: maybe.text(),
    quantity: Type.Integer(),
    received_quantity: count(),
    accepted_quantity: count(),
    refund_amount: money(),
    reason: nullable(words(RETURN_REASONS)),
    condition: maybe.text(),
    condition_notes: maybe.text(),
    disposition: nullable(words(DISPOSITIONS)),
  },
  'ReturnItem',
);

const review = shape({
  decision: words(['approved', 'rejected']),
  notes: maybe.text(),
  refund_amount: maybe.number(),
  by: maybe.text(),
  at: time(),
});

export const returnResponse = shape(
  {
    id: uuid(),
    return_number: Type.String(),
    order_id: uuid(),
    order_number: Type.String(),
    status: status(),
    previous_status: nullable(status()),
    reason: words(RETURN_REASONS),
    reason_description: maybe.text(),
    refund_amount: Type.Number({ description: 'The estimate; once processed, what was settled.' }),
    refunded_amount: Type.Number({ description: 'What really went back.' }),
    refund_method: maybe.text(),
    refund_status: nullable(words(REFUND_STATUSES)),
    restocking_fee: money(),
    currency: Type.String(),
    items: Type.Array(item),
    return_address: maybeAddress(),
    tracking_number: maybe.text(),
    notes: maybe.text(),
    rejection_reason: maybe.text(),
    review: nullable(review),
    meta_data: free(),
    allowed_actions: Type.Array(words(RETURN_ACTIONS), { description: 'What you may ask for now.' }),
    erased: Type.Optional(Type.Literal(true, { description: 'The personal data was erased: it is null.' })),
    created_at: time(),
    updated_at: time(),
    approved_at: maybe.time(),
    pickup_scheduled_at: maybe.time(),
    received_at: maybe.time(),
    processed_at: maybe.time(),
    refunded_at: maybe.time(),
  },
  'Return',
);

export const returnHistoryResponse = historyResponse(RETURN_STATUSES, 'ReturnStatusChange');
