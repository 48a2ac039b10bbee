import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ADMIN, AUDITOR, COURIER, MEERA, OTHER, startTestApi, type Call, type TestApi } from '../../support/api.ts';
import { eventually } from '../../support/eventually.ts';
import { deliveredOrder, moveReturn, pay, TO_RECEIVED, type ReturnJson } from '../../support/money-over-http.ts';

const returns = suite('returns over HTTP');
let api: TestApi;
/** How far the clock of the API is ahead. */
let days = 0;
const DAY_MS = 24 * 3_600_000;

returns.before(async () => {
  const now = (): Date => new Date(Date.now() + days * DAY_MS);
  api = await startTestApi({ adjust: (deps) => ({ ...deps, kernel: { ...deps.kernel, now } }) });
  await api.startWorker();
});
returns.after(() => api.close());

returns.before.each(() => {
  days = 0;
});

/** One mug of two: 14.29. */
const ONE = 14.29;
const WITH_SHIPPING = 19.29;

const open = (order_id: string, json: Record<string, unknown> = {}, more: Call = {}) =>
  api.call<ReturnJson>('/returns', { json: { order_id, ...json }, ...more });
const oneUnit = (itemId: string | undefined, more: object = {}) => ({
  items: [{ order_item_id: itemId, quantity: 1, ...more }],
});
const whole = (order_id: string, more: Call = {}) =>
  api.call<ReturnJson>(`/orders/${order_id}/return`, { method: 'POST', ...more });

returns('a customer returns one of two, and the order shows it', async () => {
  const order = await deliveredOrder(api);
  const item = order.items[0]?.id;
  const wanted = { reason: 'size_issue', ...oneUnit(item, { condition: 'like new', product_name: 'ignored' }) };
  const opened = await open(order.order_number, wanted, { as: MEERA });
  assert.is(opened.status, 201);
  assert.match(opened.body.return_number, /^RET-\d{4}-\d{6}$/);
  assert.equal(
    [opened.body.status, opened.body.refund_amount, opened.body.refunded_amount, opened.body.refund_status],
    ['initiated', ONE, 0, null],
  );
  assert.equal(opened.body.allowed_actions, ['cancel']);
  assert.equal(
    opened.body.items.map(({ order_item_id, quantity, condition }) => [order_item_id, quantity, condition]),
    [[item, 1, 'like new']],
  );
  const { body: shown } = await api.call(`/orders/${order.id}`);
  assert.equal([shown.status, shown.items[0]?.return_requested_quantity], ['return_requested', 1]);
  assert.equal(
    shown.returns.map(({ id, status }) => [id, status]),
    [[opened.body.id, 'open']],
  );
});

returns('without items everything left goes back, under either address', async () => {
  const order = await deliveredOrder(api);
  await open(order.id, oneUnit(order.items[0]?.id));
  const rest = await api.call<ReturnJson>(`/orders/${order.id}/request-return`, { method: 'POST', as: MEERA });
  assert.equal([rest.status, rest.body.items[0]?.quantity, rest.body.reason], [201, 1, 'other']);
  const none = await whole(order.id);
  assert.equal([none.status, none.problem.code], [409, 'return.nothing_left']);
});

returns('after the last day to return, only an admin may open one, by an explicit override', async () => {
  const order = await deliveredOrder(api);
  days = 31;
  const item = oneUnit(order.items[0]?.id);
  for (const as of [MEERA, ADMIN]) {
    const late = await open(order.id, item, { as });
    assert.equal([late.status, late.problem.code], [409, 'return.window_closed']);
  }
  const forced = await open(order.id, { ...item, force: true });
  assert.equal([forced.status, forced.body.status], [201, 'initiated']);
});

returns('what cannot be returned is rejected, saying why', async () => {
  const order = await deliveredOrder(api);
  const item = order.items[0]?.id;
  const why = async (json: Record<string, unknown>, as = MEERA) => {
    const { status, problem } = await open(order.id, json, { as });
    return [status, problem.code];
  };
  const many = { items: [{ order_item_id: item, quantity: 3 }] };
  assert.equal(await why(many), [409, 'return.quantity_exceeds_returnable']);
  assert.equal(await why(oneUnit(order.id)), [422, 'return.unknown_item']);
  assert.equal(await why({ items: [] }), [422, 'request.invalid']);
  assert.equal(await why({ ...oneUnit(item), force: true }), [403, 'auth.forbidden']);
  assert.equal(await why(oneUnit(item), OTHER), [404, 'resource.not_found']);
  const { body: fresh } = await api.call('/orders', {
    json: { customer_id: 'c-1', items: [{ product_id: 'p', unit_price: 1, quantity: 1 }] },
  });
  const early = await whole(fresh.id);
  assert.equal([early.status, early.problem.code], [409, 'return.order_not_returnable']);
});

