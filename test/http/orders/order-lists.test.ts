import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  ADMIN,
  anOrder,
  AUDITOR,
  COURIER,
  MEERA,
  OTHER,
  startTestApi,
  type OrderJson,
  type TestApi,
} from '../../support/api.ts';
import { takeActions } from '../../support/core.ts';
import { decideOnOrder, failRefunds } from '../../support/decide-on-order.ts';
import { PLACED_TOTAL } from '../../support/order-events.ts';
import { recordCapture, refundByHand, refundOverpaid, startPayment } from '../../support/order-money.ts';

const P1 = '0193a000-0000-7000-8000-0000000000d1';
const P2 = '0193a000-0000-7000-8000-0000000000d2';
const lists = suite('lists of orders over HTTP');
let api: TestApi;

lists.before(async () => {
  api = await startTestApi();
});
lists.after(() => api.close());

/** Places an order and answers it with headers under which a list includes it. */
const place = async (changes: Record<string, unknown> = {}, path = '/orders') => {
  const { body, headers } = await api.call(path, { json: anOrder(changes) });
  return { order: body, seen: { 'x-min-position': headers.get('x-event-position') ?? '' } };
};

/** Money in the shop's bank account. */
const recordReceipt = (payment_id: string, amount: number) => {
  const { type, data, ...said } = recordCapture(payment_id, amount);
  return { type, data: { ...data, method: 'bank_transfer' }, ...said } as const;
};

lists('customers find their own under two more names, paged and filtered as any list', async () => {
  await place();
  const { order: newest } = await place({ notes: 'newest' });
  const { seen } = await place({ customer_id: 'c-2' });
  for (const path of ['/orders/me', '/orders/my-orders']) {
    const { status, headers, body } = await api.call<OrderJson[]>(`${path}?limit=1`, { as: MEERA, headers: seen });
    assert.equal([status, body.length, body[0]?.id, headers.get('x-total-count')], [200, 1, newest.id, '2'], path);
    assert.match(headers.get('link') ?? '', `</api/v1${path}?limit=1&cursor=`);
    const foreign = await api.call<OrderJson[]>(`${path}?customer_id=c-2`, { as: MEERA });
    assert.equal(foreign.body, []);
    assert.equal((await api.call<OrderJson[]>(`${path}?status=delivered`, { as: OTHER })).body, []);
    for (const as of [ADMIN, AUDITOR, COURIER]) assert.is((await api.call(path, { as })).status, 403);
  }
});

lists('a held order is found by staff, shown as held to them alone, and goes on when it is released', async () => {
  const { order } = await place({ customer_id: 'c-3' });
  const of = (path: string) => `/orders?customer_id=c-3&${path}`;
  const found = async (path: string, seen: string | null, as = ADMIN) =>
    (await api.call<OrderJson[]>(path, { as, headers: { 'x-min-position': seen ?? '' } })).body.map(({ id }) => id);
  const ask = (step: string, json?: object, as = ADMIN) =>
    api.call(`/orders/${order.id}/${step}`, { method: 'POST', as, ...(json && { json }) });

  for (const as of [MEERA, AUDITOR, COURIER])
    assert.is((await ask('hold', { reason_category: 'other' }, as)).status, 403);
  const held = await ask('hold', { reason_category: 'fraud_check', note: 'mail drop' });
  assert.equal([held.status, held.body.held?.reason_category, held.body.held?.by], [200, 'fraud_check', 'admin']);
  assert.is((await ask('hold', { reason_category: 'stock' })).problem.code, 'order.already_held');
  const mine = { role: 'customer', sub: 'c-3' } as const;
  assert.is((await api.call(`/orders/${order.id}`, { as: mine })).body.held, null);

  const seen = held.headers.get('x-event-position');
  assert.equal(await found(of('held=true'), seen), [order.id]);
  assert.equal(await found(of('held=false'), seen), []);
  assert.equal(await found('/orders?held=true', seen, mine), []);
  assert.equal(await found('/orders?held=false', seen, mine), [order.id]);

  await api.call(`/orders/${order.id}/state`, { json: { action: 'confirm' } });
  const stopped = await api.call(`/orders/${order.id}/state`, { json: { action: 'start_processing' } });
  assert.equal([stopped.status, stopped.problem.code], [409, 'order.held']);
  assert.equal(stopped.problem.allowed_actions, ['cancel']);

  const released = await ask('release');
  assert.equal([released.status, released.body.held], [200, null]);
  assert.equal(await found(of('held=true'), released.headers.get('x-event-position')), []);
  assert.is((await ask('release', { note: 'again' })).problem.code, 'order.not_held');
});

lists('fields picks what lists and the search say of each order; without it, an order is whole', async () => {
  const line = { product_id: 'mug', unit_price: 12.5, quantity: 2, product_description: 'Hand-thrown stoneware' };
  const { order, seen } = await place({ items: [line], notes: 'to be picked' });
  const first = async (path: string) => {
    const { status, body } = await api.call<OrderJson[]>(path, { headers: seen });
    assert.is(status, 200, path);
    return body[0];
  };
  const [item] = order.items;
  assert.equal(await first('/orders?limit=1'), order);
  const { product_description, ...summary } = item ?? {};
  assert.is(product_description, 'Hand-thrown stoneware');
  assert.equal(await first('/orders?limit=1&fields=summary'), { ...order, items: [summary] });
  const id_and_sum = { id: order.id, total: order.total };
  for (const path of ['/orders?limit=1', `/orders/search?q=${order.order_number}`])
    assert.equal(await first(`${path}&fields=id,total`), id_and_sum, path);
  assert.equal(await first('/orders?limit=1&fields=total&fields=items.quantity,items.product_id'), {
    total: order.total,
    items: [{ product_id: item?.product_id, quantity: item?.quantity }],
  });
  assert.equal(await first('/orders?limit=1&fields=items,items.id'), { items: order.items });
  assert.equal(await first('/orders?limit=1&fields=summary,items.product_description'), order);
});

