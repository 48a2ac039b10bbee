import { Type, type Static } from '@sinclair/typebox';
import { MAX_LINES, MAX_QUANTITY } from '../../domain/order/index.ts';
import {
  DISPOSITIONS,
  isReturnWord,
  RETURN_REASONS,
  RETURN_WORDS,
  type Disposition,
  type ReturnReason,
} from '../../domain/return/index.ts';
import { address } from '../server/schemas/address.ts';
import {
  amount,
  integer,
  metaData,
  optionalNullable,
  reference,
  strictObject,
  text,
  word,
} from '../server/schemas/fields.ts';

const reason = () => Type.Unsafe<ReturnReason>({ type: 'string', enum: [...RETURN_REASONS], example: 'size_issue' });
const condition = () => optionalNullable(text({ max: 100, example: 'like new' }));
const conditionNotes = () => optionalNullable(text({ max: 1000 }));
const itemId = () => text({ min: 1, max: 255, description: 'Id of the item in the order.' });

const ignored = { description: 'Accepted from old clients and ignored: the order knows it.' };

const returnItem = strictObject(
  {
    order_item_id: itemId(),
    quantity: integer(1, MAX_QUANTITY, { example: 1 }),
    reason: optionalNullable(reason()),
    condition: condition(),
    condition_notes: conditionNotes(),
    product_id: Type.Optional(reference(ignored)),
    product_name: optionalNullable(text({ max: 200, ...ignored })),
    product_sku: optionalNullable(text({ max: 100, ...ignored })),
  },
  { component: 'ReturnItemRequest' },
);

export type ReturnItemRequest = Static<typeof returnItem>;

const wanted = {
  reason: optionalNullable(reason()),
  reason_description: optionalNullable(text({ max: 2000 })),
  return_address: optionalNullable(address()),
  notes: optionalNullable(text({ max: 2000 })),
  meta_data: optionalNullable(metaData()),
  force: Type.Optional(Type.Boolean({ description: 'Admins: after the return window, too. The audit shows it.' })),
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
    notes: optionalNullable(text({ max: 2000, example: 'Leave it with the neighbour' })),
    tracking_number: optionalNullable(text({ max: 100 })),
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
  },
  { component: 'ReturnActionItem' },
);

const remarks = {
  reason: Type.Optional(text({ max: 500 })),
  notes: Type.Optional(text({ max: 2000 })),
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
      text({ min: 1, max: 50, description: 'With process. store_credit moves no money.', example: 'original_payment' }),
    ),
  },
  { component: 'ReturnStateRequest' },
);

export type ReturnStateBody = Static<typeof returnStateBody>;

export const approveReturnBody = strictObject(remarks, { component: 'ApproveReturnRequest' });
export const rejectReturnBody = strictObject(remarks, { component: 'RejectReturnRequest' });

export const reviewReturnBody = strictObject(
  {
    decision: Type.Unsafe<'approved' | 'rejected'>({ type: 'string', enum: ['approved', 'rejected'] }),
    approval_notes: text({ min: 10, max: 500, description: 'Of a rejection: its reason.' }),
    refund_amount: Type.Optional(
      amount({ positive: true, description: 'The most that goes back; at most the estimate.' }),
    ),
  },
  { component: 'ReviewReturnRequest' },
);
