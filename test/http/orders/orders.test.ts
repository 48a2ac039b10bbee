import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ADMIN, anOrder, AUDITOR, COURIER, MEERA, OTHER, startTestApi, type TestApi } from '../../support/api.ts';

const orders = suite('orders over HTTP');
let api: TestApi;

type Row = Readonly<Record<string, unknown>>;
type AuditEvent = {
  readonly type: string;
  readonly revision: string;
  readonly data: { readonly lines: readonly { readonly unit_price: number }[] };
};

orders.before(async () => {
  api = await startTestApi();
});
orders.after(() => api.close());

const place = async (changes: Record<string, unknown> = {}, as = ADMIN) =>
  (await api.call('/orders', { json: anOrder(changes), as })).body;

const act = (id: string, action: string, as = ADMIN) => api.call(`/orders/${id}/state`, { json: { action }, as });

orders('an order is placed and answers what it costs, in major units', async () => {
  const { status, headers, body } = await api.call('/orders', {
    json: anOrder({
      items: [
        { product_id: 7, unit_price: '79.99', quantity: 3 },
        { product_id: 'b', unit_price: 10, quantity: 1, discount: '2.50' },
      ],
    }),
  });
  assert.is(status, 201);
  assert.is(headers.get('location'), `/api/v1/orders/${body.id}`);
  assert.is(headers.get('etag'), '"0"');
  assert.match(headers.get('x-event-position') ?? '', /^\d+$/);
  assert.match(body.order_number, /^ORD-\d{4}-000001$/);
  assert.equal(
    [body.subtotal, body.discount_total, body.tax, body.shipping_cost, body.total, body.amount_due, body.item_count],
    [249.97, 2.5, 24.75, 5, 277.22, 277.22, 4],
  );
  assert.is(body.items[0]?.product_id, '7');
  assert.equal(body.allowed_actions, ['confirm', 'cancel']);
});

orders('a customer orders for themselves, with the name and e-mail of their token', async () => {
  const { customer_id: _, ...mine } = anOrder();
  const { body } = await api.call('/orders', { json: mine, as: MEERA });
  assert.equal([body.customer_id, body.customer_name, body.customer_email], ['c-1', MEERA.name, MEERA.email]);
  assert.equal(body.allowed_actions, ['cancel']);
});

orders('a customer may not order for another, nor set discount, tax or delivery fee', async () => {
  const item = { product_id: 'p', unit_price: 5, quantity: 1 };
  for (const json of [
    anOrder({ customer_id: 'c-2' }),
    anOrder({ items: [{ ...item, discount: 1 }] }),
    anOrder({ items: [{ ...item, tax: 1 }] }),
    anOrder({ delivery_fee: 0 }),
  ]) {
    const { status, problem } = await api.call('/orders', { json, as: MEERA });
    assert.equal([status, problem.code], [403, 'auth.forbidden']);
  }
});

orders('units are cancelled before the invoice, and credited after it', async () => {
  const item = { product_id: 'mug', unit_price: 10, quantity: 4 };
  const order = await place({ items: [item] });
  const order_item_id = order.items[0]?.id.toUpperCase();
  const cancel = (quantity: number, as = ADMIN) =>
    api.call(`/orders/${order.id}/cancel-items`, {
      json: { items: [{ order_item_id, quantity }], reason_category: 'out_of_stock', note: 'broken' },
      as,
    });
  for (const as of [MEERA, AUDITOR, COURIER]) assert.is((await cancel(1, as)).status, 403);
  const { status, body } = await cancel(1);
  const [line] = body.items;
  assert.equal([status, body.total, body.item_count, body.credited], [200, 38, 3, 0]);
  assert.equal([line?.quantity, line?.cancelled_quantity, line?.final_price], [4, 1, 33]);
  await act(order.id, 'confirm');
  await act(order.id, 'start_processing');
  const tooMany = await cancel(4);
  assert.equal([tooMany.status, tooMany.problem.code], [409, 'shipment.more_than_left']);
  await act(order.id, 'ship');
  assert.is((await cancel(1)).problem.code, 'order.invalid_transition');
  const whole = await place({ items: [item] });
  const all = await api.call(`/orders/${whole.id}/cancel-items`, {
    json: { items: [{ order_item_id: whole.items[0]?.id, quantity: 4 }], reason_category: 'customer_request' },
  });
  assert.equal([all.body.status, all.body.amount_due], ['cancelled', 0]);
});

