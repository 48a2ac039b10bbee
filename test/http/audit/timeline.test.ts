import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { AUDITOR, MEERA, startTestApi, type TestApi } from '../../support/api.ts';
import { eventually } from '../../support/eventually.ts';
import {
  createPayment,
  deliveredOrder,
  moveOrder,
  moveReturn,
  pay,
  placeOrder,
  TO_RECEIVED,
  type ReturnJson,
} from '../../support/money-over-http.ts';

const test = suite('the timeline of an order');
let api: TestApi;

test.before(async () => {
  api = await startTestApi();
  await api.startWorker();
});
test.after(() => api.close());

type Entry = {
  readonly id: string;
  readonly position: string;
  readonly at: string;
  readonly kind: string;
  readonly type: string;
  readonly sentence: string;
  readonly reason: string | null;
  readonly correlation_id: string;
  readonly cause: {
    readonly kind: string;
    readonly sentence: string;
    readonly process?: string;
    readonly request?: {
      readonly id: string;
      readonly actor: { readonly role: string };
      readonly user_agent: string | null;
    };
    readonly event?: { readonly id: string; readonly type: string; readonly sentence: string };
  };
};

/** Each event names the request, or the event and the process, behind it: never an id alone. */
const demandCauses = (entries: readonly Entry[]): void => {
  for (const { type, sentence, cause } of entries) {
    assert.match(sentence, /^[^{}]+\.$/, type);
    assert.ok(['request', 'event'].includes(cause.kind), `${type}: ${cause.sentence}`);
    if (cause.kind === 'event') assert.type(cause.process, 'string', `${type} names its process`);
  }
};

const timeline = (id: string, query = '') =>
  api.call<readonly Entry[]>(`/orders/${id}/timeline${query}`, { as: AUDITOR });

test('everything of an order is one list in log order, each with the request or the event behind it', async () => {
  const order = await deliveredOrder(api);
  await pay(api, order.id);
  const { body: created } = await createPayment(api, order.id, { amount: 1 });
  const { body: opened } = await api.call<ReturnJson>(`/orders/${order.id}/return`, { method: 'POST' });
  await moveReturn(api, opened.id, [...TO_RECEIVED, { action: 'process', notes: 'All fine' }]);
  const entries = await eventually('both documents and the refund', async () => {
    const { body } = await timeline(order.id);
    const count = (type: string) => body.filter((entry) => entry.type === type).length;
    return count('DocumentRendered') === 2 && count('ReturnRefunded') === 1 && body;
  });

  const positions = entries.map(({ position }) => BigInt(position));
  assert.equal(
    positions,
    positions.toSorted((a, b) => (a < b ? -1 : 1)),
  );
  assert.equal(new Set(entries.map(({ kind }) => kind)), new Set(['order', 'payment', 'return', 'document']));
  assert.ok(
    entries.some(({ sentence }) => sentence.includes(created.payment_number)),
    'a payment not begun yet',
  );
  demandCauses(entries);

  const one = (type: string) => entries.find((entry) => entry.type === type);
  const placed = one('OrderPlaced');
  assert.equal([placed?.cause.request?.actor.role, placed?.cause.request?.id], ['admin', placed?.correlation_id]);
  assert.is(one('ReturnProcessed')?.reason, 'All fine');
  assert.equal(
    [one('PaymentCaptured')?.cause.process, one('PaymentCaptured')?.cause.event?.type],
    ['recording the outcome of a payment', 'PaymentCompleted'],
  );
  assert.equal(
    [one('DocumentRendered')?.cause.process, one('DocumentRendered')?.cause.event?.type],
    ['issuing an invoice', 'OrderShipped'],
  );

  const correlation_id = one('ReturnProcessed')?.correlation_id ?? '';
  const { body: followed } = await timeline(order.id, `?correlation_id=${correlation_id}`);
  assert.equal(
    followed.map(({ id }) => id),
    entries.filter((entry) => entry.correlation_id === correlation_id).map(({ id }) => id),
  );
  assert.ok(followed.length > 4 && followed.length < entries.length);

  const paged: string[] = [];
  for (let query: string | undefined = '?limit=7'; query !== undefined;) {
    const { body, headers } = await timeline(order.id, query);
    paged.push(...body.map(({ id }) => id));
    assert.ok(body.length <= 7);
    query = /<[^?]*(\?[^>]*)>; rel="next"/.exec(headers.get('link') ?? '')?.[1];
  }
  assert.equal(
    paged,
    entries.map(({ id }) => id),
  );
  assert.is((await api.call(`/orders/${order.id}/timeline`, { as: MEERA })).status, 403);
});

/** The process and the event that led to the first event of a type. */
const led = (entries: readonly Entry[], type: string) => {
  const { cause } = entries.find((entry) => entry.type === type) ?? {};
  return [cause?.process, cause?.event?.type];
};

test('parcels, their invoices, and the refund of a lost one name what led to them', async () => {
  const items = [{ product_id: 'p-mug', product_name: 'Mug', unit_price: 10, quantity: 3 }];
  const order = await placeOrder(api, { items });
  await pay(api, order.id, { amount: order.total });
  await eventually('it is confirmed', async () => (await api.call(`/orders/${order.id}`)).body.status === 'confirmed');
  await moveOrder(api, order.id, ['start_processing']);
  const ship = (quantity: number) =>
    api.call(`/orders/${order.id}/shipments`, { json: { items: [{ order_item_id: order.items[0]?.id, quantity }] } });
  await ship(2);
  const { body: shipped } = await ship(1);
  const [one, other] = shipped.shipments;
  const lost = await api.call(`/orders/${order.id}/shipments/${other?.id}/state`, {
    json: { action: 'lost', resolution: 'refund' },
  });
  assert.is(lost.status, 200, lost.text);
  await api.call(`/orders/${order.id}/shipments/${one?.id}/state`, { json: { action: 'deliver' } });
  const entries = await eventually('the refund and its memo', async () => {
    const { body } = await timeline(order.id);
    const count = (type: string) => body.filter((entry) => entry.type === type).length;
    return count('PaymentRefunded') === 1 && count('DocumentRendered') === 2 && body;
  });
  demandCauses(entries);
  assert.equal(led(entries, 'OrderConfirmed')[0], 'confirming a paid order');
  assert.equal(
    entries.filter(({ type }) => type === 'DocumentRendered').map(({ cause }) => cause.process),
    ['issuing an invoice', 'issuing a credit memo'],
  );
});

test('what follows from an exchange is resolved in both orders', async () => {
  const order = await deliveredOrder(api, { customer_id: 'c-exchange' });
  await pay(api, order.id);
  const { body: opened } = await api.call<ReturnJson>(`/orders/${order.id}/return`, { method: 'POST' });
  await moveReturn(api, opened.id, TO_RECEIVED);
  const { body: exchanged } = await api.call<ReturnJson & { readonly exchange: { readonly order_id: string } }>(
    `/returns/${opened.id}/exchange`,
    { json: { items: [{ product_id: 'p-plate', product_name: 'Plate', quantity: 1, unit_price: 5 }] } },
  );
  const { order_id: next } = exchanged.exchange;
  const entries = await eventually('the new order is paid', async () => {
    const { body } = await timeline(next);
    return body.some(({ type }) => type === 'OrderConfirmed') && body;
  });
  demandCauses(entries);
  assert.equal(led(entries, 'OrderPlaced'), ['placing the order of an exchange', 'ReturnExchanged']);
  assert.equal(led(entries, 'PaymentInitiated'), ['paying for an exchange with store credit', 'ReturnRefunded']);
  demandCauses((await timeline(order.id)).body);
});

test.run();
