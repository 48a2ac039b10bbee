import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openEventStoreDb } from '../../../src/event-store/eventstoredb/index.ts';
import { reconcile, type Order } from '../../../src/domain/order/index.ts';
import { anOrder, startTestApi, type Answer, type OrderJson, type TestApi } from '../../support/api.ts';
import { assertUnits, placesOf } from '../../support/goods.ts';
import { moveReturn, type ReturnJson } from '../../support/money-over-http.ts';
import { readOrder } from '../../support/reconcile.ts';
import { startWireDouble } from '../../support/wire-double/start.ts';

const many = <T>(count: number, ask: (n: number) => Promise<T>): Promise<readonly T[]> =>
  Promise.all(Array.from({ length: count }, (_, n) => ask(n)));
const accepted = (answers: readonly Answer<unknown>[]): number => answers.filter(({ status }) => status < 300).length;

/** Every answer was yes, or a conflict that says why. */
const isOrderly = (answers: readonly Answer<unknown>[]): void => {
  for (const { status, text } of answers) assert.ok(status < 300 || status === 409, text);
};

type Context = { api: TestApi; stop: () => Promise<void> };

const races = (name: string, start: () => Promise<Context>): void => {
  const test = suite<Context>(`goods that race, on ${name}`);
  test.before(async (context) => void Object.assign(context, await start()));
  test.after(({ stop }) => stop());

  /** Five mugs, packed. */
  const packed = async (api: TestApi): Promise<OrderJson> => {
    const items = [{ product_id: 'p-mug', product_name: 'Mug', unit_price: 12.99, quantity: 5 }];
    const { body } = await api.call('/orders', { json: anOrder({ items }) });
    await api.call(`/orders/${body.id}/state`, { json: { action: 'confirm' } });
    await api.call(`/orders/${body.id}/state`, { json: { action: 'start_processing' } });
    return body;
  };
  const mugs = ({ items }: OrderJson, quantity: number) => ({ items: [{ order_item_id: items[0]?.id, quantity }] });
  const ship = (api: TestApi, order: OrderJson, quantity: number) =>
    api.call(`/orders/${order.id}/shipments`, { json: mugs(order, quantity) });
  const cut = (api: TestApi, order: OrderJson, quantity: number) =>
    api.call(`/orders/${order.id}/cancel-items`, {
      json: { ...mugs(order, quantity), reason_category: 'out_of_stock' },
    });
  const move = (api: TestApi, order: OrderJson, id: string | undefined, json: object) =>
    api.call(`/orders/${order.id}/shipments/${id}/state`, { json });

  /** Where its units are in the end; whatever happened, they are in one place each, and documents agree with money. */
  const unitsOf = async (
    api: TestApi,
    { id }: OrderJson,
  ): Promise<ReturnType<typeof placesOf> & Pick<Order, 'status'>> => {
    const order = await readOrder(api.core, id);
    assertUnits(order);
    assert.ok(reconcile(order).agrees);
    const [line] = order.lines;
    assert.ok(line);
    return { ...placesOf(order, line), status: order.status };
  };

  test('twenty clerks ship the last units at once: each unit leaves once', async ({ api }) => {
    const order = await packed(api);
    const answers = await many(20, () => ship(api, order, 2));
    isOrderly(answers);
    assert.is(accepted(answers), 2);
    const { sent, left, status } = await unitsOf(api, order);
    assert.equal([sent, left, status], [4, 1, 'partially_shipped']);
  });

  test('clerks ship units that others cancel: each unit leaves or is cancelled', async ({ api }) => {
    const order = await packed(api);
    const answers = await many(12, (n) => (n % 2 === 0 ? ship : cut)(api, order, 1));
    isOrderly(answers);
    assert.is(accepted(answers), 5);
    const { sent, cancelled, left } = await unitsOf(api, order);
    assert.equal([sent + cancelled, left], [5, 0]);
  });

  test('a parcel is delivered, or lost and refunded, never both', async ({ api }) => {
    const order = await packed(api);
    const { body } = await ship(api, order, 5);
    const [parcel] = body.shipments;
    const answers = await many(8, (n) =>
      move(api, order, parcel?.id, n % 2 === 0 ? { action: 'deliver' } : { action: 'lost', resolution: 'refund' }),
    );
    isOrderly(answers);
    assert.is(accepted(answers), 1);
    const { delivered, lost, status } = await unitsOf(api, order);
    assert.equal([delivered + lost, status], [5, delivered > 0 ? 'delivered' : 'undelivered']);
    const { credits } = await readOrder(api.core, order.id);
    assert.is(credits.length, lost > 0 ? 1 : 0, 'one credit for what was lost');
  });

  test('units come back while others are cancelled, and no unit is refunded twice', async ({ api }) => {
    const order = await packed(api);
    const { body } = await ship(api, order, 3);
    await move(api, order, body.shipments[0]?.id, { action: 'deliver' });
    const open = () =>
      api.call<ReturnJson>('/returns', { json: { order_id: order.id, reason: 'damaged', ...mugs(order, 2) } });
    const [opened, cancelled] = await Promise.all([many(5, open), many(5, () => cut(api, order, 2))]);
    for (const { status, text } of opened) assert.ok(status === 201 || status === 422 || status === 409, text);
    isOrderly(cancelled);
    assert.equal([accepted(opened), accepted(cancelled)], [1, 1]);
    const back = opened.find(({ status }) => status === 201)?.body.id ?? '';
    await moveReturn(api, back, ['approve', 'receive', 'process']);
    const places = await unitsOf(api, order);
    assert.equal([places.cancelled, places.delivered, places.returned], [2, 3, 2]);
    // Five mugs at 14.29 less four of them, and the shipping stays.
    const { body: now } = await api.call(`/orders/${order.id}`);
    assert.is(now.credited, 57.16);
  });

  test('of two exchanges of one return, one is made', async ({ api }) => {
    const order = await packed(api);
    const { body } = await ship(api, order, 5);
    await move(api, order, body.shipments[0]?.id, { action: 'deliver' });
    const { body: back } = await api.call<ReturnJson>('/returns', { json: { order_id: order.id, ...mugs(order, 1) } });
    await moveReturn(api, back.id, ['approve', 'receive']);
    const plate = { product_id: 'p-plate', product_name: 'Plate', quantity: 1, unit_price: 10 };
    const answers = await many(2, () =>
      api.call<ReturnJson>(`/returns/${back.id}/exchange`, { json: { items: [plate], delivery_fee: 0 } }),
    );
    isOrderly(answers);
    assert.is(accepted(answers), 1);
    assert.is((await unitsOf(api, order)).returned, 1);
    const { credits } = await readOrder(api.core, order.id);
    assert.equal(
      credits.map(({ kind, amount }) => [kind, amount]),
      [['return', 1429]],
    );
  });

  test.run();
};

races('PostgreSQL', async () => {
  const api = await startTestApi();
  return { api, stop: () => api.close() };
});

races('EventStoreDB', async () => {
  const double = await startWireDouble();
  const api = await startTestApi({
    link: ({ db }) => Promise.resolve({ db, store: openEventStoreDb({ url: double.url }) }),
  });
  return {
    api,
    stop: async () => {
      await api.close();
      await double.stop();
    },
  };
});
