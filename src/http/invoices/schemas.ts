import { Type } from '@sinclair/typebox';
import { DOCUMENT_KINDS } from '../../domain/document/index.ts';
import { nullable, queryInstant, strictObject } from '../server/schemas/fields.ts';
import { paging } from '../server/schemas/paging.ts';
import { words } from '../server/schemas/response-parts.ts';

/** What the two types of documents are called over HTTP, and how far they have got. */
export const INVOICE_TYPES = ['order', 'return'] as const;
export const INVOICE_STATUSES = ['rendering', 'ready', 'failed', 'destroyed'] as const;

export const invoiceResponse = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    invoice_number: nullable(Type.String({ description: 'Null until the number is drawn.' })),
    invoice_type: words(INVOICE_TYPES),
    kind: words(DOCUMENT_KINDS, 'For a credit memo: the kind of the credit.'),
    order_id: Type.String({ format: 'uuid' }),
    return_id: nullable(Type.String({ format: 'uuid' })),
    shipment_id: nullable(Type.String({ format: 'uuid', description: 'Null if the document is for the whole order.' })),
    currency: Type.String(),
    total: Type.Number({ description: 'Amount invoiced or credited.' }),
    file_name: nullable(Type.String()),
    file_size: nullable(Type.Integer()),
    sha256: nullable(Type.String()),
    status: words(INVOICE_STATUSES),
    issued_at: Type.String({ format: 'date-time' }),
  },
  { component: 'Invoice', additionalProperties: false },
);

const id = (description: string) => Type.String({ minLength: 1, maxLength: 255, description });

export const listInvoicesQuery = strictObject({
  order_id: Type.Optional(id('UUID or number of the order.')),
  return_id: Type.Optional(id('UUID or number of the return.')),
  type: Type.Optional(words(INVOICE_TYPES)),
  issued_from: Type.Optional(queryInstant({ description: 'Issued at or after.' })),
  issued_to: Type.Optional(queryInstant({ description: 'Issued at or before.' })),
  ...paging,
});

export const invoiceParams = strictObject({ id: id('UUID or printed number.') });
export const invoicedOrderParams = strictObject({ order_id: id('UUID or number of the order.') });
export const invoicedReturnParams = strictObject({ return_id: id('UUID or number of the return.') });
