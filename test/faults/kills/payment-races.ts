import { randomUUID } from 'node:crypto';
import * as assert from 'uvu/assert';
import { eventually } from '../../support/eventually.ts';
import type { Dice } from '../../support/random.ts';
import type { Answered, Ask } from './ask.ts';

type OrderJson = {
  readonly id: string;
  readonly status: string;
  readonly total: number;
  readonly items: readonly { readonly id: string; readonly quantity: number; readonly returned_quantity: number }[];
};
type Created = { readonly id: string; readonly status: string };

const POST = 'POST';
const many = <T>(n: number, work: (index: number) => Promise<T>): Promise<readonly T[]> =>
  Promise.all(Array.from({ length: n }, (_, index) => work(index)));
const post = <T = Created>(ask: Ask, path: string, json?: unknown, key: string = randomUUID()): Promise<Answered<T>> =>
  ask<T>({ method: POST, path: `/api/v1${path}`, key, ...(json === undefined ? {} : { json }) });
const succeeded = ({ status }: Answered<unknown>): boolean => status < 300;

const placeOrder = async (ask: Ask, quantity: number): Promise<OrderJson> => {
  const item = { product_id: 'p-1', product_name: 'Mug', quantity, unit_price: 33.33 };
  const { status, body } = await post<OrderJson>(ask, '/orders', {
    customer_id: 'c-1',
    currency: 'EUR',
    items: [item],
  });
  assert.is(status, 201, JSON.stringify(body));
  return body;
};

const pay = async (ask: Ask, order_id: string, amount: number, payment_token?: string): Promise<string> => {
  const json = { order_id, method: 'credit_card', amount, ...(payment_token !== undefined && { payment_token }) };
  const { status, body } = await post(ask, '/payments', json);
  assert.is(status, 201, JSON.stringify(body));
  const processed = await post(ask, `/payments/${body.id}/process`);
  assert.ok(succeeded(processed), JSON.stringify(processed.body));
  await settled(ask, body.id);
  return body.id;
};

/** Until the money has moved or was rejected; the worker that asked the gateway may be dead by now. */
const settled = (ask: Ask, id: string): Promise<true> =>
  eventually(
    'the payment is settled',
    async () => {
      const { body } = await ask<Created>({ path: `/api/v1/payments/${id}` });
      return !['pending', 'processing'].includes(body.status);
    },
    { within: 60_000, every: 100 },
  );

const act = async (ask: Ask, path: string, action: string): Promise<void> => {
  const answer = await post(ask, `${path}/state`, { action });
  assert.ok(succeeded(answer), `${action}: ${JSON.stringify(answer.body)}`);
};

/** What covers the total confirms the order, by itself, a moment later. */
const confirmed = (ask: Ask, id: string): Promise<true> =>
  eventually(
    'the order is confirmed by its payments',
    async () => (await ask<OrderJson>({ path: `/api/v1/orders/${id}` })).body.status === 'confirmed',
    { within: 60_000, every: 100 },
  );

const deliver = async (ask: Ask, { id }: OrderJson): Promise<void> => {
  await confirmed(ask, id);
  for (const action of ['start_processing', 'ship', 'deliver']) await act(ask, `/orders/${id}`, action);
};

const walkReturn = async (ask: Ask, id: string): Promise<void> => {
  for (const action of ['approve', 'schedule_pickup', 'start_transit', 'receive', 'process'])
    await act(ask, `/returns/${id}`, action);
};

/** Paid and confirmed by the money: what covers the total confirms. */
const paidOrder = async (ask: Ask, quantity: number): Promise<{ order: OrderJson; payment: string }> => {
  const order = await placeOrder(ask, quantity);
  return { order, payment: await pay(ask, order.id, order.total) };
};

/** Each plays one race and answers the order it was about. What must hold of all of them is looked at afterwards. */
type Race = (ask: Ask, dice: Dice) => Promise<string>;

/** 50 refunds of 10.00 on a payment that has room for fewer: some succeed, never more than there was. */
const manyRefunds: Race = async (ask) => {
  const { order, payment } = await paidOrder(ask, 3);
  const answers = await many(50, () => post(ask, `/payments/${payment}/refund`, { amount: 10 }));
  const statuses = answers.map(({ status }) => status).join(' ');
  assert.is(
    answers.filter(succeeded).length,
    Math.floor(order.total / 10),
    `as many as there is room for: ${statuses}`,
  );
  return order.id;
};

