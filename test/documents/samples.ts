import type { CreditMemoData, DocumentLine, InvoiceData } from '../../src/documents/document-data.ts';

export const line = (change: Partial<DocumentLine> = {}): DocumentLine => ({
  product_id: 'p-1',
  product_name: 'Enamel mug, blue',
  product_sku: 'MUG-BLUE-01',
  quantity: 2,
  unit_price: 45000,
  discount: 5000,
  tax: 8500,
  total: 93500,
  reduction: 0,
  ...change,
});

export const invoice = (change: Partial<InvoiceData> = {}): InvoiceData => ({
  number: 'INV-2026-000042',
  order_number: 'ORD-2026-000123',
  issued_at: '2026-08-03T20:15:30.123Z',
  ordered_at: '2026-07-31T08:00:00.000Z',
  shipped_at: '2026-08-03T20:15:29.000Z',
  time_zone: 'UTC',
  currency: 'INR',
  payment_method: 'credit_card',
  seller: {
    name: 'Waybill Trading Company',
    address: '14 Harbour Road\n400001 Mumbai\nIndia',
    tax_id: '27AAACW1234F1Z5',
  },
  bill_to: {
    name: 'Anna Köhler',
    email: 'anna@example.com',
    address: { street: 'Große Straße 5', city: 'Köln', state: 'NRW', zip_code: '50667', country: 'Germany' },
  },
  ship_to: {
    name: 'Ravi Kumar',
    email: null,
    address: {
      recipient_name: 'Ravi Kumar',
      street: '12 MG Road',
      city: 'Pune',
      state: 'MH',
      zip_code: '411001',
      country: 'India',
      phone: '+91 20 5550 1234',
    },
  },
  lines: [line()],
  subtotal: 90000,
  discount_total: 5000,
  tax: 8500,
  shipping_cost: 500,
  shipping_reduction: 0,
  goodwill: 0,
  total: 94000,
  ...change,
});

export const creditMemo = (change: Partial<CreditMemoData> = {}): CreditMemoData => ({
  ...invoice(),
  number: 'CRM-2026-000007',
  kind: 'return',
  credited_at: '2026-08-10T09:00:00.000Z',
  invoice_number: 'INV-2026-000042',
  settled_return: {
    number: 'RET-2026-000045',
    received_at: '2026-08-03T20:15:29.000Z',
    processed_at: '2026-08-10T09:00:00.000Z',
    reasons: ['not_as_described'],
  },
  reason_category: null,
  restocking_fee: 1250,
  adjustment: -777,
  credited_before: 0,
  set_off: 0,
  paid_out: [{ method: 'store_credit', amount: 91973 }],
  total: 91973,
  ...change,
});
