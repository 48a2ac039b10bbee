import { PAYMENT_STEPS, RETURN_STEPS } from './postman-money-walk.ts';
import type { Step } from './postman-step.ts';

const order = { id: '{{order_id}}' };
const webhook = { id: '{{webhook_id}}' };
const second = { id: '{{second_order_id}}' };

/** The life of one order, then what else an admin may call. Each step stands where it ends 2xx. */
export const WALK: readonly Step[] = [
  { operationId: 'welcome', name: 'Welcome' },
  { operationId: 'health', name: 'Health' },
  { operationId: 'live', name: 'Alive' },
  { operationId: 'ready', name: 'Ready' },
  { operationId: 'placeOrder', name: 'Place an order', save: { order_id: '.id', order_number: '.order_number' } },
  { operationId: 'scheduleOrder', name: 'Place an order for later' },
  { operationId: 'getOrder', name: 'Read it', params: order },
  { operationId: 'getOrder', name: 'Read it by number', params: { id: '{{order_number}}' } },
  { operationId: 'listOrders', name: 'List orders', query: '?limit=5&status=pending' },
  { operationId: 'searchOrders', name: 'Find them', query: '?q=mug' },
  { operationId: 'exportOrders', name: 'Export them', query: '?format=csv' },
  { operationId: 'changeOrder', name: 'Change the notes', params: order },
  {
    operationId: 'changeOrder',
    name: 'Change the address',
    method: 'PUT',
    params: order,
    body: { shipping_address: 'Οδός Ερμού 1, 10563 Αθήνα' },
  },
  { operationId: 'replaceOrderItems', name: 'Replace the items', params: order },
  { operationId: 'assignDelivery', name: 'Assign a courier', params: order },
  { operationId: 'changeOrderState', name: 'Confirm', params: order },
  {
    operationId: 'changeOrderState',
    name: 'Start processing',
    method: 'PATCH',
    params: order,
    body: { action: 'start_processing' },
  },
  { operationId: 'changeOrderStatus', name: 'Ship', params: order, body: { status: 'shipped' } },
  { operationId: 'changeOrderStatus', name: 'Deliver', method: 'PATCH', params: order, body: { status: 'delivered' } },
  { operationId: 'getOrderHistory', name: 'History', params: order },
  { operationId: 'getOrderEvents', name: 'Audit trail', params: order },
  {
    operationId: 'listOrderInvoices',
    name: 'Wait for the invoice',
    params: { order_id: '{{order_id}}' },
    repeatUntil: `pm.response.json().some(({ status }) => status === 'ready')`,
    save: { invoice_id: '[0]?.id' },
  },
  { operationId: 'listInvoices', name: 'List invoices', query: '?limit=5' },
  { operationId: 'getInvoice', name: 'Read the invoice', params: { id: '{{invoice_id}}' } },
  { operationId: 'downloadInvoice', name: 'Download the invoice', params: { id: '{{invoice_id}}' } },
  ...PAYMENT_STEPS,
  ...RETURN_STEPS,
  { operationId: 'placeOrder', name: 'Place a second order', save: { second_order_id: '.id' } },
  { operationId: 'cancelOrder', name: 'Cancel it', params: second },
  { operationId: 'placeOrder', name: 'Place a third order', save: { third_order_id: '.id' } },
  { operationId: 'deleteOrder', name: 'Delete (cancel) it', params: { id: '{{third_order_id}}' } },
  { operationId: 'placeOrder', name: 'Place a fourth order', save: { fourth_order_id: '.id' } },
  {
    operationId: 'bulkAssignDelivery',
    name: 'Assign many orders',
    body: { order_ids: ['{{fourth_order_id}}'], delivery_partner_id: 'courier-7' },
  },
  {
    operationId: 'bulkStatusUpdate',
    name: 'Confirm many orders',
    body: { order_ids: ['{{fourth_order_id}}', '{{order_number}}'], status: 'confirmed' },
  },
  { operationId: 'readFeed', name: 'The event feed', query: '?types=OrderPlaced&limit=5' },
  { operationId: 'createWebhook', name: 'Subscribe', save: { webhook_id: '.id' } },
  { operationId: 'listWebhooks', name: 'Subscribers' },
  { operationId: 'getWebhook', name: 'One of them', params: webhook },
  { operationId: 'changeWebhook', name: 'Want everything', params: webhook },
  { operationId: 'testWebhook', name: 'Send a test', params: webhook },
  { operationId: 'replayWebhook', name: 'Send all again', params: webhook },
  { operationId: 'rotateWebhookSecret', name: 'Exchange the secret', params: webhook },
  { operationId: 'listWebhookDeliveries', name: 'What was tried', params: webhook },
  { operationId: 'deleteWebhook', name: 'Unsubscribe', params: webhook },
  { operationId: 'listProjections', name: 'Read models' },
  { operationId: 'rebuildProjection', name: 'Rebuild the order list', params: { name: 'order_list' } },
  { operationId: 'listJobs', name: 'Jobs' },
  { operationId: 'listClockRuns', name: 'What the clock did' },
  {
    operationId: 'listMessages',
    name: 'Wait for a message to the customer',
    query: '?limit=5',
    repeatUntil: 'pm.response.json().length > 0',
    save: { message_id: '[0]?.id' },
  },
  { operationId: 'getMessage', name: 'What became of it', params: { id: '{{message_id}}' } },
  { operationId: 'sendMessage', name: 'Send it again', params: { id: '{{message_id}}' } },
];

/** Operations an admin may call that no walk can: first something must have gone wrong, or a courier be on the way; and a stream has no end. */
export const NOT_WALKED: readonly string[] = [
  'getJob',
  'retryJob',
  'getDeliveryLocation',
  'trackOrder',
  'redeliverWebhook',
];
