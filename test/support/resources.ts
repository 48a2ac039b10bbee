import { randomUUID } from 'node:crypto';
import { documentIdOf } from '../../src/commands/documents.ts';
import { openErasures } from '../../src/privacy/erasures.ts';
import { issueInvoice } from '../../src/processes/invoicing.ts';
import { openDeliveryPositions } from '../../src/delivery/positions.ts';
import { openOrderTemplates } from '../../src/checkout/order-templates.ts';
import { enqueueJobs } from '../../src/jobs/queue.ts';
import type { TestApi } from './api.ts';
import { placeOrder, takeActions, type Core } from './core.ts';
import { eventually } from './eventually.ts';
import { sendMessages } from './messages.ts';
import { byAdmin, createPayment, openReturn } from './payments.ts';
import { runJob, workerDepsOf } from './worker-deps.ts';

/** Kinds of things that paths name. */
export type Kind =
  | 'customer'
  | 'order'
  | 'delivery'
  | 'erasure'
  | 'return'
  | 'payment'
  | 'invoice'
  | 'template'
  | 'job'
  | 'message'
  | 'projection'
  | 'table'
  | 'tile'
  | 'webhook';

/** Names by which something can be asked for: UUID first, then number. */
export type Names = readonly [string, ...string[]];

/** One customer's things, and those of a courier who brings them. */
export type Resources = Readonly<Record<Kind, Names>>;

const issue = async ({ core }: TestApi, orderId: string): Promise<string> => {
  await runJob(issueInvoice, { order_id: orderId }, workerDepsOf(core));
  return documentIdOf('invoice', orderId);
};

const numberOf = async ({ call }: TestApi, path: string, field: string): Promise<string> => {
  const { body } = await call<Record<string, unknown>>(path);
  const number = body[field];
  if (typeof number !== 'string') throw new Error(`${path} has no ${field}`);
  return number;
};

/** Named after the order, so that a list shows whose it is. */
const keepTemplate = async ({ db, dataKeys }: Core, customer_id: string, order: string): Promise<string> => {
  const id = randomUUID();
  const items = [{ product_id: 'p-mug', quantity: 1, product_name: null, unit_price: 1299 }];
  const created_at = new Date().toISOString();
  await openOrderTemplates(db, dataKeys).keep({
    id,
    customer_id,
    name: `As ${order}`,
    currency: 'EUR',
    items,
    created_at,
  });
  return id;
};

/**
 * A delivered order with its invoice, a return and a payment, and an order on its way (`delivery`) with its courier's
 * position: of this customer and with this courier, who sees an order until it is delivered.
 */
export const createResources = async (
  api: TestApi,
  { customer, courier }: { readonly customer: string; readonly courier: string },
): Promise<Resources> => {
  const { core } = api;
  const order = await placeOrder(core, { customer_id: customer });
  await core.orders.assignDeliveryPartner({ ...byAdmin(), id: order }, { delivery_partner_id: courier });
  await takeActions(core, order, ['confirm', 'start_processing', 'ship']);
  const invoice = await issue(api, order);
  const delivery = await placeOrder(core, { customer_id: customer });
  await core.orders.assignDeliveryPartner({ ...byAdmin(), id: delivery }, { delivery_partner_id: courier });
  await takeActions(core, delivery, ['confirm', 'start_processing', 'ship']);
  const seen = { order_id: order, courier_id: courier, latitude: 0, longitude: 0, at: new Date().toISOString() };
  await openDeliveryPositions(core.db, core.dataKeys).report(seen);
  await openDeliveryPositions(core.db, core.dataKeys).report({ ...seen, order_id: delivery });
  await takeActions(core, order, ['deliver']);
  const back = await openReturn(core, order);
  const payment = await createPayment(core, order);
  const template = await keepTemplate(core, customer, order);
  const job = issueInvoice.job({ order_id: order });
  await enqueueJobs(core.db, [job]);
  const invoiceNumber = await numberOf(api, `/invoices/${invoice}`, 'invoice_number');
  await eventually('lists include it', async () => {
    const lists = await Promise.all(['/orders', '/returns', '/payments'].map((path) => api.call(path)));
    const { status } = await api.call(`/invoices/${invoiceNumber}`);
    const listed = [order, back, payment].every((id, n) => lists[n]?.text.includes(id));
    return listed && lists[0]?.text.includes(delivery) === true && status === 200;
  });
  await sendMessages(core);
  const [message] = await core.messages.list({ order_id: order, limit: 1, offset: 0 });
  const webhook = randomUUID();
  const wanted = { url: 'https://shop.example/', types: ['*'], description: null, position: 0n };
  await api.deps.webhooks.endpoints.create({ id: webhook, ...wanted });
  const erasure = randomUUID();
  const asked = {
    customer_id: `erased-${customer}`,
    reason: 'asked for',
    mode: 'now',
    requested_by: 'ops-1',
    requested_role: 'admin',
  } as const;
  await openErasures(core.db).begin({ id: erasure, ...asked }, () => Promise.resolve());
  const { body: jobs } = await api.call<readonly { id: string; key: string }[]>('/admin/jobs');
  return {
    customer: [customer],
    order: [order, await numberOf(api, `/orders/${order}`, 'order_number')],
    erasure: [erasure],
    delivery: [delivery, await numberOf(api, `/orders/${delivery}`, 'order_number')],
    return: [back, await numberOf(api, `/returns/${back}`, 'return_number')],
    payment: [payment, await numberOf(api, `/payments/${payment}`, 'payment_number')],
    invoice: [invoice, invoiceNumber],
    template: [template],
    job: [jobs.find(({ key }) => key === job.key)?.id ?? ''],
    message: [message?.id ?? ''],
    projection: ['order_list'],
    table: ['payments'],
    tile: ['0'],
    webhook: [webhook],
  };
};
