import { Type } from '@sinclair/typebox';
import { defineSpecs } from '../server/spec.ts';
import { exportParams, exportQuery } from './schemas.ts';

const row = {
  id: '0195513c-6c00-7000-8000-000000000003',
  payment_number: 'PAY-2026-000001',
  order_id: '0195513c-6c00-7000-8000-000000000001',
  customer_id: 'customer-1',
  status: 'completed',
  method: 'credit_card',
  currency: 'EUR',
  amount: 31.18,
  refunded_amount: 0,
  transaction_id: null,
  failure_reason: null,
  created_at: '2026-03-01T12:00:00.000Z',
  completed_at: '2026-03-01T12:00:01.000Z',
  refunded_at: null,
};

/** Everything the shop has, as tables. */
export const exportSpecs = defineSpecs({
  exportTable: {
    methods: ['GET'],
    path: '/exports/:what',
    tag: 'Analytics',
    summary: 'Export a table',
    description:
      'Streams all matching rows, oldest first, as a file: as of one position of the log, which `X-Export-Position` names. ' +
      'In a CSV, a text that begins like a formula gets a leading apostrophe. Events come without personal data.',
    permission: { admin: 'any', auditor: 'any' },
    rateClass: 'export',
    params: exportParams,
    query: exportQuery,
    readModels: ['order_list', 'return_list', 'payment_list', 'document_list'],
    answers: {
      200: {
        description: 'The file.',
        body: Type.Array(Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Null()]))),
        otherTypes: ['text/csv', 'application/x-ndjson'],
        example: [row],
      },
    },
  },
});
