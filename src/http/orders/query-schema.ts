import { Type } from '@sinclair/typebox';
import { ORDER_STATUSES, orderStatusOf } from '../../domain/order/index.ts';
import { queryInstant, strictObject, text, word } from '../server/schemas/fields.ts';
import { paging } from '../server/schemas/paging.ts';

const id = (description: string, more: Record<string, unknown> = {}) =>
  Type.Unsafe<string>({ type: 'string', minLength: 1, maxLength: 255, description, ...more });

const total = (description: string) =>
  Type.Unsafe<string>({
    type: 'string',
    pattern: '^\\d{1,13}(\\.\\d{1,3})?$',
    expected: 'an amount of 0 or more with at most 3 decimals, such as 79.90',
    description,
  });

export const SORTS = ['created_at', '-created_at', 'updated_at', '-updated_at', 'total', '-total'] as const;

const status = word((name) => orderStatusOf(name) !== undefined, ORDER_STATUSES);

const filters = {
  customer_id: Type.Optional(id('Orders of this customer.', { rule: 'instead of user_id' })),
  user_id: Type.Optional(id('As customer_id.', { alias: 'customer_id', rule: 'instead of customer_id' })),
  status: Type.Optional(Type.Array(status, { maxItems: 50, description: 'Repeatable, or separated by commas.' })),
  created_from: Type.Optional(queryInstant({ description: 'Placed at or after.' })),
  created_to: Type.Optional(queryInstant({ description: 'Placed at or before.' })),
  delivery_partner_id: Type.Optional(id('Assigned to this delivery partner; `me` is you.')),
  min_total: Type.Optional(total('Total of at least, in major units.')),
  max_total: Type.Optional(total('Total of at most, in major units.')),
};

const sort = Type.Optional(
  Type.Unsafe<(typeof SORTS)[number]>({ type: 'string', enum: [...SORTS], description: 'Default -created_at.' }),
);

/** What narrows a list. */
export const orderFilterQuery = strictObject(filters);

export const EXPORT_FORMATS = ['csv', 'json', 'ndjson'] as const;

export const exportOrdersQuery = strictObject({
  ...filters,
  sort,
  format: Type.Optional(
    Type.Unsafe<(typeof EXPORT_FORMATS)[number]>({
      type: 'string',
      enum: [...EXPORT_FORMATS],
      description: 'Default csv; ndjson is an order a line.',
    }),
  ),
});

export const searchOrdersQuery = strictObject({
  q: text({
    min: 1,
    max: 200,
    description: 'Number, customer, e-mail address, product or SKU, or parts of them.',
    example: 'mug',
  }),
  limit: paging.limit,
  offset: paging.offset,
  skip: paging.skip,
  page: paging.page,
  cursor: paging.cursor,
});

export const listOrdersQuery = strictObject({ ...filters, sort, ...paging });

export const oneOrderQuery = strictObject({
  as_of: Type.Optional(
    text({
      min: 1,
      max: 40,
      description: 'As it was at a moment, or (digits only) at a revision. Admins and auditors.',
      example: '2026-03-01T12:00:00Z',
      rule: 'must be digits, or a date and time with its zone',
    }),
  ),
});