returns('a paid return goes through every step to its money, its credit memo and the end', async () => {
  const order = await deliveredOrder(api);
  const { id: paymentId } = await pay(api, order.id);
  const { body } = await open(order.id, oneUnit(order.items[0]?.id), { as: MEERA });
  await moveReturn(api, body.id, TO_RECEIVED);
  const processed = await moveReturn(api, body.id, [{ action: 'process', restocking_fee: '1.00' }]);
  assert.equal([processed.refund_amount, processed.restocking_fee], [13.29, 1]);

  const done = await eventually('the money is back', async () => {
    const { body: now } = await api.call<ReturnJson>(`/returns/${body.return_number}`, { as: MEERA });
    return now.status === 'refunded' && now;
  });
  assert.equal([done.refunded_amount, done.refund_status, done.items[0]?.accepted_quantity], [13.29, 'completed', 1]);
  const again = await api.call(`/returns/${body.id}/state`, { json: { action: 'Completed' } });
  assert.equal([again.status, again.problem.code], [409, 'return.already_refunded']);

  const { body: after } = await api.call(`/orders/${order.id}`);
  assert.equal([after.status, after.items[0]?.returned_quantity, after.amount_due], ['partially_returned', 1, 0]);
  assert.equal(after.payments, [
    { id: paymentId, status: 'partially_refunded', amount: 33.58, refunded_amount: 13.29 },
  ]);

  type Memo = { id: string; status: string; invoice_type: string; invoice_number: string; file_name: string };
  const memo = await eventually('the credit memo is ready', async () => {
    const { body: memos } = await api.call<readonly Memo[]>(`/invoices/return/${body.return_number}`, { as: MEERA });
    return memos[0]?.status === 'ready' && memos[0];
  });
  assert.equal([memo.invoice_type, memo.file_name], ['return', `credit_memo_${body.return_number}.pdf`]);
  assert.match(memo.invoice_number, /^CRM-\d{4}-000001$/);
  const file = await api.call(`/invoices/${memo.id}/download`, { as: MEERA });
  assert.is(file.headers.get('content-disposition'), `attachment; filename="credit_memo_${body.return_number}.pdf"`);
  const listed = await eventually('it is listed', async () => {
    const { body: found } = await api.call<readonly Memo[]>(`/invoices?return_id=${body.return_number}&type=return`);
    return found.length > 0 && found;
  });
  assert.is(listed[0]?.id, memo.id);
  const { body: last } = await api.call(`/orders/${order.id}`);
  assert.equal(
    last.documents.map(({ type, status }) => [type, status]),
    [
      ['invoice', 'ready'],
      ['credit_memo', 'ready'],
    ],
  );
});

returns('a return of what was never paid ends without waiting for money', async () => {
  const order = await deliveredOrder(api);
  const { body } = await whole(order.id);
  await moveReturn(api, body.id, [...TO_RECEIVED, 'process']);
  const { body: done } = await api.call<ReturnJson>(`/returns/${body.id}`);
  assert.equal([done.status, done.refunded_amount, done.refund_status], ['refunded', 0, 'completed']);
  const { body: after } = await api.call(`/orders/${order.id}`);
  assert.is(after.status, 'returned');
});

returns('a review may lower what goes back, never raise it, or reject', async () => {
  const order = await deliveredOrder(api);
  const { body } = await open(order.id, oneUnit(order.items[0]?.id));
  const review = (id: string, json: unknown, path = '/returns') =>
    api.call<ReturnJson>(`${path}/${id}/review`, { method: 'PATCH', json });
  const approved = { decision: 'approved', approval_notes: 'A scratch on the handle' };
  const raised = await review(body.id, { ...approved, refund_amount: 14.3 });
  assert.equal([raised.status, raised.problem.code], [422, 'return.review_amount_out_of_range']);
  assert.is((await review(body.id, { ...approved, approval_notes: 'short' })).status, 422);
  const lowered = await review(body.id, { ...approved, refund_amount: 10 });
  assert.equal([lowered.body.status, lowered.body.refund_amount], ['approved', 10]);
  assert.is(lowered.body.review?.notes, 'A scratch on the handle');

  const { body: other } = await open(order.id, oneUnit(order.items[0]?.id));
  const no = { decision: 'rejected', approval_notes: 'It was used for weeks' };
  const rejected = await review(other.return_number, no, '/orders/returns');
  assert.equal([rejected.body.status, rejected.body.rejection_reason], ['rejected', 'It was used for weeks']);
});

