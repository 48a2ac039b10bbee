import { Type } from '@sinclair/typebox';
import { nullable } from '../server/schemas/fields.ts';

export const invoiceResponse = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    invoice_number: nullable(Type.String({ description: 'Null until numbered.' })),
    invoice_type: Type.Unsafe<string>({ type: 'string', enum: ['order', 'return'] }),
    order_id: Type.String({ format: 'uuid' }),
    return_id: nullable(Type.String({ format: 'uuid' })),
    file_name: nullable(Type.String()),
    file_size: nullable(Type.Integer()),
    sha256: nullable(Type.String()),
    status: Type.Unsafe<string>({ type: 'string', enum: ['rendering', 'ready', 'failed'] }),
    issued_at: Type.String({ format: 'date-time' }),
  },
  { component: 'Invoice', additionalProperties: false },
);
