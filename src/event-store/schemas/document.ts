import { Type } from '@sinclair/typebox';
import type { DocumentEvent, SeriesEvent } from '../../domain/document/index.ts';
import { schemasOf } from './event-schema.ts';
import { minor, nullable, object, revision, text, uuid, words } from './shapes.ts';

const sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' });
const size = Type.Integer({ minimum: 0 });

/** Events of `document-<uuid>`, and of the series that number documents: `invoices-<year>`, `credit_memos-<year>`. */
export const documentSchemas = schemasOf<DocumentEvent | SeriesEvent>()({
  DocumentRequested: {
    version: 1,
    data: object({
      document_type: Type.Union([Type.Literal('invoice'), Type.Literal('credit_memo')]),
      kind: words(['invoice', 'return', 'line', 'shipping', 'goodwill', 'cancellation']),
      customer_id: text,
      order_id: uuid,
      return_id: nullable(uuid),
      credit_id: nullable(uuid),
      shipment_id: nullable(uuid),
      currency: text,
      amount: minor,
      series: Type.Union([Type.Literal('invoices'), Type.Literal('credit_memos')]),
      year: Type.Integer(),
      after: revision,
      as_of: revision,
    }),
  },
  DocumentNumbered: { version: 1, data: object({ document_id: uuid, number: text }) },
  DocumentRendered: { version: 1, data: object({ number: text, file_name: text, sha256, size }) },
  DocumentRedacted: { version: 1, data: object({ sha256, size }) },
});
