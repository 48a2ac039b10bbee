import { defineSpecs } from '../server/spec.ts';
import { doneExample, planExample, runningExample } from './examples.ts';
import { customerParams, eraseBody, erasureParams, erasureResponse, planResponse } from './schemas.ts';

/** What a data protection officer does. */
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
