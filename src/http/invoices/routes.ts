import { Type } from '@sinclair/typebox';
import { defineSpecs } from '../server/spec.ts';
import { creditMemoExample, invoiceExample } from './examples.ts';
import {
  invoicedOrderParams,
  invoicedReturnParams,
  invoiceParams,
  invoiceResponse,
  listInvoicesQuery,
} from './schemas.ts';

const reading = {
  methods: ['GET'],
  tag: 'Invoices',
  permission: { customer: 'own', admin: 'any', auditor: 'any' },
} as const;
const onInvoice = { ...reading, params: invoiceParams } as const;

const noneOrOne = (example: unknown) => ({
  200: { description: 'An empty list, or one document.', body: Type.Array(invoiceResponse), example: [example] },
});

export const invoiceSpecs = defineSpecs({
  listInvoices: {
    ...reading,
    path: '/invoices',
    summary: 'List invoices and credit memos',
    description: 'Newest first. Customers see their own documents.',
    query: listInvoicesQuery,
    readModels: ['document_list'],
    answers: {
      200: { description: 'A page.', body: Type.Array(invoiceResponse), example: [invoiceExample, creditMemoExample] },
    },
  },
  listOrderInvoices: {
    ...reading,
    path: '/invoices/order/:order_id',
    summary: 'Get the invoice of an order',
    params: invoicedOrderParams,
    answers: noneOrOne(invoiceExample),
  },
  listReturnInvoices: {
    ...reading,
    path: '/invoices/return/:return_id',
    summary: 'Get the credit memo of a return',
    params: invoicedReturnParams,
    answers: noneOrOne(creditMemoExample),
  },
  getInvoice: {
    ...onInvoice,
    path: '/invoices/:id',
    summary: 'Get an invoice or credit memo',
    answers: { 200: { description: 'The document.', body: invoiceResponse, example: invoiceExample } },
  },
  downloadInvoice: {
    ...onInvoice,
    path: '/invoices/:id/download',
    summary: 'Download an invoice or credit memo',
    description: 'Answers 409 with Retry-After while the PDF is being rendered.',
    rejects: [409],
    answers: { 200: { description: 'The PDF.', contentType: 'application/pdf' } },
  },
});
