import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { documentIdOf, documentsCausedBy } from '../../../src/commands/documents.ts';
import { isPlaced, orderFold } from '../../../src/domain/order/index.ts';
import { orderStream } from '../../../src/event-store/stream-names.ts';
import { issueCreditMemo, issueInvoice } from '../../../src/processes/invoicing.ts';
import { enqueueJobs } from '../../../src/jobs/queue.ts';
import {
  anOrder,
  AUDITOR,
  COURIER,
  MEERA,
  OTHER,
  startTestApi,
  type OrderJson,
  type TestApi,
} from '../../support/api.ts';
import { creditOrder } from '../../support/decide-on-order.ts';
import { eventually } from '../../support/eventually.ts';
import { runJob, workerDepsOf } from '../../support/worker-deps.ts';

const invoices = suite('invoices over HTTP');
let api: TestApi;

invoices.before(async () => {
  api = await startTestApi();
});
invoices.after(() => api.close());

type Invoice = {
  readonly id: string;
  readonly invoice_number: string | null;
  readonly invoice_type: string;
  readonly kind: string;
  readonly shipment_id: string | null;
  readonly total: number;
  readonly order_id: string;
  readonly status: string;
  readonly file_name: string | null;
  readonly file_size: number | null;
  readonly sha256: string | null;
};

const ship = async (): Promise<OrderJson> => {
  const { body } = await api.call('/orders', { json: anOrder() });
  for (const action of ['confirm', 'start_processing', 'ship']) {
    await api.call(`/orders/${body.id}/state`, { json: { action } });
  }
  return body;
};

const issue = ({ id }: OrderJson): Promise<void> => runJob(issueInvoice, { order_id: id }, workerDepsOf(api.core));

invoices('an order has no invoice before it was shipped and issued', async () => {
  const order = await ship();
  const { status, body } = await api.call<Invoice[]>(`/invoices/order/${order.order_number}`);
  assert.equal([status, body], [200, []]);
  const { body: read } = await api.call(`/orders/${order.id}`);
  assert.equal(
    read.documents.map(({ type, status: state, number }) => [type, state, number]),
    [['invoice', 'pending', null]],
  );
});

invoices('an issued invoice is found by its order, its id and its number, and downloads', async () => {
  const order = await ship();
  await issue(order);
  const [invoice] = (await api.call<Invoice[]>(`/invoices/order/${order.id}`, { as: MEERA })).body;
  assert.match(invoice?.invoice_number ?? '', /^INV-\d{4}-\d{6}$/);
  assert.equal([invoice?.status, invoice?.file_name], ['ready', `invoice_${order.order_number}.pdf`]);

  const byNumber = await eventually('its number is known', async () => {
    const answer = await api.call<Invoice>(`/invoices/${invoice?.invoice_number ?? ''}`, { as: AUDITOR });
    return answer.status === 200 && answer;
  });
  assert.equal(byNumber.body, invoice);

  const download = await api.call(`/invoices/${invoice?.id ?? ''}/download`, { as: MEERA });
  assert.equal(
    [download.status, download.headers.get('content-type'), download.headers.get('content-disposition')],
    [200, 'application/pdf', `attachment; filename="invoice_${order.order_number}.pdf"`],
  );
  assert.is(Number(download.headers.get('content-length')), invoice?.file_size);
  assert.ok(download.text.startsWith('%PDF-'));
  const { body } = await api.call(`/orders/${order.id}`);
  assert.is(body.documents[0]?.status, 'ready');
});

invoices('the list shows customers their own, newest first, and filters', async () => {
  const order = await ship();
  await issue(order);
  const list = async (query: string, as = AUDITOR) => (await api.call<Invoice[]>(`/invoices${query}`, { as })).body;
  await eventually('it is listed', async () => (await list('')).some(({ order_id }) => order_id === order.id));
  assert.ok((await list('', MEERA)).some(({ order_id }) => order_id === order.id));
  assert.equal(await list('', OTHER), []);
  assert.is((await list(`?order_id=${order.order_number}&type=order`)).length, 1);
  assert.equal(await list('?type=return'), []);
  assert.equal(await list('?issued_to=2020-01-01'), []);
  assert.is((await list('?limit=1')).length, 1);
});

