/**
 * An invoice of one page and eight lines in four scripts, against a bare page with the same words made by pdf-lib alone
 * with two whole fonts subset at run time. Both alternate in one process; prints medians, spread and the ratio.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fontkit from '@pdf-lib/fontkit';
import { PDFDocument } from 'pdf-lib';
import type { InvoiceData } from '../src/documents/document-data.ts';
import { renderInvoice } from '../src/documents/invoice.ts';
import type { Benchmark } from './support/benchmark.ts';
import { compare } from './support/compare.ts';

const DOCUMENTS_A_ROUND = 12;

const names = [
  'Enamel mug',
  'Großer Löffel',
  'पुस्तक: क्षत्रिय',
  'Κούπα',
  'Кружка',
  'Žluťoučký kůň',
  'श्रीमती द्विवेदी',
  'Thé ₹€¥£',
];

const data: InvoiceData = {
  credited_before: 0,
  number: 'INV-2026-000042',
  order_number: 'ORD-2026-000123',
  issued_at: '2026-08-03T20:15:30.123Z',
  ordered_at: '2026-07-31T08:00:00.000Z',
  shipped_at: '2026-08-03T20:15:29.000Z',
  time_zone: 'Asia/Kolkata',
  currency: 'INR',
  payment_method: 'credit_card',
  seller: { name: 'Waybill Trading Company', address: '14 Harbour Road\nMumbai', tax_id: '27AAACW1234F1Z5' },
  bill_to: { name: 'आकांक्षा द्विवेदी', email: 'a@example.com', address: '12 MG Road, Pune' },
  ship_to: { name: 'Γιώργος Παπαδόπουλος', email: null, address: 'ул. Тверская 7, Москва' },
  lines: names.map((product_name, i) => ({
    product_id: `p-${i}`,
    product_name,
    product_sku: `SKU-${i}`,
    quantity: i + 1,
    unit_price: 45_000,
    discount: 5_000,
    tax: 8_500,
    total: 93_500,
    reduction: 0,
  })),
  subtotal: 720_000,
  discount_total: 40_000,
  tax: 68_000,
  shipping_cost: 500,
  shipping_reduction: 0,
  goodwill: 0,
  total: 748_500,
};

const require = createRequire(import.meta.url);
const [regular, bold] = ['DejaVuSans', 'DejaVuSans-Bold'].map((name) =>
  readFileSync(require.resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`)),
);

/** Shaping of Devanagari is beyond it: those words it gets in Latin. */
const renderBare = async (): Promise<Uint8Array> => {
  if (!regular || !bold) throw new Error('The fonts of dejavu-fonts-ttf are missing; run npm ci.');
  const pdf = await PDFDocument.create();
  pdf.registerFontkit(fontkit);
  const [text, strong] = [await pdf.embedFont(regular, { subset: true }), await pdf.embedFont(bold, { subset: true })];
  const page = pdf.addPage([595.28, 841.89]);
  page.drawText(`INVOICE ${data.number}`, { x: 48, y: 780, size: 20, font: strong });
  data.lines.forEach((line, i) => {
    const cells = [
      (line.product_name ?? '').replace(/[\u0900-\u097f]/g, 'x'),
      line.product_sku ?? '',
      ...[line.quantity, line.unit_price, line.discount, line.tax, line.total].map(String),
    ];
    cells.forEach((cell, j) => page.drawText(cell, { x: 48 + j * 70, y: 600 - i * 20, size: 9, font: text }));
  });
  return pdf.save();
};

const measure = async (render: () => Promise<Uint8Array>): Promise<number> => {
  const start = performance.now();
  for (let i = 0; i < DOCUMENTS_A_ROUND; i += 1) await render();
  return (performance.now() - start) / DOCUMENTS_A_ROUND;
};

const MOST_BYTES = 25_000;

export const invoice: Benchmark = async ({ short }) => {
  const render = () => renderInvoice(data);
  const { length } = await render();
  await compare({
    title: `invoice, one page, 8 lines, 4 scripts, ${length} bytes (goal ≤ ${MOST_BYTES})`,
    unit: 'ms',
    rounds: short ? 3 : 9,
    baseline: { name: 'bare page, two whole fonts subset at run time', measure: () => measure(renderBare) },
    candidate: { name: 'invoice', measure: () => measure(render) },
    goal: 'first ≤ 1.0, goal ≤ 0.5: times, so less is better',
  });
  if (length > MOST_BYTES) throw new Error(`the invoice has ${length} bytes`);
};
