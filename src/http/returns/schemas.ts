import { type Static, Type } from '@sinclair/typebox';
import { MAX_LINES, MAX_QUANTITY, type RefundStatus, RETURN_REFUND_STATUSES } from '../../domain/order/index.ts';
import {
  type Disposition,
  DISPOSITIONS,
  isReturnWord,
  RETURN_ACTIONS,
  RETURN_REASONS,
  RETURN_STATUSES,
  RETURN_WORDS,
  REVIEW_DECISIONS,
  type ReturnReason,
  returnStatusOf,
} from '../../domain/return/index.ts';
import { visibleToCustomer } from '../trail/schemas.ts';
import { orderItem } from '../orders/request-schemas.ts';
import { refundMethod } from '../refunds/schemas.ts';
import { asOfResponse } from '../trail/as-of.ts';
import { address } from '../server/schemas/address.ts';
import {
  amount,
  integer,
  metaData,
  nullable,
  optionalNullable,
  optionalText,
  queryInstant,
  reference,
  strictObject,
  text,
  word,
} from '../server/schemas/fields.ts';
import { paging } from '../server/schemas/paging.ts';
import { historyResponse } from '../trail/schemas.ts';
import { free, maybe, maybeAddress, money, shape, time, uuid, words } from '../server/schemas/response-parts.ts';

const reason = () => Type.Unsafe<ReturnReason>({ type: 'string', enum: [...RETURN_REASONS], example: 'size_issue' });
const condition = () => optionalText({ max: 100, example: 'like new' });
const conditionNotes = () => optionalText({ max: 1000 });
const itemId = () => text({ min: 1, max: 255, description: 'Id of the item in the order.' });

const ignored = { description: 'Accepted from old clients and ignored: the value comes from the order.' };

const returnItem = strictObject(
  {
    order_item_id: itemId(),
    quantity: integer(1, MAX_QUANTITY, { example: 1 }),
    reason: optionalNullable(reason()),
    condition: condition(),
    condition_notes: conditionNotes(),
    product_id: Type.Optional(reference(ignored)),
    product_name: optionalText({ max: 200, ...ignored }),
    product_sku: optionalText({ max: 100, ...ignored }),
  },
  { component: 'ReturnItemRequest' },
);

export type ReturnItemRequest = Static<typeof returnItem>;

const wanted = {
  reason: optionalNullable(reason()),
  reason_description: optionalText({ max: 2000 }),
  return_address: optionalNullable(address()),
  notes: optionalText({ max: 2000 }),
  meta_data: optionalNullable(metaData()),
  force: Type.Optional(
    Type.Boolean({ description: 'Admins: open the return even after the return window. The audit trail shows it.' }),
  ),
};

const items = Type.Array(returnItem, { minItems: 1, maxItems: MAX_LINES });

export const openReturnBody = strictObject(
  {
    order_id: text({ min: 1, max: 255, description: 'UUID or number of the order.', example: 'ORD-2026-000001' }),
    items,
    ...wanted,
  },
  { component: 'OpenReturnRequest' },
);

export const returnOrderBody = strictObject(
  { items: Type.Optional(items), ...wanted },
  { component: 'ReturnOrderRequest' },
);

export type OpenReturnBody = Static<typeof returnOrderBody>;

export const changeReturnBody = strictObject(
  {
    notes: optionalText({
      max: 2000,
      description: 'Notes of the customer. Notes sent by an admin become a note of staff.',
      example: 'Leave it with the neighbour',
    }),
    visible_to_customer: visibleToCustomer(),
    tracking_number: optionalText({ max: 100 }),
    meta_data: optionalNullable(metaData()),
  },
  { component: 'ChangeReturnRequest' },
);

const actionItem = strictObject(
  {
    order_item_id: itemId(),
    received_quantity: Type.Optional(integer(0, MAX_QUANTITY, { description: 'With receive. Default: all.' })),
    condition: condition(),
    condition_notes: conditionNotes(),
    accepted_quantity: Type.Optional(integer(0, MAX_QUANTITY, { description: 'With process. Default: all received.' })),
    disposition: Type.Optional(
      Type.Unsafe<Disposition>({
        type: 'string',
        enum: [...DISPOSITIONS],
        description: 'With process. Default restock; return_to_customer counts as not accepted.',
      }),
    ),
    reason: Type.Optional(
      Type.Unsafe<ReturnReason>({
        type: 'string',
        enum: [...RETURN_REASONS],
        description: 'With process. Corrects the reason: it decides whether shipping is refunded.',
      }),
    ),
  },
  { component: 'ReturnActionItem' },
);

export type ReturnActionItemBody = Static<typeof actionItem>;

const remarks = {
  reason: optionalText({ max: 500 }),
  notes: optionalText({ max: 2000 }),
  meta_data: Type.Optional(metaData()),
};

