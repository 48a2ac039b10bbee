import { Type } from '@sinclair/typebox';
import { isOrderWord, ORDER_STATUSES, ORDER_WORDS, type OrderStatus } from '../../domain/order/index.ts';
import { problemSchema } from '../server/schemas/problem-schema.ts';
import { reference, strictObject, text, word } from '../server/schemas/fields.ts';
import { shape, words } from '../server/schemas/response-parts.ts';

const MOST_ORDERS = 1_000;

const orderIds = () =>
  Type.Array(text({ min: 1, max: 255, description: 'UUID or order number.' }), {
    minItems: 1,
    maxItems: MOST_ORDERS,
  });

export const bulkStatusBody = strictObject(
  {
    order_ids: orderIds(),
    status: word(isOrderWord, ORDER_WORDS, {
      description: 'An action or the status it leads to, in any letter case.',
      example: 'confirmed',
    }),
    reason: Type.Optional(text({ max: 500, description: 'With cancelled: the reason, at least 10 characters.' })),
  },
  { component: 'BulkStatusRequest' },
);

export const bulkAssignBody = strictObject(
  { order_ids: orderIds(), delivery_partner_id: reference({ example: 'courier-7' }) },
  { component: 'BulkAssignRequest' },
);

const result = shape({
  id: Type.String({ description: 'The id or number as sent.' }),
  ok: Type.Boolean(),
  status: Type.Optional(words(ORDER_STATUSES)),
  problem: Type.Optional(problemSchema),
});

export const bulkResponse = shape({ results: Type.Array(result) }, 'BulkResults');

export type BulkResult = {
  readonly id: string;
  readonly ok: boolean;
  readonly status?: OrderStatus;
  readonly problem?: object;
};
