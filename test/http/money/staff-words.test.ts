// time limit: 180 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SPECS } from '../../../src/http/specs.ts';
import type { RouteSpec } from '../../../src/http/server/spec.ts';
import { readText } from '../../documents/pdf-text.ts';
import { ADMIN, MEERA } from '../../support/api.ts';
import { createPayment, moveReturn, processPayment, type ReturnJson } from '../../support/money-over-http.ts';
import { idOfItem, item, openMoneyShop, STAFF, TOTAL, type MoneyShop } from '../../support/money-shop.ts';

/** Every field in which staff or a gateway write carries a word of its own; then all that a customer can read is read. */
const test = suite('what staff write is for staff');
let shop: MoneyShop;
let planted = 0;

/** A word that must not be found anywhere. */
const secret = (field: string): string => {
  planted += 1;
  return `canary-${field}`;
};

test.before(async () => {
  shop = await openMoneyShop({
    gateway: (sandbox) => ({
      ...sandbox,
      charge: (request) =>
        request.payment_token === 'tok_talks'
          ? Promise.resolve({ outcome: 'declined', reason: secret('charge'), response: { why: secret('response') } })
          : sandbox.charge(request),
      refund: (request) =>
        request.amount === 777
          ? Promise.resolve({ outcome: 'declined', reason: secret('refund'), response: { why: secret('answer') } })
          : sandbox.refund(request),
    }),
  });
});
test.after(() => shop.close());

const ok = async (answer: Promise<{ readonly status: number; readonly text: string }>): Promise<void> => {
  const { status, text } = await answer;
  assert.ok(status < 300, text);
};

/** An order of Meera's with a payment, refunds and two returns, to all of which staff have said something. */
const tellAll = async (): Promise<Readonly<Record<'order' | 'return' | 'payment', readonly string[]>>> => {
  const { call } = shop;
  const order = await shop.order(
    { customer_id: undefined, customer_email: 'meera@shop.example', notes: 'Mine', items: [item('A'), item('B')] },
    { as: MEERA },
  );
  const path = `/orders/${order.id}`;
  const act = (action: string) =>
    ok(
      call(`${path}/state`, {
        json: { action, reason: secret(`${action}-reason`), notes: secret(`${action}-notes`) },
      }),
    );
  await ok(call(path, { method: 'PATCH', json: { notes: secret('order-patch') } }));
  await ok(call(`${path}/notes`, { json: { text: secret('order-note') } }));

  const declined = await createPayment(shop.api, order.id, { amount: TOTAL, payment_token: 'tok_talks' });
  await processPayment(shop.api, declined.body.id);
  const paid = await createPayment(shop.api, order.id, { amount: TOTAL, notes: secret('payment-notes') });
  await processPayment(shop.api, paid.body.id);
  const payment = `/payments/${paid.body.id}`;
  const gateway_response = { why: secret('gateway_response') };
  await ok(call(payment, { method: 'PATCH', json: { notes: secret('payment-patch'), gateway_response } }));
  await ok(call(`${payment}/notes`, { json: { text: secret('payment-note') } }));
  await shop.confirmed(order.id);
  for (const action of ['start_processing', 'ship', 'out_for_delivery', 'deliver']) await act(action);

  await ok(
    shop.refund(paid.body.id, { amount: 1, reason: secret('refund-reason'), meta_data: { why: secret('meta') } }),
  );
  await ok(shop.credit(order.id, { goodwill: 2, note: secret('credit-note') }));
  await ok(shop.credit(order.id, { goodwill: 7.77, note: secret('declined-note') }));
  const failed = (await shop.settled(order.id)).refunds.find(({ status }) => status === 'failed');
  assert.ok(failed);
  await ok(shop.resolve(order.id, failed.id, { method: 'cash', note: secret('resolve-note') }));

  const own = await call<ReturnJson>(`${path}/return`, {
    json: {
      items: [{ order_item_id: idOfItem(order, 'A'), quantity: 1, condition: 'new', condition_notes: 'Never used' }],
      notes: 'Back it goes',
    },
    as: MEERA,
  });
  const byStaff = await shop.openReturn(order.id, {
    items: [
      {
        order_item_id: idOfItem(order, 'B'),
        quantity: 1,
        condition: secret('opened-condition'),
        condition_notes: secret('opened-condition_notes'),
      },
    ],
    notes: secret('return-notes'),
    reason_description: secret('reason_description'),
  });
  const review = { decision: 'approved', approval_notes: secret('review-notes') };
  await ok(call(`/returns/${byStaff.id}/review`, { method: 'PATCH', json: review }));
  for (const id of [own.body.id, byStaff.id]) {
    const said = (action: string) => ({
      action,
      reason: secret(`${action}-reason`),
      notes: secret(`${action}-notes`),
    });
    const seen = { condition: secret('condition'), condition_notes: secret('condition_notes') };
    const items = [{ order_item_id: idOfItem(order, id === own.body.id ? 'A' : 'B'), ...seen }];
    if (id === own.body.id) await moveReturn(shop.api, id, [said('approve')]);
    await moveReturn(shop.api, id, [
      said('schedule_pickup'),
      said('start_transit'),
      { ...said('receive'), items },
      said('process'),
    ]);
    await ok(call(`/returns/${id}`, { method: 'PATCH', json: { notes: secret('return-patch') } }));
    await ok(call(`/returns/${id}/notes`, { json: { text: secret('return-note') } }));
  }
  const credit = { currency: 'USD', amount: 1, reason_category: 'goodwill', note: secret('store-credit') };
  await ok(call('/admin/customers/c-1/store-credit', { json: credit }));
  await shop.settled(order.id);
  return {
    order: [order.id],
    return: [own.body.id, byStaff.id],
    payment: [declined.body.id, paid.body.id],
  };
};

