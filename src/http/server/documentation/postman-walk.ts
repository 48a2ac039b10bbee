import { PAYMENT_STEPS, RETURN_STEPS } from './postman-money-walk.ts';
import type { Step } from './postman-step.ts';

const order = { id: '{{order_id}}' };
const webhook = { id: '{{webhook_id}}' };
const customer = { id: 'customer-1' };
const second = { id: '{{second_order_id}}' };

/** The life of one order, then the other operations of an admin. Every step answers 2xx in this order. */
export const WALK: readonly Step[] = [
  { operationId: 'welcome', name: 'Welcome' },
  { operationId: 'health', name: 'Check the server' },
  { operationId: 'live', name: 'Check the process' },
  { operationId: 'ready', name: 'Check readiness' },
  { operationId: 'placeOrder', name: 'Place an order', save: { order_id: '.id', order_number: '.order_number' } },
  { operationId: 'scheduleOrder', name: 'Schedule an order' },
  { operationId: 'getOrder', name: 'Get the order', params: order },
  { operationId: 'getOrder', name: 'Get the order by its number', params: { id: '{{order_number}}' } },
  { operationId: 'listOrders', name: 'List orders', query: '?limit=5&status=pending' },
  { operationId: 'searchOrders', name: 'Search orders', query: '?q=mug' },
  { operationId: 'exportOrders', name: 'Export orders', query: '?format=csv' },
  { operationId: 'changeOrder', name: 'Change the notes', params: order },
  {
    operationId: 'changeOrder',
    name: 'Change the address',
    method: 'PUT',
    params: order,
    body: { shipping_address: 'Οδός Ερμού 1, 10563 Αθήνα' },
  },
  { operationId: 'addOrderNote', name: 'Add a note to the order', params: order },
  { operationId: 'listOrderNotes', name: 'List the notes of the order', params: order },
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
  { operationId: 'getOrderHistory', name: 'Get its history', params: order },
  { operationId: 'getOrderEvents', name: 'Get its audit trail', params: order },
  {
    operationId: 'listOrderInvoices',
    name: 'Wait for the invoice',
    params: { order_id: '{{order_id}}' },
    repeatUntil: `pm.response.json().some(({ status }) => status === 'ready')`,
    save: { invoice_id: '[0]?.id' },
  },
  { operationId: 'listInvoices', name: 'List invoices', query: '?limit=5' },
  { operationId: 'getInvoice', name: 'Get the invoice', params: { id: '{{invoice_id}}' } },
  { operationId: 'downloadInvoice', name: 'Download the invoice', params: { id: '{{invoice_id}}' } },
  ...PAYMENT_STEPS,
  ...RETURN_STEPS,
  { operationId: 'adjustStoreCredit', name: 'Give store credit', params: customer },
  { operationId: 'listStoreCredit', name: 'List the store credit of the customer', params: customer },
  { operationId: 'placeOrder', name: 'Place a second order', save: { second_order_id: '.id' } },
  { operationId: 'cancelOrder', name: 'Cancel the second order', params: second },
  { operationId: 'placeOrder', name: 'Place a third order', save: { third_order_id: '.id' } },
  { operationId: 'deleteOrder', name: 'Cancel the third order with DELETE', params: { id: '{{third_order_id}}' } },
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
  { operationId: 'readFeed', name: 'List events', query: '?types=OrderPlaced&limit=5' },
  { operationId: 'createWebhook', name: 'Create a webhook', save: { webhook_id: '.id' } },
  { operationId: 'listWebhooks', name: 'List webhooks' },
  { operationId: 'getWebhook', name: 'Get the webhook', params: webhook },
  { operationId: 'changeWebhook', name: 'Change its event types', params: webhook },
  { operationId: 'testWebhook', name: 'Test the webhook', params: webhook },
  { operationId: 'replayWebhook', name: 'Replay its events', params: webhook },
  { operationId: 'rotateWebhookSecret', name: 'Rotate its secret', params: webhook },
  { operationId: 'listWebhookDeliveries', name: 'List its deliveries', params: webhook },
  { operationId: 'deleteWebhook', name: 'Delete the webhook', params: webhook },
  { operationId: 'listProjections', name: 'List read models' },
  { operationId: 'rebuildProjection', name: 'Rebuild the order list', params: { name: 'order_list' } },
  { operationId: 'listJobs', name: 'List jobs' },
  { operationId: 'listClockRuns', name: 'List runs of scheduled tasks' },
  {
    operationId: 'listMessages',
    name: 'Wait for a message to the customer',
    query: '?limit=5',
    repeatUntil: 'pm.response.json().length > 0',
    save: { message_id: '[0]?.id' },
  },
  { operationId: 'getMessage', name: 'Get the message', params: { id: '{{message_id}}' } },
  { operationId: 'sendMessage', name: 'Send the message again', params: { id: '{{message_id}}' } },
];

/** Operations of an admin that no walk can call: they need a failure or a courier on the way, or their stream has no end. */
export const NOT_WALKED: readonly string[] = [
  'getJob',
  'retryJob',
  'getDeliveryLocation',
  'trackOrder',
  'redeliverWebhook',
  'resolveRefund',
  'settlePayment',
];
