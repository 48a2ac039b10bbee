import { Type } from '@sinclair/typebox';
import type { AuditEvent } from '../../domain/audit/index.ts';
import { schemasOf } from './event-schema.ts';
import { currency, instant, object, text, uuid } from './shapes.ts';

const day = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' });
const count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const totals = Type.Array(object({ currency, invoiced: count, credited: count, captured: count, refunded: count }));

/** Events of `audit-<year>`: what the log says of itself. */
export const auditSchemas = schemasOf<AuditEvent>()({
  LogKeyChanged: { version: 1, data: object({ origin: text, old: Type.Array(text), new: Type.Array(text) }) },
  LogRestored: {
    version: 1,
    data: object({ reason: text, previous_origin: text, origin: text, agrees_until: count, signed_until: count }),
  },
  SubjectErased: {
    version: 1,
    data: object({
      key_id: uuid,
      kept: Type.Array(object({ year: count, documents: count, until: day })),
      restricted: Type.Array(uuid),
    }),
  },
  BooksEnded: { version: 1, data: object({ year: count }) },
  SubjectExported: { version: 1, data: object({ customer_id: text }) },
  KeptDocumentRead: { version: 1, data: object({ document_id: uuid }) },
  DayBegan: { version: 1, data: object({ day, zone: text }) },
  DayClosed: {
    version: 1,
    data: object({
      day,
      zone: text,
      until: instant,
      size: count,
      counts: object({
        events: count,
        orders: count,
        invoices: count,
        credit_memos: count,
        captures: count,
        refunds: count,
      }),
      totals,
      imported: totals,
      perpetual: object({ totals, imported: totals }),
    }),
  },
});
