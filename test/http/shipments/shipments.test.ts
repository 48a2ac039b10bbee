import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { documentIdOf } from '../../../src/commands/documents.ts';
import { issueCreditMemo, issueInvoice } from '../../../src/processes/invoicing.ts';
import { documentFilesIn } from '../../../src/documents/document-files.ts';
import { readText } from '../../documents/pdf-text.ts';
import { anOrder, COURIER, MEERA, startTestApi, type OrderJson, type TestApi } from '../../support/api.ts';
import { eventually } from '../../support/eventually.ts';
import { readOrder } from '../../support/reconcile.ts';
import { runJob, workerDepsOf } from '../../support/worker-deps.ts';

const shipments = suite('shipments over HTTP');
let api: TestApi;

shipments.before(async () => {
  api = await startTestApi({ orderSettings: { invoicePer: 'shipment' } });
});
shipments.after(() => api.close());

const LINK = 'https://track.example/T1';

/** An order of three mugs and a pot, ready to be packed. */
const packed = async (): Promise<OrderJson> => {
  const items = [
    { product_id: 'p-mug', product_name: 'Mug', unit_price: 12.99, quantity: 3 },
    { product_id: 'p-pot', product_name: 'Pot', unit_price: 30, quantity: 1 },
  ];
  const { body } = await api.call('/orders', { json: anOrder({ items }) });
  for (const action of ['confirm', 'start_processing']) {
    await api.call(`/orders/${body.id}/state`, { json: { action } });
  }
  return body;
};

const ship = (order: OrderJson, json: object = {}) => api.call(`/orders/${order.id}/shipments`, { json });
const some = (order: OrderJson, nth: number, quantity: number) => ({
  items: [{ order_item_id: order.items[nth]?.id, quantity }],
});
const stateOf = (order: OrderJson, id: string | undefined, json: object) =>
  api.call(`/orders/${order.id}/shipments/${id}/state`, { json });

shipments('a short pick, the rest, and a parcel that is lost and sent again', async () => {
  const order = await packed();
  const first = await ship(order, { ...some(order, 0, 2), carrier: 'DHL', tracking_number: 'T1', tracking_url: LINK });
  assert.equal([first.status, first.body.status], [201, 'partially_shipped']);
  assert.equal(
    first.body.items.map(({ shipped_quantity }) => shipped_quantity),
    [2, 0],
  );
  const tooMany = await ship(order, some(order, 0, 2));
  assert.equal(
    [tooMany.status, tooMany.problem.code, tooMany.problem.left],
    [
      409,
      'shipment.more_than_left',
      [
        { order_item_id: order.items[0]?.id, left: 1 },
        { order_item_id: order.items[1]?.id, left: 1 },
      ],
    ],
  );
  const cancelled = await api.call(`/orders/${order.id}/cancel`, { json: {} });
  assert.equal([cancelled.status, cancelled.problem.code], [409, 'order.cancel_items_required']);

  const { body: all } = await ship(order);
  const [one, other] = all.shipments;
  assert.equal([all.status, other?.items.map(({ quantity }) => quantity)], ['shipped', [1, 1]]);
  const corrected = await api.call(`/orders/${order.id}/shipments/${one?.id}`, {
    method: 'PATCH',
    json: { tracking_number: 'T2' },
  });
  assert.equal(
    corrected.body.shipments.map(({ carrier, tracking_number, tracking_url }) => [
      carrier,
      tracking_number,
      tracking_url,
    ]),
    [
      ['DHL', 'T2', LINK],
      [null, null, null],
    ],
  );
  assert.is((await stateOf(order, one?.id, { action: 'deliver' })).body.status, 'partially_delivered');
  assert.is((await stateOf(order, other?.id, { action: 'lost' })).body.status, 'partially_delivered');
  await eventually('the list shows that it needs a resolution', async () => {
    const { body } = await api.call<OrderJson[]>('/orders?needs=resolution');
    return body.some(({ id }) => id === order.id);
  });
  const resent = await stateOf(order, other?.id, { action: 'lost', resolution: 'resend', note: 'Confirmed' });
  assert.is(resent.body.status, 'partially_shipped');
  await api.call(`/orders/${order.id}/state`, { json: { action: 'ship' } });
  const { body: delivered } = await api.call(`/orders/${order.id}/state`, { json: { action: 'deliver' } });
  assert.equal(
    delivered.shipments.map(({ status, resolution }) => [status, resolution]),
    [
      ['delivered', null],
      ['lost', 'resend'],
      ['delivered', null],
    ],
  );
  assert.is(delivered.status, 'delivered');
});

shipments('a parcel that waits for a resolution says so, and a correction of nothing what it may have', async () => {
  const order = await packed();
  const { body } = await ship(order, { carrier: 'DHL', tracking_number: ' ' });
  const [one] = body.shipments;
  assert.equal([one?.carrier, one?.tracking_number], ['DHL', null], 'an empty text is none');
  const correct = (json: object) => api.call(`/orders/${order.id}/shipments/${one?.id}`, { method: 'PATCH', json });
  assert.equal((await correct({})).problem.errors, [
    { field: 'body', message: 'must have at least one of carrier, tracking_number, tracking_url' },
  ]);
  assert.is((await correct({ carrier: '' })).body.shipments[0]?.carrier, null);
  await stateOf(order, one?.id, { action: 'lost' });
  const { status, problem } = await stateOf(order, one?.id, { action: 'lost' });
  assert.equal(
    [status, problem.detail],
    [409, 'The shipment is lost and waits for a resolution. Send lost again with resolution: refund or resend.'],
  );
});