returns('rejecting needs a reason, in query or body, and frees the units', async () => {
  const order = await deliveredOrder(api);
  const reject = (id: string, query = '', call: Call = {}) =>
    api.call<ReturnJson>(`/returns/${id}/reject${query}`, { method: 'POST', ...call });
  const first = (await whole(order.id)).body;
  assert.equal((await reject(first.id)).problem.code, 'return.reason_required');
  assert.is((await reject(first.id, '?reason=Too%20late')).body.rejection_reason, 'Too late');
  const second = (await whole(order.id)).body;
  assert.is((await reject(second.id, '', { json: { reason: 'Used' } })).body.rejection_reason, 'Used');
  const third = (await whole(order.id)).body;
  assert.is((await reject(third.id, '?reason=a', { json: { reason: 'b' } })).status, 422);
  const approved = await api.call<ReturnJson>(`/returns/${third.id}/approve`, { method: 'POST' });
  assert.equal([approved.status, approved.body.status], [200, 'approved']);
});

returns(
  'a walk-in return takes no transport, and inspection corrects its reason and with it the shipping',
  async () => {
    const order = await deliveredOrder(api);
    const { body } = await open(order.id, { reason: 'change_of_mind', ...oneUnit(order.items[0]?.id) });
    const walkIn = await moveReturn(api, body.id, ['approve', 'receive']);
    assert.equal(walkIn.allowed_actions, ['process']);
    const { body: rest } = await whole(order.id);
    await moveReturn(api, rest.id, ['approve', 'receive']);
    const items = [{ order_item_id: order.items[0]?.id, reason: 'defective' }];
    const done = await moveReturn(api, body.id, [{ action: 'process', items, restocking_fee: 1 }]);
    assert.equal([done.refund_amount, done.reason, done.items[0]?.reason], [13.29, 'change_of_mind', 'defective']);
    const last = await moveReturn(api, rest.id, [{ action: 'process', items }]);
    assert.equal([last.refund_amount, last.items[0]?.refund_amount], [WITH_SHIPPING, ONE]);
    const { body: events } = await api.call<readonly { readonly type: string }[]>(`/returns/${body.id}/events`);
    assert.equal(
      events.map(({ type }) => type),
      ['ReturnInitiated', 'ReturnApproved', 'ReturnReceived', 'ReturnProcessed', 'ReturnRefunded'],
    );
  },
);

returns('goods that never came free their units; the customer names a parcel only while it is awaited', async () => {
  const order = await deliveredOrder(api);
  const { body } = await whole(order.id, { as: MEERA });
  const name = () =>
    api.call<ReturnJson>(`/returns/${body.id}`, { method: 'PATCH', json: { tracking_number: 'DHL-1' }, as: MEERA });
  assert.equal([(await name()).status, (await name()).problem.code], [409, 'return.tracking_locked']);
  await moveReturn(api, body.id, ['approve']);
  assert.is((await name()).body.tracking_number, 'DHL-1');
  assert.is((await api.call<ReturnJson>(`/returns/${body.id}`)).body.tracking_number, 'DHL-1');
  const { status, allowed_actions } = await moveReturn(api, body.id, ['not_sent']);
  assert.equal([status, allowed_actions], ['not_sent', []]);
  assert.is((await name()).problem.code, 'return.tracking_locked');
  assert.is((await whole(order.id)).status, 201);
});

