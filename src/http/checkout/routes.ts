import { Type } from '@sinclair/typebox';
import { orderExample, placeOrderExample } from '../orders/examples.ts';
import { orderResponse } from '../orders/response-schemas.ts';
import { strictObject } from '../server/schemas/fields.ts';
import { pages } from '../server/schemas/paging.ts';
import { defineSpecs } from '../server/spec.ts';
import { sellBody, templateBody, templateResponse } from './schemas.ts';

const deliveryExample = { shipping_address: placeOrderExample.shipping_address, notes: 'Ring twice' };

const item = { product_id: 'mug-blue', quantity: 2, product_name: 'Blue mug', unit_price: 12.99 };

const createTemplateExample = { name: 'Every Monday', items: [item] };

const templateExample = {
  id: '0195513c-6c00-7000-8000-00000000000a',
  name: 'Every Monday',
  currency: 'EUR',
  items: [item],
  created_at: '2026-03-01T12:00:00.000Z',
};

const customers = { permission: { customer: 'own' } } as const;
const selling = {
  ...customers,
  methods: ['POST'],
  body: sellBody,
  bodyOptional: true,
  example: deliveryExample,
  rejects: [502],
  answers: { 201: { description: 'The order.', body: orderResponse, example: orderExample } },
} as const;

const templates = { ...customers, tag: 'Templates' } as const;
const onTemplate = {
  ...templates,
  params: strictObject({ id: Type.String({ example: templateExample.id }) }),
} as const;
const template = { description: 'The template.', body: templateResponse, example: templateExample } as const;

/** Ways to buy what a customer has put together before: a cart, or a template. */
export const checkoutSpecs = defineSpecs({
  checkout: {
    ...selling,
    path: '/orders/checkout',
    tag: 'Orders',
    summary: 'Place an order from the cart',
    description:
      'Prices and stock come from the catalogue. The cart is emptied afterwards; until it is empty, another request answers the same order.',
  },
  createTemplate: {
    ...templates,
    methods: ['POST'],
    path: '/templates',
    summary: 'Create a template',
    description: 'A template keeps items that you order regularly.',
    body: templateBody,
    example: createTemplateExample,
    answers: { 201: template },
  },
  listTemplates: {
    ...templates,
    methods: ['GET'],
    path: '/templates',
    summary: 'List your templates',
    description: 'Newest first.',
    query: strictObject(pages),
    answers: { 200: { description: 'A page.', body: Type.Array(templateResponse), example: [templateExample] } },
  },
  getTemplate: {
    ...onTemplate,
    methods: ['GET'],
    path: '/templates/:id',
    summary: 'Get a template',
    answers: { 200: template },
  },
  deleteTemplate: {
    ...onTemplate,
    methods: ['DELETE'],
    path: '/templates/:id',
    summary: 'Delete a template',
    answers: { 204: { description: 'The template is deleted.' } },
  },
  orderTemplate: {
    ...selling,
    ...onTemplate,
    path: '/templates/:id/order',
    summary: 'Place an order from a template',
    description: 'Uses today’s catalogue prices; without a catalogue, the prices in the template.',
  },
});