export const returnStateBody = strictObject(
  {
    action: word(isReturnWord, RETURN_WORDS, {
      description: 'An action or the status it leads to, in any letter case.',
      example: 'approve',
    }),
    ...remarks,
    items: Type.Optional(Type.Array(actionItem, { maxItems: MAX_LINES, description: 'With receive and process.' })),
    restocking_fee: Type.Optional(amount({ positive: false, description: 'With process. Default 0.' })),
    refund_method: Type.Optional(
      refundMethod(
        'With process and with refund. Default for process: original_payment; for refund: the method given to process. Any letter case; spaces and hyphens are accepted.',
      ),
    ),
  },
  { component: 'ReturnStateRequest' },
);

export type ReturnStateBody = Static<typeof returnStateBody>;

export const approveReturnBody = strictObject(remarks, { component: 'ApproveReturnRequest' });
export const rejectReturnBody = strictObject(remarks, { component: 'RejectReturnRequest' });

export const reviewReturnBody = strictObject(
  {
    decision: words(REVIEW_DECISIONS),
    approval_notes: text({ min: 10, max: 500, description: 'Notes on the decision. For a rejection: its reason.' }),
    refund_amount: Type.Optional(
      amount({
        positive: true,
        description: 'Maximum refund; at most the estimate, with the shipping if it is added.',
      }),
    ),
    refund_shipping: Type.Optional(
      Type.Boolean({ description: 'Refund the shipping too, even if it is not due. Default false.' }),
    ),
  },
  { component: 'ReviewReturnRequest' },
);

export type ReviewReturnBody = Static<typeof reviewReturnBody>;

export const exchangeReturnBody = strictObject(
  {
    items: Type.Array(orderItem, { minItems: 1, maxItems: MAX_LINES, description: 'Items of the new order.' }),
    delivery_fee: Type.Optional(
      amount({ positive: false, description: 'Of the new order. Default: the shop’s shipping fee.' }),
    ),
    inspection: Type.Optional(
      Type.Array(actionItem, {
        maxItems: MAX_LINES,
        description:
          'What inspection found, as `items` of the action process. Default: everything received is accepted.',
      }),
    ),
    restocking_fee: Type.Optional(amount({ positive: false, description: 'Default 0.' })),
  },
  { component: 'ExchangeReturnRequest' },
);

const id = (description: string) => Type.String({ minLength: 1, maxLength: 255, description });
const statusWord = word((name) => returnStatusOf(name) !== undefined, RETURN_STATUSES);

export const listReturnsQuery = strictObject({
  order_id: Type.Optional(id('UUID or number of the order.')),
  customer_id: Type.Optional(id('Returns of this customer.')),
  status: Type.Optional(
    Type.Array(statusWord, { maxItems: 50, description: 'Repeat it, or separate values by commas.' }),
  ),
  reason: Type.Optional(Type.Unsafe<ReturnReason>({ type: 'string', enum: [...RETURN_REASONS] })),
  refund_status: Type.Optional(
    Type.Array(Type.Unsafe<RefundStatus>({ type: 'string', enum: [...RETURN_REFUND_STATUSES] }), {
      maxItems: 50,
      description: 'Repeat it, or separate values by commas.',
    }),
  ),
  created_from: Type.Optional(queryInstant({ description: 'Opened at or after.' })),
  created_to: Type.Optional(queryInstant({ description: 'Opened at or before.' })),
  ...paging,
});

export const rejectReturnQuery = strictObject({
  reason: Type.Optional(
    text({ min: 1, max: 500, description: 'May be in the body instead.', rule: 'in query or body, not both' }),
  ),
});

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
    reason: nullable(words(RETURN_REASONS, 'As corrected at inspection. Null: the reason of the return.')),
    condition: maybe.text(),
    condition_notes: maybe.text(),
    disposition: nullable(words(DISPOSITIONS)),
  },
  'ReturnItem',
);

const review = shape({
  decision: words(REVIEW_DECISIONS),
  notes: maybe.text(),
  refund_amount: maybe.number(),
  refund_shipping: Type.Boolean({ description: 'Whether the shipping is refunded too, due or not.' }),
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
    refund_amount: Type.Number({ description: 'The estimate; after processing, the settled amount.' }),
    refunded_amount: Type.Number({ description: 'Amount that was actually refunded.' }),
    refund_method: Type.Union([Type.String(), Type.Null()], {
      description: 'Method of the refund. Before the refund, and when it uses several methods, the requested method.',
    }),
    refund_status: nullable(words(RETURN_REFUND_STATUSES)),
    restocking_fee: money(),
    currency: Type.String(),
    items: Type.Array(item),
    return_address: maybeAddress(),
    tracking_number: maybe.text(),
    notes: maybe.text(),
    rejection_reason: maybe.text(),
    exchange: nullable(shape({ order_id: uuid(), order_number: Type.String() })),
    review: nullable(review),
    meta_data: free(),
    allowed_actions: Type.Array(words(RETURN_ACTIONS), { description: 'Actions that are possible for you now.' }),
    erased: Type.Optional(
      Type.Literal(true, { description: 'True if the personal data was erased; its fields are then null.' }),
    ),
    as_of: asOfResponse(),
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
