import { Type } from '@sinclair/typebox';
import { defineSpecs } from '../server/spec.ts';
import { adjustStoreCreditBody, storeCreditParams, storeCreditResponse } from './schemas.ts';

const given = { amount: 25, kind: 'adjustment', at: '2026-03-01T12:00:00.000Z' };
const spent = {
  amount: -10,
  kind: 'payment',
  order_id: '0195513c-6c00-7000-8000-000000000001',
  at: '2026-03-02T12:00:00.000Z',
};
const example = { currency: 'EUR', balance: 15, entries: [spent, given] };

const ofCustomer = {
  path: '/admin/customers/:id/store-credit',
  tag: 'Store credit',
  params: storeCreditParams,
} as const;
const reading = {
  methods: ['GET'],
  description: 'One balance for each currency, with its newest entries, newest first.',
  readModels: ['store_credit'],
  answers: {
    200: { description: 'The balances, by currency.', body: Type.Array(storeCreditResponse), example: [example] },
  },
} as const;

/** What customers have left to spend in the shop. */
export const storeCreditSpecs = defineSpecs({
  listMyStoreCredit: {
    ...reading,
    path: '/me/store-credit',
    tag: 'Store credit',
    summary: 'List your store credit',
    permission: { customer: 'own' },
  },
  listStoreCredit: {
    ...ofCustomer,
    ...reading,
    summary: 'List the store credit of a customer',
    permission: { admin: 'any', auditor: 'any' },
  },
  adjustStoreCredit: {
    ...ofCustomer,
    methods: ['POST'],
    summary: 'Give or take store credit',
    description: 'An amount above 0 is given, one below 0 is taken. A balance never falls below 0.',
    permission: { admin: 'any' },
    body: adjustStoreCreditBody,
    example: { currency: 'EUR', amount: 25, reason_category: 'goodwill', note: 'Third late parcel' },
    answers: {
      201: {
        description: 'The balance in this currency.',
        body: storeCreditResponse,
        example: { currency: 'EUR', balance: 25, entries: [given] },
      },
    },
  },
});