lists('a field that no order has is rejected with the names of those that it has', async () => {
  const { status, problem } = await api.call('/orders?fields=id,descriptions');
  assert.equal([status, problem.errors[0]?.field], [422, 'fields[1]']);
  assert.match(problem.errors[0]?.message ?? '', 'items.product_description');
});

lists('an order for later waits as scheduled, and must say when', async () => {
  const scheduled_for = '2099-12-24T19:00:00+01:00';
  const { order } = await place({ scheduled_for }, '/orders/scheduled');
  assert.equal([order.status, order.delivery.scheduled_for], ['scheduled', '2099-12-24T18:00:00.000Z']);
  const rejected = async (changes: Record<string, unknown>, as = MEERA) =>
    (await api.call('/orders/scheduled', { json: anOrder(changes), as })).problem;
  for (const changes of [{}, { scheduled_for: 'tomorrow' }, { scheduled_for: '2020-01-01T00:00:00Z' }]) {
    const { status, errors } = await rejected(changes);
    assert.equal([status, errors[0]?.field], [422, 'scheduled_for']);
  }
  assert.is((await rejected({ scheduled_for }, AUDITOR)).status, 403);
});

lists('orders are found by how their money stands, and by what staff are waited for', async () => {
  const customer_id = 'c-money';
  const { order: unpaid } = await place({ customer_id });
  const [paid, open, overpaid, failed, payout] = await Promise.all(
    Array.from({ length: 5 }, async () => (await place({ customer_id })).order),
  );
  assert.ok(paid && open && overpaid && failed && payout);
  const { core } = api;
  const pay = (id: string, amount: number) => [startPayment(id, amount), recordCapture(id, amount)];
  for (const { id } of [paid, open, overpaid, failed, payout]) await decideOnOrder(core, id, ...pay(P1, PLACED_TOTAL));
  await decideOnOrder(core, open.id, refundByHand(P1, 28));
  await decideOnOrder(core, overpaid.id, recordCapture(P2, 500));
  await decideOnOrder(core, failed.id, refundByHand(P1, 28));
  await failRefunds(core, failed.id);
  await takeActions(core, payout.id, ['cancel']);
  const position = await decideOnOrder(core, payout.id, recordReceipt(P2, 500), refundOverpaid);

  const seen = { 'x-min-position': String(position) };
  const find = async (query: string) => {
    const path = `/orders?customer_id=${customer_id}&${query}`;
    const { status, body, headers } = await api.call<OrderJson[]>(path, { headers: seen });
    assert.equal([status, headers.get('x-total-count')], [200, String(body.length)], query);
    return new Set(body.map(({ id }) => id));
  };
  const expected: readonly (readonly [string, readonly OrderJson[]])[] = [
    ['payment_status=unpaid', [unpaid]],
    ['payment_status=paid', [paid, failed]],
    ['payment_status=unpaid,partly_paid', [unpaid, open]],
    ['payment_status=overpaid&payment_status=partly_paid', [overpaid, open]],
    ['payment_status=settled', [payout]],
    ['refund_status=failed', [failed]],
    ['refund_status=pending&sort=-total', [open, payout]],
    ['refund_status=none,failed&status=pending', [unpaid, paid, overpaid, failed]],
    ['refund_status=done', []],
    ['needs=resolution', [failed]],
    ['needs=payout', [payout]],
    ['needs=payout&payment_status=paid', []],
  ];
  for (const [query, orders] of expected) assert.equal(await find(query), new Set(orders.map(({ id }) => id)), query);
  const foreign = await api.call<OrderJson[]>('/orders?needs=resolution', { as: MEERA, headers: seen });
  assert.equal(foreign.body, []);
  const exported = await api.call('/orders/export?needs=resolution', { headers: seen, unchecked: true });
  assert.is(exported.text.trim().split('\r\n').length, 2);
  for (const query of [
    'payment_status=done',
    'refund_status=completed',
    'needs=money',
    'needs=payout&needs=resolution',
  ])
    assert.is((await api.call(`/orders?${query}`, { unchecked: true })).status, 422, query);
});

lists('one day from and to finds the orders of that day in the shop’s zone', async () => {
  const { order, seen } = await place();
  const dayIn = (timeZone: string, at: number) => new Date(at).toLocaleDateString('sv', { timeZone });
  const at = Date.parse(order.created_at);
  const day = dayIn('UTC', at);
  const found = async (path: string) => (await api.call<OrderJson[]>(path, { headers: seen })).body;
  assert.ok((await found(`/orders?created_from=${day}&created_to=${day}`)).some(({ id }) => id === order.id));
  const before = dayIn('UTC', at - 86_400_000);
  assert.equal(await found(`/orders?created_from=${before}&created_to=${before}`), []);
});

lists.run();
