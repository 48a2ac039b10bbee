import { Type } from '@sinclair/typebox';
import { asOfQuery } from '../trail/as-of.ts';
import { eventResponse } from '../trail/schemas.ts';
import { runningExample } from '../erasures/examples.ts';
import { erasureResponse } from '../erasures/schemas.ts';
import { defineSpecs } from '../server/spec.ts';
import { bulkAssignBody, bulkResponse, bulkStatusBody } from './bulk-schemas.ts';
import {
  addItemsExample,
  addedItemsExample,
  cancelledOrderExample,
  confirmedOrderExample,
  eventExample,
  historyExample,
  orderExample,
  placeOrderExample,
  scheduledOrderExample,
  scheduleOrderExample,
} from './examples.ts';
import {
  addItemsBody,
  assignDeliveryBody,
  cancelOrderBody,
  changeOrderBody,
  deleteOrderQuery,
  exportOrdersQuery,
  listOrdersQuery,
  orderParams,
  orderStateBody,
  orderStatusBody,
  placeOrderBody,
  replaceItemsBody,
  scheduleOrderBody,
  searchOrdersQuery,
} from './request-schemas.ts';
import { cancelledOrderResponse, orderHistoryResponse, orderResponse } from './response-schemas.ts';

/** How far each role sees orders. */
const READERS = { customer: 'own', delivery_partner: 'assigned', admin: 'any', auditor: 'any' } as const;
const AUDITORS = { admin: 'any', auditor: 'any' } as const;

/** What operations on one order have in common, here and in the resources below an order. */
export const onOrder = { tag: 'Orders', params: orderParams } as const;

const placing = { methods: ['POST'], tag: 'Orders', permission: { customer: 'own', admin: 'any' } } as const;

const changing = { ...onOrder, conditional: true } as const;
const changed = {
  200: { description: 'The changed order.', body: orderResponse, example: confirmedOrderExample },
} as const;

const page = {
  200: { description: 'A page of orders.', body: Type.Array(orderResponse), example: [orderExample] },
} as const;
const listing = {
  methods: ['GET'],
  tag: 'Orders',
  query: listOrdersQuery,
  readModels: ['order_list'],
  answers: page,
} as const;
const listingOwn = { ...listing, summary: 'List your orders', permission: { customer: 'own' } } as const;

const BULK_IDS = [orderExample.id, orderExample.order_number];
const bulk = {
  tag: 'Orders',
  permission: { admin: 'any' },
  description:
    'Accepts at most 1000 orders. Each order is changed independently: its result gives the reason for a rejection, and the others continue. A repeated request with the same Idempotency-Key completes the rest and changes nothing twice.',
} as const;
const bulkResults = (status: string) => ({
  200: {
    description: 'A result for each order, in the order of the request.',
    body: bulkResponse,
    example: { results: BULK_IDS.map((id) => ({ id, ok: true, status })) },
  },
});

