import { returnExample } from '../returns/examples.ts';

export const invoiceExample = {
  id: '5d0f1c7a-9b8e-5a3c-8a34-5c7e0e0d9a21',
  invoice_number: 'INV-2026-000001',
  invoice_type: 'order',
  kind: 'invoice',
  order_id: '0195513c-6c00-7000-8000-000000000001',
  return_id: null,
  shipment_id: null,
  currency: 'USD',
  total: 115,
  file_name: 'invoice_ORD-2026-000001.pdf',
  file_size: 18432,
  sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  status: 'ready',
  issued_at: '2026-03-01T12:05:00.000Z',
};

export const creditMemoExample = {
  ...invoiceExample,
  id: '7b1e2d3c-4f5a-5b6c-9d7e-8f9a0b1c2d3e',
  invoice_number: 'CRM-2026-000001',
  invoice_type: 'return',
  kind: 'return',
  return_id: returnExample.id,
  total: 55,
  file_name: 'credit_memo_RET-2026-000001.pdf',
  issued_at: '2026-03-09T12:05:00.000Z',
};
