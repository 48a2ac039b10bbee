import { randomBytes } from 'node:crypto';
import type { TokenRequest } from '../../src/http/server/auth/tokens.ts';
import type { TestApi } from './api.ts';
import type { Canaries } from './canaries.ts';
import { eventually } from './eventually.ts';

/**
 * A customer's life over the public API, with a word of its own in every field where a person may be named: orders, a
 * payment, a return, notes, a template, a device. Needs a worker.
 */
export const liveWithCanaries = async (
  api: TestApi,
  { planted, canary, inOtherAlphabets, coordinate, address, meta }: Canaries,
) => {
  const customer: TokenRequest = {
    role: 'customer',
    sub: 'c-1',
    email: `${canary('token email')}@customer.example`,
    name: canary('token name'),
  };
  const admin: TokenRequest = { role: 'admin', sub: 'admin-1' };
  const agent = canary('user agent');
  const ip = `2001:db8:${randomBytes(12)
    .toString('hex')
    .replaceAll(/(.{4})(?!$)/g, '$1:')
    .replaceAll(/(^|:)0+/g, '$1a')}`;
  planted.set(ip, 'address of a request');
  const call = async <T = { readonly id: string }>(
    as: TokenRequest,
    method: string,
    path: string,
    json?: object,
  ): Promise<T> => {
    const key = method === 'POST' && { 'idempotency-key': canary(`idempotency key of ${path}`) };
    const headers = { 'user-agent': agent, 'x-forwarded-for': ip, ...key };
    const { status, text, body } = await api.call<T>(path, {
      method,
      as,
      headers,
      ...(json !== undefined && { json }),
    });
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`);
    return body;
  };

  type Order = { readonly id: string; readonly items: readonly { readonly id: string }[] };
  const item = (field: string) => ({
    product_id: 'p-1',
    product_name: 'Mug',
    quantity: 2,
    unit_price: '12.99',
    meta_data: meta(`${field}.items.meta_data`),
  });
  const details = (field: string) => ({
    customer_email: `${canary(`${field}.customer_email`)}@customer.example`,
    customer_name: `${canary(`${field}.customer_name`)} ${inOtherAlphabets(`${field}.customer_name`)}`,
    shipping_address: address(`${field}.shipping_address`),
    billing_address: `${canary(`${field}.billing_address`)} ${inOtherAlphabets(`${field}.billing_address`)}`,
    notes: `${canary(`${field}.notes`)}, ${inOtherAlphabets(`${field}.notes`)}`,
    meta_data: meta(`${field}.meta_data`),
    delivery_latitude: coordinate(`${field}.delivery_latitude`),
    delivery_longitude: coordinate(`${field}.delivery_longitude`),
  });
  const place = (field: string) =>
    call<Order>(customer, 'POST', '/orders', { ...details(field), items: [item(field)] });
  const move = async (id: string, actions: readonly string[]): Promise<void> => {
    for (const action of actions)
      await call(admin, 'POST', `/orders/${id}/state`, {
        action,
        notes: canary(`${action}.notes`),
        meta_data: meta(`${action}.meta_data`),
      });
  };

  const order = await place('order');
  await call(customer, 'PATCH', `/orders/${order.id}`, {
    notes: canary('changed notes'),
    meta_data: meta('changed meta_data'),
    shipping_address: address('changed address'),
  });
  await call(admin, 'POST', `/orders/${order.id}/notes`, { text: canary('note of an order') });
  await call(admin, 'PUT', `/orders/${order.id}/items`, { items: [item('replaced')] });
  const payment = await call(customer, 'POST', '/payments', {
    order_id: order.id,
    method: 'credit_card',
    amount: (await call<{ total: number }>(admin, 'GET', `/orders/${order.id}`)).total,
    payment_token: canary('payment token'),
    notes: canary('payment notes'),
    meta_data: meta('payment meta_data'),
  });
  await call(admin, 'PATCH', `/payments/${payment.id}`, {
    notes: canary('changed payment notes'),
    meta_data: meta('changed payment meta_data'),
    gateway_response: meta('gateway_response'),
  });
  await call(admin, 'POST', `/payments/${payment.id}/notes`, { text: canary('note of a payment') });
  await move(order.id, ['confirm', 'start_processing']);
  await call(admin, 'POST', `/payments/${payment.id}/process`);
  await call(admin, 'PUT', `/orders/${order.id}/assign-delivery`, { delivery_partner_id: 'd-1' });
  await move(order.id, ['out_for_delivery']);
  await call({ role: 'delivery_partner', sub: 'd-1' }, 'PUT', `/orders/${order.id}/delivery-location`, {
    latitude: coordinate('courier latitude'),
    longitude: coordinate('courier longitude'),
  });
  await move(order.id, ['deliver']);
  await call(customer, 'POST', `/orders/${order.id}/feedback`, { rating: 4, comment: canary('feedback') });
  const { items } = await call<Order>(admin, 'GET', `/orders/${order.id}`);
  const { id: returnId } = await call(customer, 'POST', '/returns', {
    order_id: order.id,
    items: [
      {
        order_item_id: items[0]?.id,
        quantity: 1,
        condition: canary('condition'),
        condition_notes: canary('condition_notes'),
      },
    ],
    reason: 'defective',
    reason_description: canary('reason_description'),
    return_address: address('return_address'),
    notes: canary('return notes'),
    meta_data: meta('return meta_data'),
  });
  await call(customer, 'PATCH', `/returns/${returnId}`, { notes: canary('changed return notes') });
  await call(admin, 'POST', `/returns/${returnId}/notes`, { text: canary('note of a return') });
  await call(admin, 'PATCH', `/returns/${returnId}/review`, {
    decision: 'approved',
    approval_notes: canary('approval_notes'),
  });
  for (const action of ['schedule_pickup', 'start_transit', 'receive', 'process'])
    await call(admin, 'POST', `/returns/${returnId}/state`, {
      action,
      reason: canary(`return ${action}.reason`),
      notes: canary(`return ${action}.notes`),
      ...(action === 'receive' && {
        items: [
          {
            order_item_id: items[0]?.id,
            received_quantity: 1,
            condition: canary('condition seen'),
            condition_notes: canary('condition notes seen'),
          },
        ],
      }),
    });
  await call(admin, 'POST', `/orders/${order.id}/refunds`, {
    goodwill: '1.00',
    reason_category: 'goodwill',
    note: canary('refund note'),
  });
  await call(admin, 'POST', '/admin/customers/c-1/store-credit', {
    currency: 'EUR',
    amount: '5.00',
    reason_category: 'goodwill',
    note: canary('store credit note'),
  });
  const cancelled = await place('cancelled');
  await call(customer, 'POST', `/orders/${cancelled.id}/cancel`, { reason: `for this: ${canary('cancel reason')}` });
  const template = await call(customer, 'POST', '/templates', {
    name: canary('template name'),
    items: [{ product_id: 'p-1', quantity: 1, product_name: 'Mug', unit_price: '2.00' }],
  });
  const ofTemplate = await call(customer, 'POST', `/templates/${template.id}/order`, details('order of a template'));
  await call(admin, 'POST', `/orders/${ofTemplate.id}/hold`, { reason_category: 'other', note: canary('hold note') });
  await call(admin, 'POST', `/orders/${ofTemplate.id}/release`, { note: canary('release note') });
  await call(admin, 'PATCH', `/orders/${ofTemplate.id}`, {
    customer_email: `${canary('corrected customer_email')}@customer.example`,
    customer_name: canary('corrected customer_name'),
    billing_address: address('corrected billing_address'),
  });
  await call(admin, 'DELETE', `/orders/${ofTemplate.id}?reason=${canary('delete reason')}`);
  const partly = await place('partly');
  const [line] = partly.items;
  await move(partly.id, ['confirm', 'start_processing']);
  await call(admin, 'POST', `/orders/${partly.id}/cancel-items`, {
    items: [{ order_item_id: line?.id, quantity: 1 }],
    reason_category: 'out_of_stock',
    note: canary('note of cancelled items'),
  });
  const { shipments } = await call<{ readonly shipments: readonly { readonly id: string }[] }>(
    admin,
    'POST',
    `/orders/${partly.id}/shipments`,
    { carrier: 'Parcels', tracking_number: 'T-17', notes: canary('shipment notes') },
  );
  for (const action of ['out_for_delivery', 'fail', 'out_for_delivery', 'deliver'])
    await call(admin, 'POST', `/orders/${partly.id}/shipments/${shipments[0]?.id ?? ''}/state`, {
      action,
      note: canary(`shipment ${action}.note`),
    });
  const openReturn = (of: string, order_item_id: string | undefined) =>
    call(customer, 'POST', '/returns', { order_id: of, items: [{ order_item_id, quantity: 1 }], reason: 'size_issue' });
  const rejected = await openReturn(partly.id, line?.id);
  await call(admin, 'PATCH', `/returns/${rejected.id}`, { tracking_number: 'R-17' });
  await call(admin, 'POST', `/returns/${rejected.id}/reject`, {
    reason: canary('rejection reason'),
    notes: canary('rejection notes'),
    meta_data: meta('rejection meta_data'),
  });
  await call(admin, 'POST', `/payments/${payment.id}/refund`, {
    amount: '0.50',
    reason: canary('reason of a refund'),
    meta_data: meta('meta_data of a refund'),
  });
  await call(customer, 'PUT', '/me/devices', { token: canary('device token'), platform: 'ios' });

  await eventually('documents are made, the return is paid back, and the read models have followed', async () => {
    const documents = await call<readonly { status: string }[]>(admin, 'GET', `/invoices/order/${order.id}`);
    const { status } = await call<{ status: string }>(admin, 'GET', `/returns/${returnId}`);
    const lists = await call<readonly { name: string; lag_events: number }[]>(admin, 'GET', '/admin/projections');
    const behind = lists.filter(({ lag_events }) => lag_events > 0).map(({ name }) => name);
    const waiting = documents.filter((one) => one.status !== 'ready').length;
    if (documents.length > 0 && waiting === 0 && status === 'refunded' && behind.length === 0) return true;
    throw new Error(
      `${documents.length} documents, ${waiting} not ready, return ${status}, behind: ${behind.join(' ')}`,
    );
  });
  return {
    customer,
    order: order.id,
    /** All that the customer ordered. */
    orders: [order.id, cancelled.id, ofTemplate.id, partly.id],
    returns: [returnId, rejected.id],
    payment: payment.id,
  };
};
