import type { Step } from './postman-step.ts';

const order_id = '{{order_id}}';
const payment = { id: '{{payment_id}}' };
const paying = (amount: number) => ({ order_id, method: 'credit_card', amount });

/** Two payments of a delivered order: one is processed and partly given back, one is cancelled. */
export const PAYMENT_STEPS: readonly Step[] = [
  { operationId: 'createPayment', name: 'Begin a payment', body: paying(30), save: { payment_id: '.id' } },
  { operationId: 'getPayment', name: 'Read the payment', params: payment },
  { operationId: 'changePayment', name: 'Note something about it', params: payment },
  { operationId: 'processPayment', name: 'Process it', params: payment },
  {
    operationId: 'listPayments',
    name: 'Wait for its outcome',
    query: '?order_id={{order_id}}&status=completed',
    repeatUntil: `pm.response.json().length > 0`,
  },
  {
    operationId: 'settlePayment',
    name: 'Settle it by hand: nothing to settle any more',
    params: payment,
    body: { outcome: 'succeeded' },
  },
  { operationId: 'refundPayment', name: 'Give some of it back', params: payment },
  { operationId: 'getPaymentEvents', name: 'Audit trail of the payment', params: payment },
  { operationId: 'createPayment', name: 'Begin another', body: paying(1), save: { second_payment_id: '.id' } },
  { operationId: 'cancelPayment', name: 'Cancel it before it is processed', params: { id: '{{second_payment_id}}' } },
  { operationId: 'readSandboxLedger', name: 'What the sandbox was asked', query: '?order_id={{order_id}}' },
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

/** A return to its credit memo, then one that is reviewed, and the rest rejected and asked for again. */
export const RETURN_STEPS: readonly Step[] = [
  {
    operationId: 'getOrder',
    name: 'Which items there are',
    params: { id: order_id },
    save: { order_item_id: '.items[0].id' },
  },
  {
    operationId: 'openReturn',
    name: 'Open a return',
    body: { order_id, ...oneUnit },
    save: { return_id: '.id', return_number: '.return_number' },
  },
  { operationId: 'getReturn', name: 'Read it by its number', params: { id: '{{return_number}}' } },
  { operationId: 'changeReturn', name: 'Change its notes', params: back },
  { operationId: 'approveReturn', name: 'Approve it', params: back },
  act('Schedule the pickup', 'schedule_pickup'),
  act('It is on its way', 'start_transit', { method: 'PATCH' }),
  act('It arrives', 'receive'),
  act('Inspect it', 'process', { body: { action: 'process', restocking_fee: 1 } }),
  { operationId: 'getReturnHistory', name: 'History of the return', params: back },
  { operationId: 'getReturnEvents', name: 'Audit trail of the return', params: back },
  {
    operationId: 'listReturnInvoices',
    name: 'Wait for the credit memo',
    params: { return_id: '{{return_id}}' },
    repeatUntil: `pm.response.json().some(({ status }) => status === 'ready')`,
    save: { credit_memo_id: '[0]?.id' },
  },
  { operationId: 'downloadInvoice', name: 'Download the credit memo', params: { id: '{{credit_memo_id}}' } },
  {
    operationId: 'returnOrder',
    name: 'Return another unit',
    params: { id: order_id },
    body: oneUnit,
    save: { second_return_id: '.id' },
  },
  { operationId: 'reviewReturn', name: 'Review it', params: { id: '{{second_return_id}}' } },
  {
    operationId: 'requestReturn',
    name: 'Return the rest',
    params: { id: order_id },
    body: {},
    save: { third_return_id: '.id' },
  },
  { operationId: 'rejectReturn', name: 'Reject it', params: { id: '{{third_return_id}}' } },
  {
    operationId: 'requestReturn',
    name: 'Ask for it again',
    params: { id: order_id },
    body: {},
    save: { fourth_return_id: '.id' },
  },
  {
    operationId: 'reviewOrderReturn',
    name: 'Review it this time',
    params: { id: '{{fourth_return_id}}' },
    body: { decision: 'approved', approval_notes: 'As good as new' },
  },
  { operationId: 'listReturns', name: 'List returns', query: '?order_id={{order_id}}' },
  { operationId: 'listOrderReturns', name: 'List returns, the other address', query: '?limit=5' },
];