export const orderSpecs = defineSpecs({
  placeOrder: {
    ...placing,
    path: '/orders',
    summary: 'Place an order',
    description: 'A customer orders for themselves, an admin for any customer.',
    body: placeOrderBody,
    example: placeOrderExample,
    answers: { 201: { description: 'The order.', body: orderResponse, example: orderExample } },
  },
  scheduleOrder: {
    ...placing,
    path: '/orders/scheduled',
    summary: 'Schedule an order',
    description: 'The order stays `scheduled` until shortly before its time.',
    body: scheduleOrderBody,
    example: scheduleOrderExample,
    answers: { 201: { description: 'The order.', body: orderResponse, example: scheduledOrderExample } },
  },
  changeOrder: {
    ...changing,
    methods: ['PATCH', 'PUT'],
    path: '/orders/:id',
    summary: 'Change an order',
    description:
      'Changes notes, meta data, the shipping address (until the order is shipped; by staff also while units are left and no parcel is on its way), and the billing address, e-mail address and name of the customer (until it is invoiced). A billing address that equals the shipping address changes with it, and null makes it equal. Fields that are left out keep their values. The `notes` of an admin are added as a note of staff, and the answer shows them; the customer’s own notes stay.',
    permission: { customer: 'own', admin: 'any' },
    body: changeOrderBody,
    example: { notes: 'Ring twice' },
    answers: changed,
  },
  changeOrderState: {
    ...changing,
    methods: ['POST', 'PATCH'],
    path: '/orders/:id/state',
    summary: 'Take an action on an order',
    description: 'A target status is accepted instead of the action that leads to it.',
    permission: { admin: 'any' },
    body: orderStateBody,
    example: { action: 'confirm' },
    answers: changed,
  },
  changeOrderStatus: {
    ...changing,
    methods: ['PUT', 'PATCH'],
    path: '/orders/:id/status',
    summary: 'Change the status of an order',
    permission: { admin: 'any', delivery_partner: 'assigned' },
    body: orderStatusBody,
    example: { status: 'confirmed' },
    answers: changed,
  },
  cancelOrder: {
    ...changing,
    methods: ['POST'],
    path: '/orders/:id/cancel',
    summary: 'Cancel an order',
    permission: { customer: 'own', admin: 'any' },
    body: cancelOrderBody,
    bodyOptional: true,
    example: { reason: 'Ordered by mistake', reason_category: 'changed_mind' },
    answers: {
      200: {
        description: 'The cancelled order.',
        body: cancelledOrderResponse,
        example: { ...cancelledOrderExample, refund_initiated: false },
      },
    },
  },
  deleteOrder: {
    ...changing,
    methods: ['DELETE'],
    path: '/orders/:id',
    summary: 'Cancel an order with DELETE',
    description:
      'The order is cancelled and stays readable; nothing is deleted. The reason may be in the query or in the body. With permanent=true an admin erases the customer of the order instead.',
    permission: { customer: 'own', admin: 'any' },
    query: deleteOrderQuery,
    body: cancelOrderBody,
    bodyOptional: true,
    example: { reason: 'Ordered by mistake', reason_category: 'changed_mind' },
    rejects: [409],
    answers: {
      200: { description: 'The cancelled order.', body: orderResponse, example: cancelledOrderExample },
      202: { description: 'With permanent: the erasure.', body: erasureResponse, example: runningExample },
    },
  },
  replaceOrderItems: {
    ...changing,
    methods: ['PUT'],
    path: '/orders/:id/items',
    summary: 'Replace the items of an order',
    description:
      'Items can be changed until the order is processed. Totals are recalculated at the tax rate of the original order.',
    permission: { customer: 'own', admin: 'any' },
    body: replaceItemsBody,
    example: { items: placeOrderExample.items },
    answers: changed,
  },
  addOrderItems: {
    ...changing,
    methods: ['POST'],
    path: '/orders/:id/items',
    summary: 'Add items to an order',
    description:
      'Items can be added until the order is invoiced, which its first shipment causes; by customers until it is processed. The items that it has stay. Totals are recalculated at the tax rate of the original order.',
    permission: { customer: 'own', admin: 'any' },
    body: addItemsBody,
    example: addItemsExample,
    answers: { 201: { description: 'The order with its items.', body: orderResponse, example: addedItemsExample } },
  },
  assignDelivery: {
    ...changing,
    methods: ['PUT'],
    path: '/orders/:id/assign-delivery',
    summary: 'Assign a delivery partner',
    permission: { admin: 'any' },
    body: assignDeliveryBody,
    example: { delivery_partner_id: 'courier-7' },
    answers: changed,
  },
  listOrders: {
    ...listing,
    path: '/orders',
    summary: 'List orders',
    description:
      'Customers see their own orders, delivery partners the orders assigned to them. With `as_of`, orders are shown as their events up to the close of that business day say, those placed later left out; delivery partners may not send it.',
    permission: READERS,
  },
  listMyOrders: { ...listingOwn, path: '/orders/me' },
  listOwnOrders: { ...listingOwn, path: '/orders/my-orders' },
  searchOrders: {
    methods: ['GET'],
    path: '/orders/search',
    tag: 'Orders',
    summary: 'Search orders',
    description:
      'Searches number, customer, e-mail address, addresses, telephone numbers, products, short values of meta data and tracking numbers, and the numbers of payments, returns and documents. Every word must match. Numbers rank first, then exact words, beginnings of words, and words with a typing error; equal matches are sorted newest first. Finds at most 1000 orders.',
    permission: AUDITORS,
    query: searchOrdersQuery,
    readModels: ['order_list', 'order_search'],
    answers: page,
  },
  exportOrders: {
    methods: ['GET'],
    path: '/orders/export',
    tag: 'Orders',
    summary: 'Export orders',
    description:
      'Streams all matching orders, as of one moment, as a file. A CSV has the fields with a single value; a text that begins like a formula gets a leading apostrophe.',
    permission: AUDITORS,
    rateClass: 'export',
    query: exportOrdersQuery,
    readModels: ['order_list'],
    answers: {
      200: {
        description: 'The file.',
        body: Type.Array(orderResponse),
        otherTypes: ['text/csv', 'application/x-ndjson'],
        example: [orderExample],
      },
    },
  },
  getOrder: {
    ...onOrder,
    methods: ['GET'],
    path: '/orders/:id',
    summary: 'Get an order',
    description:
      'The answer is always current: it is folded from the order’s events. With `as_of` it is folded up to then, and says so; its documents are those of that time if a time is sent.',
    permission: { ...READERS, service: 'orders:read' },
    query: asOfQuery('order'),
    answers: { 200: { description: 'The order.', body: orderResponse, example: orderExample } },
  },
  getOrderHistory: {
    ...onOrder,
    methods: ['GET'],
    path: '/orders/:id/history',
    summary: 'Get the status history of an order',
    permission: { customer: 'own', ...AUDITORS },
    answers: { 200: { description: 'Oldest first.', body: orderHistoryResponse, example: historyExample } },
  },
  getOrderEvents: {
    ...onOrder,
    methods: ['GET'],
    path: '/orders/:id/events',
    summary: 'Get the audit trail of an order',
    description: 'Shows the events as they were recorded: amounts are in minor units.',
    permission: AUDITORS,
    answers: { 200: { description: 'Oldest first.', body: Type.Array(eventResponse), example: [eventExample] } },
  },
  bulkStatusUpdate: {
    ...bulk,
    methods: ['PUT'],
    path: '/orders/bulk-status-update',
    summary: 'Change the status of many orders',
    body: bulkStatusBody,
    example: { order_ids: BULK_IDS, status: 'confirmed' },
    answers: bulkResults('confirmed'),
  },
  bulkAssignDelivery: {
    ...bulk,
    methods: ['POST'],
    path: '/orders/bulk-assign-delivery',
    summary: 'Assign many orders to a delivery partner',
    body: bulkAssignBody,
    example: { order_ids: BULK_IDS, delivery_partner_id: 'courier-7' },
    answers: bulkResults('processing'),
  },
});
