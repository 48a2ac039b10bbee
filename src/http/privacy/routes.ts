import { defineSpecs } from '../server/spec.ts';
import { doneExample, planExample, runningExample } from '../erasures/examples.ts';
import { eraseBody, erasureParams, erasureResponse, planResponse } from '../erasures/schemas.ts';
import { reference, strictObject } from '../server/schemas/fields.ts';

const customerParams = strictObject({ id: reference({ description: 'Id of the customer.' }) });

const exporting = {
  methods: ['GET'],
  tag: 'Privacy',
  rateClass: 'export',
  rejects: [410],
  answers: { 200: { description: 'The zip.', contentType: 'application/zip' } },
} as const;

/** What a data protection officer does, and a customer who asks what is stored. */
export const privacySpecs = defineSpecs({
  eraseCustomer: {
    methods: ['POST'],
    path: '/admin/customers/:id/erase',
    tag: 'Privacy',
    summary: 'Erase a customer',
    description:
      'Destroys the key that seals everything that is said about a customer, and deletes what names the customer elsewhere. Amounts, numbers and the proof of the log stay. It cannot be undone. While an erasure of the customer is in progress, the answer is that one.',
    permission: { admin: 'any' },
    params: customerParams,
    body: eraseBody,
    example: { reason: 'Asked for by the customer', dry_run: true },
    rejects: [409],
    answers: {
      200: { description: 'With dry_run: what would be done.', body: planResponse, example: planExample },
      202: { description: 'The erasure.', body: erasureResponse, example: runningExample },
    },
  },
  exportCustomer: {
    ...exporting,
    path: '/admin/customers/:id/export',
    summary: 'Export the personal data of a customer',
    description:
      'A copy of everything that is stored of a customer, as a zip: orders, returns, payments, store credit, notes, documents, messages and recorded events. It has notes of staff too: read it before you hand it over. Each export is recorded.',
    permission: { admin: 'any' },
    params: customerParams,
  },
  exportMyData: {
    ...exporting,
    path: '/me/export',
    summary: 'Export my personal data',
    description:
      'A copy of everything that is stored of the caller, as a zip: what the API shows them, their documents and messages, and their own requests with address and user agent. Each export is recorded.',
    permission: { customer: 'own' },
  },
  getErasure: {
    methods: ['GET'],
    path: '/admin/erasures/:id',
    tag: 'Privacy',
    summary: 'Get an erasure',
    description: 'Shows how far it is and, when it is done, its certificate.',
    permission: { admin: 'any', auditor: 'any' },
    params: erasureParams,
    answers: { 200: { description: 'The erasure.', body: erasureResponse, example: doneExample } },
  },
});