orders('items are added until the order is invoiced, by its customer until it is packed', async () => {
  const item = { product_id: 'mug', unit_price: 10, quantity: 1 };
  const pot = {
    product_id: 'pot',
    product_name: 'Clay pot',
    unit_price: 20,
    quantity: 2,
    meta_data: { colour: 'red' },
  };
  const order = await place({ items: [item] }, MEERA);
  const add = (more: object = {}, as = MEERA) =>
    api.call(`/orders/${order.id}/items`, { json: { items: [{ ...pot, ...more }] }, as });
  for (const as of [AUDITOR, COURIER]) assert.is((await add({}, as)).status, 403);
  assert.is((await add({}, OTHER)).status, 404);
  assert.is((await add({ discount: 1 })).problem.code, 'auth.forbidden');
  const { status, body } = await add();
  assert.equal([status, body.total, body.item_count], [201, 60, 3]);
  assert.equal([body.items[0]?.id, body.items[1]?.meta_data], [order.items[0]?.id, { colour: 'red' }]);
  const again = await add({ discount: 50 }, ADMIN);
  assert.equal([again.status, again.problem.errors[0]?.field], [422, 'items[0].discount']);
  await act(order.id, 'confirm');
  await act(order.id, 'start_processing');
  assert.is((await add()).problem.code, 'order.items_locked');
  assert.is((await add({}, ADMIN)).body.total, 104);
  await act(order.id, 'ship');
  assert.is((await add({}, ADMIN)).problem.code, 'order.items_locked');
});

orders('an admin must say whose order it is', async () => {
  const { customer_id: _, ...withoutCustomer } = anOrder();
  const { status, problem } = await api.call('/orders', { json: withoutCustomer });
  assert.equal([status, problem.errors[0]?.field], [422, 'customer_id']);
});

orders('an order is read by id and by number, by its customer and by those who may see all', async () => {
  const order = await place();
  for (const name of [order.id, order.id.toUpperCase(), order.order_number]) {
    for (const as of [ADMIN, AUDITOR, MEERA]) {
      const { status, body } = await api.call(`/orders/${name}`, { as });
      assert.equal([status, body.id], [200, order.id]);
    }
    for (const as of [OTHER, COURIER]) assert.is((await api.call(`/orders/${name}`, { as })).status, 404);
  }
});

orders('an order moves from placing to delivery, by actions and by statuses', async () => {
  const { id } = await place();
  assert.is((await act(id, 'confirm')).body.status, 'confirmed');
  assert.is(
    (await api.call(`/orders/${id}/state`, { method: 'PATCH', json: { action: 'Processing' } })).body.status,
    'processing',
  );
  const shipped = await api.call(`/orders/${id}/state`, {
    json: { action: 'SHIPPED', carrier: 'DHL', tracking_number: '42' },
  });
  assert.equal(shipped.body.shipment, { carrier: 'DHL', tracking_number: '42' });
  assert.equal(shipped.body.documents[0]?.status, 'pending');
  const delivered = await api.call(`/orders/${id}/status`, { method: 'PUT', json: { status: 'delivered' } });
  assert.equal([delivered.status, delivered.body.status, delivered.headers.get('etag')], [200, 'delivered', '"4"']);
});

orders('a rejected action says where the order stands and what is possible instead', async () => {
  const { id } = await place();
  const { status, problem } = await act(id, 'deliver');
  assert.equal(
    [status, problem.code, problem.current_status, problem.allowed_actions],
    [409, 'order.invalid_transition', 'pending', ['confirm', 'cancel']],
  );
  await act(id, 'confirm');
  const again = await act(id, 'confirm');
  assert.equal([again.status, again.problem.code], [409, 'order.already_confirmed']);
  const unknown = await act(id, 'explode');
  assert.equal([unknown.status, unknown.problem.errors[0]?.field], [422, 'action']);
});

orders('an order is cancelled with or without a body, and by deleting it', async () => {
  const first = await place();
  const bare = await api.call(`/orders/${first.id}/cancel`, { method: 'POST' });
  assert.equal([bare.status, bare.body.status, bare.body.refund_initiated], [200, 'cancelled', false]);
  const second = await place();
  const reason = 'Ordered by mistake';
  const told = await api.call(`/orders/${second.id}/cancel`, { json: { reason, reason_category: null }, as: MEERA });
  assert.equal([told.body.cancellation?.reason, told.body.cancellation?.by], [reason, 'c-1']);
  const third = await place();
  const deleted = await api.call(`/orders/${third.id}`, { method: 'DELETE', as: MEERA });
  assert.equal([deleted.status, deleted.body.status, deleted.body.amount_due], [200, 'cancelled', 0]);
});

orders('notes, meta data and address change; what is left out stays', async () => {
  const { id } = await place({ notes: 'first' });
  const { body } = await api.call(`/orders/${id}`, { method: 'PATCH', json: { meta_data: { gift: true } }, as: MEERA });
  assert.equal([body.notes, body.meta_data], ['first', { gift: true }]);
  const moved = await api.call(`/orders/${id}`, { method: 'PUT', json: { shipping_address: { city: 'Αθήνα' } } });
  assert.equal(moved.body.shipping_address, { city: 'Αθήνα' });
});

orders('items are replaced in the currency of the order', async () => {
  const { id } = await place({ currency: 'JPY', items: [{ product_id: 'p', unit_price: 500, quantity: 1 }] });
  const wrong = await api.call(`/orders/${id}/items`, {
    method: 'PUT',
    json: { items: [{ product_id: 'p', unit_price: '5.5', quantity: 1 }] },
  });
  assert.is(wrong.status, 422);
  assert.match(wrong.problem.errors[0]?.message ?? '', /at most 0 decimals, as JPY/);
  const right = await api.call(`/orders/${id}/items`, {
    method: 'PUT',
    json: { items: [{ product_id: 'p', unit_price: 700, quantity: 2 }] },
  });
  assert.equal([right.status, right.body.subtotal], [200, 1400]);
});