/** 50 returns of the last unit: one is opened. */
const manyReturns: Race = async (ask) => {
  const { order } = await paidOrder(ask, 1);
  await deliver(ask, order);
  const [item] = order.items;
  const json = { order_id: order.id, items: [{ order_item_id: item?.id, quantity: 1 }] };
  const answers = await many(50, () => post(ask, '/returns', json));
  const opened = answers.filter(succeeded);
  assert.is(opened.length, 1, 'one return of the last unit');
  await walkReturn(ask, opened[0]?.body.id ?? '');
  return order.id;
};

const twoFullReturns: Race = async (ask) => {
  const { order } = await paidOrder(ask, 2);
  await deliver(ask, order);
  const answers = await many(2, () => post(ask, `/orders/${order.id}/return`, { reason: 'defective' }));
  const opened = answers.filter(succeeded);
  assert.is(opened.length, 1, 'one of two full returns');
  await walkReturn(ask, opened[0]?.body.id ?? '');
  return order.id;
};

const cancelAgainstShip: Race = async (ask) => {
  const { order } = await paidOrder(ask, 1);
  const { id } = order;
  await confirmed(ask, id);
  await act(ask, `/orders/${id}`, 'start_processing');
  const [cancelled, shipped] = await Promise.all([
    post(ask, `/orders/${id}/cancel`),
    post(ask, `/orders/${id}/state`, { action: 'ship' }),
  ]);
  assert.is(Number(succeeded(cancelled)) + Number(succeeded(shipped)), 1, 'one of cancel and ship');
  return id;
};

const confirmAgainstCancel: Race = async (ask) => {
  const order = await placeOrder(ask, 1);
  await Promise.all([
    post(ask, `/orders/${order.id}/state`, { action: 'confirm' }),
    post(ask, `/orders/${order.id}/cancel`),
  ]);
  const { body } = await ask<OrderJson>({ path: `/api/v1/orders/${order.id}` });
  assert.is(body.status, 'cancelled', 'a confirmed order may be cancelled, a cancelled one not confirmed');
  return order.id;
};

/** The same POST 20 times under one key, then two clicks on pay. */
const oneIntentionManyRequests: Race = async (ask) => {
  const order = await placeOrder(ask, 2);
  const key = randomUUID();
  const json = { order_id: order.id, method: 'credit_card', amount: order.total };
  const answers = await many(20, () => post(ask, '/payments', json, key));
  assert.is(new Set(answers.map(({ body }) => body.id)).size, 1, 'one payment');
  const id = answers[0]?.body.id ?? '';
  await many(2, () => post(ask, `/payments/${id}/process`));
  return order.id;
};

const cancelWhileAsking: Race = async (ask) => {
  const order = await placeOrder(ask, 1);
  // Rejected when the cancelling came first, perhaps before that is answered.
  const paying = pay(ask, order.id, order.total, 'tok_flaky').catch(() => undefined);
  const cancelled = await post(ask, `/orders/${order.id}/cancel`);
  assert.ok(succeeded(cancelled), JSON.stringify(cancelled.body));
  await paying;
  return order.id;
};

/** A refund that has to be split over two payments. */
const splitRefund: Race = async (ask) => {
  const order = await placeOrder(ask, 3);
  await pay(ask, order.id, 40);
  await pay(ask, order.id, Number((order.total - 40).toFixed(2)));
  await deliver(ask, order);
  const { body } = await post(ask, `/orders/${order.id}/return`, { reason: 'damaged' });
  await walkReturn(ask, body.id);
  return order.id;
};

type Refund = { readonly id: string; readonly status: string; readonly method: string };
type Whole = OrderJson & {
  readonly payments: readonly { readonly id: string }[];
  readonly refunds: readonly Refund[];
};

const METHODS = ['original_payment', 'store_credit', 'bank_transfer', 'cash'] as const;
const TOKENS = [undefined, 'tok_refund_declined', 'tok_declined', 'tok_flaky', 'tok_timeout'] as const;
const LIFE_STEPS = 9;

