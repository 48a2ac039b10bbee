import { Type } from '@sinclair/typebox';
import { FORMATS, TABLES, type Format } from '../../exports/index.ts';
import { queryInstant, strictObject } from '../server/schemas/fields.ts';

export const exportParams = strictObject({
  what: Type.String({ description: `One of ${TABLES.join(', ')}.`, examples: ['payments'] }),
});

const yesOrNo = (description: string) =>
  Type.Optional(Type.Unsafe<'true' | 'false'>({ type: 'string', enum: ['true', 'false'], description }));

export const exportQuery = strictObject({
  format: Type.Optional(
    Type.Unsafe<Format>({
      type: 'string',
      enum: [...FORMATS],
      description: 'Default csv; ndjson has one row per line.',
    }),
  ),
  from: Type.Optional(
    queryInstant({
      description: 'Rows of this time or later: when an order was placed, a document issued. Not after `to`.',
    }),
  ),
  to: Type.Optional(queryInstant({ description: 'Rows of this time or earlier.' })),
  status: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
      maxItems: 20,
      description:
        'Rows with one of these statuses. Repeat it, or separate values by commas. Not for documents and events.',
      rule: 'must be statuses that orders, returns or payments have, whichever are exported',
    }),
  ),
  bom: yesOrNo('Whether a CSV begins with a byte order mark, so that spreadsheets recognise UTF-8. Default false.'),
  decimal: Type.Optional(
    Type.Unsafe<'.' | ','>({
      type: 'string',
      enum: ['.', ','],
      description: 'Decimal sign of a CSV. With a comma, columns are separated by semicolons. Default a point.',
    }),
  ),
});
