import type { MailKind } from '../kinds.ts';
import type { View } from './view.ts';
import type { Phrases } from './phrases.ts';

const item = { name: 'Blue mug', sku: 'MUG-BLUE', quantity: '2', amount: '€25.98' };

/** What templates are tried out with: everything there can be to say, and as little as there can be. */
export const sampleViews = (
  kind: MailKind,
  language: string,
  { labels, refund_ways, shipment_statuses }: Phrases,
): readonly View[] => {
  const order = { number: 'ORD-2026-000123', status: '…', placed_at: '2026-03-01', total: '€34.08' };
  const total = { label: labels.total, value: '€34.08' };
  const full: View = {
    kind,
    language,
    labels,
    order,
    shop: { name: 'Waybill' },
    customer: { name: 'Meera Sharma' },
    return: { number: 'RET-2026-000045', status: '…', none_accepted: true, is_sent_back: true },
    exchange: { number: 'ORD-2026-000124' },
    shipment: {
      carrier: 'DHL',
      tracking_number: '00340434161094021501',
      tracking_url: 'https://track.example/00340434161094021501',
      status: shipment_statuses.lost,
      state: 'lost',
      resolution: 'refund',
      is_part: true,
    },
    credit: { kind: 'cancellation' },
    refund: {
      amount: '€12.99',
      credited: '€15.99',
      set_off: '€3.00',
      due: '€5.00',
      way: refund_ways.cash,
      id: '0195…',
    },
    reason: 'Worn for weeks',
    attachment: 'invoice_ORD-2026-000123.pdf',
    details: [
      { label: labels.order, value: order.number, link: false },
      { label: labels.tracking_url, value: 'https://track.example/00340434161094021501', link: true },
    ],
    items: [item],
    totals: [total],
  };
  const sparse: View = {
    ...full,
    customer: { name: null },
    return: { number: null, status: null, none_accepted: false, is_sent_back: false },
    exchange: { number: null },
    shipment: {
      carrier: null,
      tracking_number: null,
      tracking_url: null,
      status: shipment_statuses.shipped,
      state: 'shipped',
      resolution: null,
      is_part: false,
    },
    credit: { kind: null },
    refund: { amount: null, credited: null, set_off: null, due: null, way: null, id: null },
    reason: null,
    attachment: null,
    details: [],
    items: [{ ...item, sku: null, amount: null }],
    totals: [],
  };
  return [full, sparse];
};