invoices('a credit without a return has its memo in the order and in the list, beside the invoice', async () => {
  const order = await ship();
  await issue(order);
  const note = 'a known complainer';
  const credit_id = await creditOrder(api.core, order.id, { goodwill: 1_000, reason_category: 'late', note });
  const read = async () => (await api.call(`/orders/${order.id}`, { as: MEERA })).body.documents;
  const [, expected] = await read();
  assert.equal([expected?.type, expected?.status, expected?.number], ['credit_memo', 'pending', null]);

  await runJob(issueCreditMemo, { order_id: order.id, credit_id }, workerDepsOf(api.core));
  assert.is((await read())[1]?.status, 'ready');
  const listed = await eventually('both are listed', async () => {
    const { body } = await api.call<Invoice[]>(`/invoices?order_id=${order.id}`, { as: MEERA });
    return body.length === 2 && body.every(({ status }) => status === 'ready') && body;
  });
  const [memo, invoice] = listed;
  assert.equal([invoice?.kind, invoice?.invoice_type, invoice?.shipment_id], ['invoice', 'order', null]);
  assert.equal([memo?.kind, memo?.invoice_type, memo?.total], ['goodwill', 'return', 10]);
  assert.is(memo?.file_name, `credit_memo_${order.order_number}-1.pdf`);
  assert.equal((await api.call(`/invoices/${memo?.id ?? ''}`)).body, memo);
});

invoices('a caller downloads only documents of their own', async () => {
  const order = await ship();
  await issue(order);
  const id = documentIdOf('invoice', order.id);
  for (const path of [`/invoices/${id}`, `/invoices/${id}/download`, `/invoices/order/${order.id}`]) {
    assert.is((await api.call(path, { as: OTHER })).status, 404, path);
    assert.is((await api.call(path, { as: COURIER })).status, 403, path);
  }
});

invoices('while it is being made, or cannot be, the download says so', async () => {
  const order = await ship();
  const { documents } = api.core;
  const shipped = await api.call(`/orders/${order.id}`);
  const { state } = (await api.core.readStream(orderFold, orderStream(order.id))) ?? {};
  const [invoice] = state !== undefined && isPlaced(state) ? documentsCausedBy(order.id, state) : [];
  if (invoice === undefined) throw new Error('a shipped order has an invoice');
  const revision = BigInt((shipped.headers.get('etag') ?? '').replaceAll('"', ''));
  await documents.issue(
    { ...invoice, customer_id: 'c-1', as_of: revision },
    {
      command_id: order.id,
      actor: { id: 'waybill', role: 'system' },
      correlation_id: 'test',
      causation_id: 'test',
      at: new Date().toISOString(),
    },
  );
  const id = documentIdOf('invoice', order.id);
  const rendering = await api.call(`/invoices/${id}/download`);
  assert.equal([rendering.status, rendering.problem.code], [409, 'document.rendering']);
  assert.is(rendering.headers.get('retry-after'), '1');

  const key = `issue-invoice:${order.id}`;
  await enqueueJobs(api.database.db, [{ task: 'issue-invoice', payload: { order_id: order.id }, key }]);
  await api.database.db.raw('update graphile_worker._private_jobs set last_error = ?, attempts = 1 where key = ?', [
    'disk full at /var/lib',
    key,
  ]);
  const failed = await api.call(`/invoices/${id}/download`);
  assert.equal([failed.status, failed.problem.code], [409, 'document.failed']);
  assert.is((await api.call(`/orders/${order.id}`)).body.documents[0]?.reason, 'disk full at /var/lib');
  assert.is((await api.call(`/orders/${order.id}`, { as: MEERA })).body.documents[0]?.reason, null);
  const jobs = (await api.call<{ id: string; reason: string }[]>('/admin/jobs?state=failed')).body;
  assert.is(jobs[0]?.reason, 'disk full at /var/lib');
  const retried = await api.call<{ attempts: number }>(`/admin/jobs/${jobs[0]?.id ?? ''}/retry`, { method: 'POST' });
  assert.equal([retried.status, retried.body.attempts], [200, 0]);
});

invoices.run();
