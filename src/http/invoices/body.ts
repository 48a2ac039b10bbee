import { toMajor } from '../../domain/shared/amount-notation.ts';
import type { DocumentKey } from '../../documents/index.ts';
import type { DocumentRow } from '../../projections/documents/index.ts';
import type { Progress } from './find-document.ts';
import type { INVOICE_STATUSES } from './schemas.ts';

const STATUS = {
  pending: 'rendering',
  ready: 'ready',
  failed: 'failed',
} as const satisfies Record<Progress['status'], (typeof INVOICE_STATUSES)[number]>;

/** An invoice or credit memo as HTTP answers it. */
export const invoiceBody = (
  document: DocumentRow,
  { status }: Pick<Progress, 'status'>,
  key?: Pick<DocumentKey, 'state'>,
) => ({
  id: document.id,
  invoice_number: document.number,
  invoice_type: document.document_type === 'invoice' ? ('order' as const) : ('return' as const),
  kind: document.kind,
  order_id: document.order_id,
  return_id: document.return_id,
  shipment_id: document.shipment_id,
  currency: document.currency,
  total: toMajor(document.amount, document.currency),
  file_name: document.file_name,
  file_size: document.size,
  sha256: document.sha256,
  status: key?.state === 'destroyed' ? ('destroyed' as const) : STATUS[status],
  issued_at: document.requested_at,
});