shipments('each shipment has its invoice, which add up with credits before and between them', async () => {
  const order = await packed();
  await api.call(`/orders/${order.id}/refunds`, { json: { goodwill: 5, reason_category: 'goodwill' } });
  const { body: first } = await ship(order, some(order, 0, 2));
  await api.call(`/orders/${order.id}/refunds`, {
    json: { items: [{ order_item_id: order.items[1]?.id, amount: 3 }], reason_category: 'price' },
  });
  const { body: all } = await ship(order);
  const invoices = all.shipments.map(({ invoice_id }) => invoice_id);
  assert.is(new Set(invoices).size, 2);
  assert.is(first.shipments[0]?.invoice_id, invoices[0]);
  const deps = workerDepsOf(api.core);
  for (const { id } of all.shipments) await runJob(issueInvoice, { order_id: order.id, shipment_id: id }, deps);
  const listed = await api.call<{ id: string; shipment_id: string | null; total: number; file_name: string }[]>(
    `/invoices/order/${order.id}`,
  );
  assert.equal(
    listed.body.map(({ id, shipment_id }) => [id, shipment_id]),
    all.shipments.map(({ id, invoice_id }) => [invoice_id, id]),
  );
  // 3 mugs 38.97 + 3.90 tax, 1 pot 30 + 3 tax, shipping 5: 80.87, less 5 goodwill and 3 for the pot.
  assert.is(Math.round(listed.body.reduce((total, one) => total + one.total, 0) * 100), 7_287);
  const { body: sums } = await api.call(`/orders/${order.id}/reconciliation`);
  const { agrees, uninvoiced, invoiced } = sums as unknown as Record<string, unknown>;
  assert.equal([agrees, uninvoiced, invoiced], [true, 0, 72.87]);
  const files = documentFilesIn(api.database.db, api.core.dataKeys);
  const texts = await Promise.all(
    listed.body.map(async ({ id }) => readText(Uint8Array.from((await files.find(id))?.bytes ?? []))),
  );
  for (const { id, total } of listed.body) {
    const path = `/invoices/${id}/explain/total`;
    const { body } = await api.call<{ amount: number; terms: readonly { readonly amount: number }[] }>(path);
    const sum = body.terms.reduce((added, { amount }) => added + amount, 0);
    assert.equal([body.amount, Math.round(sum * 100)], [total, Math.round(total * 100)]);
  }
  assert.match(texts[0] ?? '', /Credited before/);
  assert.not.match(texts[1] ?? '', /Credited before/);
  assert.equal(
    listed.body.map(({ file_name }) => file_name),
    [`invoice_${order.order_number}.pdf`, `invoice_${order.order_number}-2.pdf`],
  );
});

shipments('a refund of a lost parcel has a memo that names the invoices', async () => {
  const order = await packed();
  await ship(order, some(order, 0, 2));
  const { body } = await ship(order);
  const lost = await stateOf(order, body.shipments[1]?.id, { action: 'lost', resolution: 'refund' });
  const [credit] = (await readOrder(api.core, order.id)).credits;
  assert.equal([lost.body.credited, credit?.kind], [47.29, 'line']);
  await runJob(issueCreditMemo, { order_id: order.id, credit_id: credit?.credit_id ?? '' }, workerDepsOf(api.core));
  const id = documentIdOf('credit_memo', credit?.credit_id ?? '');
  const memo = await api.call<{ kind: string; total: number; status: string }>(`/invoices/${id}`);
  assert.equal([memo.body.kind, memo.body.total, memo.body.status], ['line', 47.29, 'ready']);
});

shipments('staff say which units of a parcel that came back are in stock again', async () => {
  const order = await packed();
  await ship(order, some(order, 0, 2));
  const { body } = await ship(order);
  const [first, second] = body.shipments;
  const back = (quantity: number) =>
    some(order, 0, quantity).items.map((item) => ({ ...item, order_item_id: item.order_item_id?.toUpperCase() }));
  const restock = (quantity: number, more: object = {}) =>
    stateOf(order, first?.id, {
      action: 'returned_to_sender',
      resolution: 'refund',
      restocked: back(quantity),
      ...more,
    });
  for (const [answer, code] of [
    [await restock(3), 'shipment.more_than_shipped'],
    [await restock(1, { action: 'lost' }), 'shipment.restock_not_possible'],
    [await restock(1, { resolution: undefined }), 'shipment.restock_not_possible'],
    [await restock(1, { restocked: [...back(1), ...back(1)] }), 'shipment.duplicate_item'],
  ] as const)
    assert.equal([answer.status, answer.problem.code], [422, code]);
  assert.is((await restock(1)).status, 200);
  assert.is((await stateOf(order, second?.id, { action: 'returned_to_sender', resolution: 'resend' })).status, 200);
  const kept = (await readOrder(api.core, order.id)).shipments.map(({ restocked }) =>
    restocked?.map((one) => one.quantity),
  );
  assert.equal(kept[0], [1]);
  assert.equal(
    kept[1],
    body.shipments[1]?.items.map(({ quantity }) => quantity),
    'all of it, unless staff say otherwise',
  );
});

shipments('customers and couriers see parcels and cannot make them', async () => {
  const order = await packed();
  await ship(order, some(order, 1, 1));
  for (const as of [MEERA, COURIER]) {
    const { status } = await api.call(`/orders/${order.id}/shipments`, { as, json: {} });
    assert.ok(status === 403 || status === 404, String(status));
  }
  const { body } = await api.call(`/orders/${order.id}`, { as: MEERA });
  assert.is(body.shipments.length, 1);
  const bad = await ship(order, { tracking_url: 'javascript:alert(1)' });
  assert.equal([bad.status, bad.problem.errors[0]?.field], [422, 'tracking_url']);
  assert.is((await stateOf(order, '0195513c-6c00-7000-8000-000000000009', { action: 'lost' })).status, 404);
});

shipments.run();