/**
 * An order to which money happens at random: paid in parts and ways, credited, refunded by hand, changed, delivered, returned,
 * cancelled. What is not possible is rejected; what must hold is looked at afterwards.
 */
export const anyMoney: Race = async (ask, dice) => {
  const customer_id = `c-${randomUUID()}`;
  const currency = dice.pick(['EUR', 'JPY', 'KWD']);
  const sum = (most: number): number =>
    currency === 'JPY' ? 1 + dice.below(most) : (1 + dice.below(most * 100)) / 100;
  const items = (quantity: number) =>
    ['A', 'B'].map((id) => ({
      product_id: id,
      product_name: id,
      quantity,
      unit_price: currency === 'JPY' ? 33 : 33.33,
    }));
  const credit = { currency, amount: 20, reason_category: 'goodwill' };
  await post(ask, `/admin/customers/${customer_id}/store-credit`, credit);
  const { body: placed } = await post<OrderJson>(ask, '/orders', { customer_id, currency, items: items(2) });
  const path = `/orders/${placed.id}`;
  const now = async (): Promise<Whole> => (await ask<Whole>({ path: `/api/v1${path}` })).body;
  const ask4 = async (json: object): Promise<void> => {
    const { body, status } = await post(ask, '/payments', { order_id: placed.id, ...json });
    if (status === 201) await post(ask, `/payments/${body.id}/process`);
  };
  const STEPS: readonly (() => Promise<unknown>)[] = [
    () => ask4({ method: 'credit_card', amount: sum(150), payment_token: dice.pick(TOKENS) }),
    () => ask4({ method: 'credit_card', amount: placed.total, payment_token: dice.pick(TOKENS) }),
    () => ask4({ method: dice.pick(['bank_transfer', 'cash_on_delivery']), amount: sum(60) }),
    () => ask4({ method: 'store_credit', amount: sum(30) }),
    () => post(ask, `${path}/refunds`, { goodwill: sum(20), reason_category: 'late', method: dice.pick(METHODS) }),
    () =>
      post(ask, `${path}/refunds`, {
        items: [{ order_item_id: placed.items[0]?.id, quantity: 1 }],
        reason_category: 'damaged',
      }),
    async () => {
      const payment = dice.pick([...(await now()).payments, { id: randomUUID() }]);
      const more = dice.chance(0.3) ? { credit: dice.chance(0.5) } : {};
      return post(ask, `/payments/${payment.id}/refund`, { amount: sum(40), method: dice.pick(METHODS), ...more });
    },
    async () => {
      for (const action of ['confirm', 'start_processing', 'ship', 'deliver'])
        await post(ask, `${path}/state`, { action });
    },
    () =>
      ask({
        method: 'PUT',
        path: `/api/v1${path}/items`,
        key: randomUUID(),
        json: { items: items(1 + dice.below(3)) },
      }),
    async () => {
      const { body, status } = await post(ask, `${path}/return`, { reason: dice.pick(['damaged', 'other']) });
      for (const action of ['approve', 'schedule_pickup', 'start_transit', 'receive'])
        if (status === 201) await post(ask, `/returns/${body.id}/state`, { action });
      const restocking_fee = dice.chance(0.3) ? sum(10) : 0;
      const processed = { action: 'process', refund_method: dice.pick(METHODS), restocking_fee };
      if (status === 201) await post(ask, `/returns/${body.id}/state`, processed);
    },
    async () => {
      for (const { id, status } of (await now()).refunds)
        if (status === 'failed' || status === 'pending')
          await post(ask, `${path}/refunds/${id}/resolve`, {
            method: dice.pick(['retry', 'cash', 'store_credit', 'withdraw']),
          });
    },
    () => (dice.chance(0.2) ? post(ask, `${path}/cancel`) : Promise.resolve()),
  ];
  for (let n = 0; n < LIFE_STEPS; n += 1) await dice.pick(STEPS)();
  return placed.id;
};

export const RACES: readonly Race[] = [
  manyRefunds,
  manyReturns,
  twoFullReturns,
  cancelAgainstShip,
  confirmAgainstCancel,
  oneIntentionManyRequests,
  cancelWhileAsking,
  splitRefund,
];