orders('a courier moves the orders assigned to them, and no further than to the door', async () => {
  const { id } = await place();
  for (const action of ['confirm', 'start_processing']) await act(id, action);
  const move = (status: string) => api.call(`/orders/${id}/status`, { method: 'PUT', json: { status }, as: COURIER });
  assert.is((await move('out_for_delivery')).status, 404);
  const assigned = await api.call(`/orders/${id}/assign-delivery`, {
    method: 'PUT',
    json: { delivery_partner_id: COURIER.sub },
  });
  assert.is(assigned.body.delivery.partner_id, COURIER.sub);
  assert.is((await move('cancelled')).status, 403);
  assert.is((await move('out_for_delivery')).body.status, 'out_for_delivery');
  assert.is((await move('delivered')).body.status, 'delivered');
  assert.is((await api.call(`/orders/${id}`, { as: COURIER })).status, 404);
});

orders('a courier sees address, items and notes until the delivery, and nothing else of the customer', async () => {
  const { id } = await place({
    customer_email: 'meera@canary.example',
    customer_name: 'Canary Meera',
    shipping_address: { street: 'Ermou 1', city: 'Athens' },
    billing_address: 'Canary Billing 2',
    notes: 'Ring twice',
    meta_data: { canary: 1 },
    payment_method: 'canary',
    items: [{ product_id: 'p', unit_price: 5, quantity: 1, meta_data: { canary: 2 } }],
  });
  const partner = { method: 'PUT', json: { delivery_partner_id: COURIER.sub } };
  await api.call(`/orders/${id}/assign-delivery`, partner);
  const { text, body } = await api.call(`/orders/${id}`, { as: COURIER });
  assert.not.match(text, /canary/i);
  assert.equal(body.shipping_address, { street: 'Ermou 1', city: 'Athens' });
  assert.equal([body.notes, body.items.length, body.payments, body.documents], ['Ring twice', 1, [], []]);
  for (const action of ['confirm', 'start_processing', 'out_for_delivery']) await act(id, action);
  const last = await api.call(`/orders/${id}/status`, { method: 'PUT', json: { status: 'delivered' }, as: COURIER });
  assert.equal([last.body.shipping_address, last.body.notes, last.body.items], [null, null, []]);
});

orders('history shows who and why to the shop, and to customers neither', async () => {
  const { id } = await place({}, MEERA);
  await api.call(`/orders/${id}/state`, { json: { action: 'confirm', notes: 'paid by phone' } });
  const shop = (await api.call<Row[]>(`/orders/${id}/history`, { as: AUDITOR })).body;
  assert.is(shop.length, 2);
  assert.equal(
    [shop[1]?.['notes'], shop[1]?.['changed_by'], shop[0]?.['changed_by_name']],
    ['paid by phone', 'admin', MEERA.name],
  );
  assert.type(shop[1]?.['ip'], 'string');
  const own = (await api.call<Row[]>(`/orders/${id}/history`, { as: MEERA })).body;
  assert.equal(Object.keys(own[1] ?? {}).sort(), ['at', 'changed_by_role', 'new_status', 'previous_status']);
});

orders('the audit trail is for admins and auditors', async () => {
  const { id } = await place();
  const { body } = await api.call<AuditEvent[]>(`/orders/${id}/events`, { as: AUDITOR });
  assert.equal([body[0]?.type, body[0]?.revision, body[0]?.data.lines[0]?.unit_price], ['OrderPlaced', '0', 1299]);
  assert.is((await api.call(`/orders/${id}/events`, { as: MEERA })).status, 403);
});

orders('every way to cancel can say why', async () => {
  const reason = 'Ordered by mistake';
  const reasonOf = async (id: string) => (await api.call(`/orders/${id}`)).body.cancellation?.reason;
  const query = `?reason=${encodeURIComponent(reason)}`;
  const [first, second, third, fourth] = [await place(), await place(), await place(), await place()];
  assert.is((await api.call(`/orders/${first.id}${query}`, { method: 'DELETE' })).status, 200);
  assert.is((await api.call(`/orders/${second.id}`, { method: 'DELETE', json: { reason } })).status, 200);
  const status = { status: 'cancelled', reason };
  assert.is((await api.call(`/orders/${third.id}/status`, { method: 'PUT', json: status })).status, 200);
  const many = { order_ids: [fourth.id], ...status };
  assert.is((await api.call('/orders/bulk-status-update', { method: 'PUT', json: many })).status, 200);
  for (const { id } of [first, second, third, fourth]) assert.is(await reasonOf(id), reason);
  const twice = await api.call(`/orders/${first.id}${query}`, { method: 'DELETE', json: { reason: `${reason}!` } });
  assert.equal([twice.status, twice.problem.errors[0]?.field], [422, 'reason']);
});

orders.run();
