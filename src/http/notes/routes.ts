import { Type } from '@sinclair/typebox';
import { onOrder } from '../orders/routes.ts';
import { onPayment } from '../payments/routes.ts';
import { onReturn } from '../returns/routes.ts';
import { defineSpecs } from '../server/spec.ts';
import { addNoteBody, noteResponse } from './schemas.ts';

const noteExample = {
  id: '5b0e6d1c-2f3a-5c4d-9e8f-7a6b5c4d3e2f',
  text: 'Called the customer, who wants it on Friday',
  by: 'admin',
  at: '2026-03-01T12:05:00.000Z',
  visible_to_customer: false,
};

const reading = {
  methods: ['GET'],
  description: 'Customers see the notes that are visible to them.',
  permission: { customer: 'own', admin: 'any', auditor: 'any' },
  answers: { 200: { description: 'Oldest first.', body: Type.Array(noteResponse), example: [noteExample] } },
} as const;

const writing = {
  methods: ['POST'],
  description:
    'Adds a note of staff. Notes cannot be changed. The customer sees a note only with `visible_to_customer`.',
  permission: { admin: 'any' },
  body: addNoteBody,
  example: { text: noteExample.text },
  answers: { 201: { description: 'The note.', body: noteResponse, example: noteExample } },
} as const;

/** What staff write down about an order, a return or a payment. */
export const noteSpecs = defineSpecs({
  listOrderNotes: { ...onOrder, ...reading, path: '/orders/:id/notes', summary: 'List the notes of an order' },
  addOrderNote: { ...onOrder, ...writing, path: '/orders/:id/notes', summary: 'Add a note to an order' },
  listReturnNotes: { ...onReturn, ...reading, path: '/returns/:id/notes', summary: 'List the notes of a return' },
  addReturnNote: { ...onReturn, ...writing, path: '/returns/:id/notes', summary: 'Add a note to a return' },
  listPaymentNotes: { ...onPayment, ...reading, path: '/payments/:id/notes', summary: 'List the notes of a payment' },
  addPaymentNote: { ...onPayment, ...writing, path: '/payments/:id/notes', summary: 'Add a note to a payment' },
});