const isForCustomers = ({ methods, permission }: RouteSpec): boolean =>
  methods.includes('GET') && permission !== 'public' && permission.customer !== undefined;

const addressesOf = (
  { path, query }: RouteSpec,
  ids: Readonly<Record<string, readonly string[]>>,
): readonly string[] => {
  const [, kind = ''] =
    /^\/(order|return|payment|invoice|template)s\//.exec(path.replace('/orders/returns', '/returns')) ?? [];
  const named = /:(?:order|return)_id$/.exec(path)?.[0].slice(1, -3) ?? kind;
  const asked = query?.required?.includes('q') === true ? '?q=canary' : '';
  if (!path.includes(':')) return [path + asked];
  return (ids[named] ?? []).map((id) => path.replace(/:\w+/, id) + asked);
};

/** As text, whatever it is: JSON, a document, a stream of events. */
const readAs = async (path: string, token: string): Promise<string> => {
  const response = await fetch(`${shop.api.url}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } });
  const bytes = new Uint8Array(await response.arrayBuffer());
  const text = Buffer.from(bytes).toString();
  // No courier has reported a position.
  const isThere = [200, 204].includes(response.status) || path.endsWith('/delivery-location');
  assert.ok(isThere, `${path}: ${response.status} ${text}`);
  return response.headers.get('content-type') === 'application/pdf' ? readText(bytes) : text;
};

test('no answer, mail or document for a customer says a word of theirs', async () => {
  const ids = await tellAll();
  assert.ok(planted > 40, `${planted} words planted`);
  const invoices = await shop.call<readonly { id: string }[]>(`/invoices?order_id=${ids.order[0]}`, { as: MEERA });
  assert.ok(invoices.body.length >= 5, 'an invoice and a memo for each credit');
  const named = { ...ids, invoice: invoices.body.map(({ id }) => id) };
  const token = await shop.api.token(MEERA);
  const paths = SPECS.filter(isForCustomers).flatMap((spec) => addressesOf(spec, named));
  assert.ok(paths.length > 25, paths.join(' '));
  for (const path of paths) assert.not.match(await readAs(path, token), /canary-[\w-]+/, path);

  const mails = shop.mails.filter(({ to }) => to.address !== STAFF.address);
  assert.ok(mails.length >= 10, `${mails.length} mails`);
  for (const { subject, text, html } of mails) assert.not.match(subject + text + html, /canary-[\w-]+/);
});

test('staff read all of it', async () => {
  const { body: orders } = await shop.call<readonly { id: string }[]>('/orders?customer_id=c-1');
  const { text } = await shop.call(`/orders/${orders[0]?.id}/notes`, { as: ADMIN });
  assert.match(text, 'canary-order-note');
  const { body: returns } = await shop.call<readonly ReturnJson[]>('/returns?customer_id=c-1');
  for (const { notes, items } of returns) {
    assert.match(items[0]?.condition_notes ?? '', 'canary-condition_notes');
    assert.ok(notes);
  }
});

test.run();