returns('a reviewer adds the shipping, above the estimate', async () => {
  const order = await deliveredOrder(api);
  const { body } = await open(order.id, oneUnit(order.items[0]?.id));
  const review = (refund_amount: number) =>
    api.call<ReturnJson>(`/returns/${body.id}/review`, {
      method: 'PATCH',
      json: { decision: 'approved', approval_notes: 'they wait for weeks', refund_amount, refund_shipping: true },
    });
  assert.is((await review(19.3)).problem.code, 'return.review_amount_out_of_range');
  const { body: reviewed } = await review(WITH_SHIPPING);
  assert.equal([reviewed.refund_amount, reviewed.review?.refund_shipping], [WITH_SHIPPING, true]);
  const done = await moveReturn(api, body.id, ['receive', 'process']);
  assert.equal([done.status, done.refund_amount, done.items[0]?.refund_amount], ['refunded', WITH_SHIPPING, ONE]);
});

returns('a customer may withdraw and note, and nothing else', async () => {
  const order = await deliveredOrder(api);
  const { body } = await whole(order.id, { as: MEERA });
  const act = (json: unknown, as = MEERA) => api.call<ReturnJson>(`/returns/${body.id}/state`, { json, as });
  assert.equal((await act({ action: 'approve' })).problem.code, 'return.action_not_permitted');
  assert.is((await act({ action: 'fly' })).status, 422);
  const patch = (json: unknown) => api.call<ReturnJson>(`/returns/${body.id}`, { method: 'PATCH', json, as: MEERA });
  assert.is((await patch({ notes: 'Leave it' })).body.notes, 'Leave it');
  assert.is((await patch({ meta_data: { shelf: 3 } })).status, 403);
  assert.is((await api.call(`/returns/${body.id}/approve`, { method: 'POST', as: MEERA })).status, 403);
  assert.is((await act({ action: 'cancel' }, OTHER)).status, 404);
  assert.is((await act({ action: 'Cancelled' })).body.status, 'cancelled');
  const { body: after } = await api.call(`/orders/${order.id}`);
  assert.is(after.status, 'delivered');
});

returns('history and audit trail tell every step to those who may know', async () => {
  const order = await deliveredOrder(api);
  const { body } = await whole(order.id, { as: MEERA });
  await moveReturn(api, body.id, [{ action: 'approve', notes: 'between us' }]);
  const history = async (as = AUDITOR) =>
    (await api.call<readonly Record<string, unknown>[]>(`/returns/${body.id}/history`, { as })).body;
  assert.equal(
    (await history()).map(({ new_status, changed_by, notes }) => [new_status, changed_by, notes]),
    [
      ['initiated', 'c-1', null],
      ['approved', 'admin', 'between us'],
    ],
  );
  assert.equal(Object.keys((await history(MEERA))[1] ?? {}), [
    'previous_status',
    'new_status',
    'changed_by_role',
    'at',
  ]);
  const events = await api.call<readonly { type: string }[]>(`/returns/${body.id}/events`, { as: AUDITOR });
  assert.equal(
    events.body.map(({ type }) => type),
    ['ReturnInitiated', 'ReturnApproved'],
  );
  assert.is((await api.call(`/returns/${body.id}/events`, { as: MEERA })).status, 403);
  assert.is((await api.call(`/returns/${body.id}`, { as: COURIER })).status, 403);
});

returns('the list is filtered under both addresses, and shows customers their own', async () => {
  const order = await deliveredOrder(api);
  const opened = await whole(order.id, { json: { reason: 'defective' }, as: MEERA });
  const headers = { 'x-min-position': opened.headers.get('x-event-position') ?? '' };
  const list = async (path: string, as = AUDITOR) =>
    (await api.call<readonly ReturnJson[]>(path, { as, headers })).body.map(({ id }) => id);
  const filter = `?order_id=${order.order_number}&status=initiated&reason=defective&created_from=2020-01-01`;
  assert.equal(await list(`/returns${filter}`), [opened.body.id]);
  assert.equal(await list(`/orders/returns${filter}`, MEERA), [opened.body.id]);
  assert.equal(await list(`/returns${filter}`, OTHER), []);
  assert.equal(await list(`/returns?order_id=${order.id}&status=refunded`), []);
  assert.equal(await list('/returns?customer_id=c-2', MEERA), []);
  assert.is((await list('/returns?limit=1')).length, 1);
});

returns('a return repeated with its key is one return, answered the same', async () => {
  const order = await deliveredOrder(api);
  const headers = { 'idempotency-key': 'return-once' };
  const first = await whole(order.id, { headers });
  const second = await whole(order.id, { headers });
  assert.equal([second.status, second.body], [201, first.body]);
  assert.is(second.headers.get('idempotency-replayed'), 'true');
});

returns.run();
