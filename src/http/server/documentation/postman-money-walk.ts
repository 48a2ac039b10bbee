import type { Step } from './postman-step.ts';

const order_id = '{{order_id}}';
const payment = { id: '{{payment_id}}' };
const paying = (amount: number) => ({ order_id, method: 'credit_card', amount });

/** Two payments of a delivered order: one is processed and partly refunded, one is cancelled. */
export const PAYMENT_STEPS: readonly Step[] = [
  { operationId: 'createPayment', name: 'Create a payment', body: paying(30), save: { payment_id: '.id' } },
  { operationId: 'getPayment', name: 'Get the payment', params: payment },
  { operationId: 'changePayment', name: 'Change its notes', params: payment },
  { operationId: 'processPayment', name: 'Process the payment', params: payment },
  {
    operationId: 'listPayments',
    name: 'Wait for its outcome',
    query: '?order_id={{order_id}}&status=completed',
    repeatUntil: `pm.response.json().length > 0`,
  },
  { operationId: 'refundPayment', name: 'Refund a part of the payment', params: payment },
  { operationId: 'addPaymentNote', name: 'Add a note to the payment', params: payment },
  { operationId: 'listPaymentNotes', name: 'List the notes of the payment', params: payment },
  { operationId: 'getPaymentEvents', name: 'Get the audit trail of the payment', params: payment },
  {
    operationId: 'explainPayment',
    name: 'Explain what was refunded',
    params: { ...payment, field: 'refunded_amount' },
  },
  {
    operationId: 'createPayment',
    name: 'Create a second payment',
    body: paying(1),
    save: { second_payment_id: '.id' },
  },
  { operationId: 'cancelPayment', name: 'Cancel the second payment', params: { id: '{{second_payment_id}}' } },
  {
    operationId: 'refundOrder',
    name: 'Refund some goodwill',
    params: { id: order_id },
    body: { goodwill: 2, reason_category: 'late', note: 'Two days late' },
  },
  { operationId: 'reconcileOrder', name: 'Compare documents and money', params: { id: order_id } },
  { operationId: 'readSandboxLedger', name: 'List the ledger of the sandbox gateway', query: '?order_id={{order_id}}' },
];

const back = { id: '{{return_id}}' };
const act = (name: string, action: string, more: Partial<Step> = {}): Step => ({
  operationId: 'changeReturnState',
  name,
  params: back,
  body: { action },
  ...more,
});
const oneUnit = { reason: 'size_issue', items: [{ order_item_id: '{{order_item_id}}', quantity: 1 }] };

/** A return up to its credit memo, then a reviewed one, a rejected one and one that is requested again. */
export const RETURN_STEPS: readonly Step[] = [
  {
    operationId: 'getOrder',
    name: 'Get the items of the order',
    params: { id: order_id },
    save: { order_item_id: '.items[0].id' },
  },
  {
    operationId: 'openReturn',
    name: 'Open a return',
    body: { order_id, ...oneUnit },
    save: { return_id: '.id', return_number: '.return_number' },
  },
  { operationId: 'getReturn', name: 'Get the return by its number', params: { id: '{{return_number}}' } },
  { operationId: 'changeReturn', name: 'Change the notes of the return', params: back },
  { operationId: 'addReturnNote', name: 'Add a note to the return', params: back },
  { operationId: 'listReturnNotes', name: 'List the notes of the return', params: back },
  { operationId: 'approveReturn', name: 'Approve the return', params: back },
  act('Schedule the pickup', 'schedule_pickup'),
  act('Start its transit', 'start_transit', { method: 'PATCH' }),
  act('Receive it', 'receive'),
  act('Process the return for store credit', 'process', {
    body: { action: 'process', restocking_fee: 1, refund_method: 'store_credit' },
  }),
  { operationId: 'getReturnHistory', name: 'Get the history of the return', params: back },
  { operationId: 'getReturnEvents', name: 'Get the audit trail of the return', params: back },
  { operationId: 'explainReturn', name: 'Explain its refund', params: { ...back, field: 'refund_amount' } },
  {
    operationId: 'listReturnInvoices',
    name: 'Wait for the credit memo',
    params: { return_id: '{{return_id}}' },
    repeatUntil: `pm.response.json().some(({ status }) => status === 'ready')`,
    save: { credit_memo_id: '[0]?.id' },
  },
  { operationId: 'downloadInvoice', name: 'Download the credit memo', params: { id: '{{credit_memo_id}}' } },
  {
    operationId: 'explainInvoice',
    name: 'Explain the credit memo',
    params: { id: '{{credit_memo_id}}', field: 'total' },
  },
  { operationId: 'explainOrder', name: 'Explain what is due', params: { id: order_id, field: 'amount_due' } },
  { operationId: 'reconcileOrder', name: 'Compare documents and money after the return', params: { id: order_id } },
  {
    operationId: 'returnOrder',
    name: 'Return another unit',
    params: { id: order_id },
    body: oneUnit,
    save: { second_return_id: '.id' },
  },
  { operationId: 'reviewReturn', name: 'Review the second return', params: { id: '{{second_return_id}}' } },
  act('Receive what the customer brought in', 'receive', { params: { id: '{{second_return_id}}' } }),
  {
    operationId: 'exchangeReturn',
    name: 'Exchange it for another item',
    params: { id: '{{second_return_id}}' },
    save: { exchange_order_id: '.exchange.order_id' },
  },
  { operationId: 'getOrder', name: 'Get the new order', params: { id: '{{exchange_order_id}}' } },
  {
    operationId: 'requestReturn',
    name: 'Return all that is left',
    params: { id: order_id },
    body: {},
    save: { third_return_id: '.id' },
  },
  { operationId: 'rejectReturn', name: 'Reject the third return', params: { id: '{{third_return_id}}' } },
  {
    operationId: 'requestReturn',
    name: 'Request the return again',
    params: { id: order_id },
    body: {},
    save: { fourth_return_id: '.id' },
  },
  {
    operationId: 'reviewOrderReturn',
    name: 'Review the fourth return',
    params: { id: '{{fourth_return_id}}' },
    body: { decision: 'approved', approval_notes: 'As good as new' },
  },
  { operationId: 'listReturns', name: 'List returns', query: '?order_id={{order_id}}' },
  { operationId: 'listOrderReturns', name: 'List returns at the other address', query: '?limit=5' },
];
