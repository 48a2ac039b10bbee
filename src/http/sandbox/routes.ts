import { Type } from '@sinclair/typebox';
import { orderExample } from '../orders/examples.ts';
import { paymentExample } from '../payments/examples.ts';
import { defineSpecs } from '../server/spec.ts';
import { ledgerEntryResponse, ledgerQuery } from './schemas.ts';

const ledgerExample = {
  idempotency_key: '3c0d6a0e-6bb2-5a3e-8f1f-0c9d2f1f9b10',
  kind: 'charge',
  payment_id: paymentExample.id,
  refund_id: null,
  order_id: orderExample.id,
  amount: orderExample.total,
  currency: 'EUR',
  outcome: 'succeeded',
  transaction_id: 'sbx_0c9d2f1f9b10aa07',
  reason: null,
  asked: 1,
};

/** The sandbox gateway's own books, outside the event log. */
export const sandboxSpecs = defineSpecs({
  readSandboxLedger: {
    methods: ['GET'],
    path: '/admin/sandbox/ledger',
    tag: 'Admin',
    summary: 'List the sandbox gateway’s ledger',
    description:
      'Oldest first: the requests that the gateway received and carried out. The ledger is kept outside the event log, so that both can be compared.',
    permission: { admin: 'any', auditor: 'any' },
    query: ledgerQuery,
    answers: { 200: { description: 'A page.', body: Type.Array(ledgerEntryResponse), example: [ledgerExample] } },
  },
});
