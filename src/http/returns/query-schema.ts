import { Type } from '@sinclair/typebox';
import { RETURN_REASONS, RETURN_STATUSES, returnStatusOf, type ReturnReason } from '../../domain/return/index.ts';
import { queryInstant, strictObject, text, word } from '../server/schemas/fields.ts';
import { paging } from '../server/schemas/paging.ts';

const id = (description: string) => Type.String({ minLength: 1, maxLength: 255, description });
const status = word((name) => returnStatusOf(name) !== undefined, RETURN_STATUSES);

export const listReturnsQuery = strictObject({
  order_id: Type.Optional(id('UUID or number of the order.')),
  customer_id: Type.Optional(id('Returns of this customer.')),
  status: Type.Optional(Type.Array(status, { maxItems: 50, description: 'Repeatable, or separated by commas.' })),
  reason: Type.Optional(Type.Unsafe<ReturnReason>({ type: 'string', enum: [...RETURN_REASONS] })),
  created_from: Type.Optional(queryInstant({ description: 'Opened at or after.' })),
  created_to: Type.Optional(queryInstant({ description: 'Opened at or before.' })),
  ...paging,
});

export const rejectReturnQuery = strictObject({
  reason: Type.Optional(
    text({ min: 1, max: 500, description: 'May come in the body instead.', rule: 'in query or body, not both' }),
  ),
});
