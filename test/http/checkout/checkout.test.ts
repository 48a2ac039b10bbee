import * as assert from 'uvu/assert';
import { suite } from 'uvu';
import { startSandboxService, type SandboxService } from '../../../src/cli/sandbox/server.ts';
import { authHandlers, cartHandlers, productHandlers } from '../../../src/cli/sandbox/merchant-services.ts';
import { createHttpCarts } from '../../../src/checkout/carts.ts';
import { createHttpCatalogue } from '../../../src/checkout/catalogue/http.ts';
import { optionalUsers, createHttpUsers } from '../../../src/checkout/users.ts';
import { readOrder } from '../../../src/http/orders/find-order.ts';
import { type Answer, type Call, MEERA, type OrderJson, startTestApi, type TestApi } from '../../support/api.ts';
import { clientOf, put } from '../../support/sandbox.ts';

const test = suite('checkout');
let api: TestApi;
let cart: SandboxService;
let product: SandboxService;
let auth: SandboxService;
let customers = 0;

const once = { retries: 0, timeoutMs: 150 };

test.before(async () => {
  cart = await startSandboxService({
    'GET /api/v1/cart/forbidden': () => ({ status: 401 }),
    ...cartHandlers(new Map()),
  });
  product = await startSandboxService(productHandlers(new Map()));
  const person = { id: 'known', name: 'Asha Rao', email: 'asha@example.com', role: 'customer' };
  auth = await startSandboxService(authHandlers(new Map([['known', person]])));
  const silent = { warn: () => undefined };
  api = await startTestApi({
    projectors: false,
    gateways: {
      carts: createHttpCarts(clientOf('cart', cart, once), { currency: 'EUR' }),
      catalogue: createHttpCatalogue(clientOf('product', product, once), { currency: 'EUR' }),
      users: optionalUsers(createHttpUsers(clientOf('user', auth, once)), silent),
    },
  });
  await put(product, '/api/products/mug', { name: 'Mug', sku: 'MUG-1', price: 12.99, stock_quantity: 5 });
  await put(product, '/api/products/tea', { name: 'Tea', sku: 'TEA-1', price: '7.50', stock_quantity: 1 });
  await put(product, '/api/products/old', { name: 'Old', price: 1, is_active: false });
});
test.after(async () => {
  await api.close();
  await Promise.all([cart, product, auth].map((service) => service.stop()));
});

const someone = (): string => `shopper-${++customers}`;
const fill = (sub: string, items: readonly object[]) => put(cart, `/api/v1/cart/${sub}`, { items });
const MUGS = [{ product_id: 'mug', quantity: 2 }];
const checkout = (sub: string, call: Call = {}): Promise<Answer<OrderJson>> =>
  api.call('/orders/checkout', { method: 'POST', as: { role: 'customer', sub }, ...call });

const nothingPlaced = async (work: () => Promise<void>): Promise<void> => {
  const before = await api.countEvents();
  await work();
  assert.is(await api.countEvents(), before, 'nothing is left behind');
};

test('an order is placed from the cart, with names, prices and stock of the catalogue', async () => {
  const sub = someone();
  await fill(sub, [...MUGS, { product_id: 'tea', quantity: 1 }, { product_id: 'mug', quantity: 1 }]);
  const { status, body, headers } = await checkout(sub, { json: { notes: 'Ring twice', shipping_address: 'Ermou 1' } });
  assert.is(status, 201);
  assert.is(headers.get('location'), `/api/v1/orders/${body.id}`);
  assert.equal(
    body.items.map((line) => [line.product_id, line.product_name, line.product_sku, line.unit_price, line.quantity]),
    [
      ['mug', 'Mug', 'MUG-1', 12.99, 3],
      ['tea', 'Tea', 'TEA-1', 7.5, 1],
    ],
  );
  assert.equal([body.subtotal, body.customer_id, body.notes], [46.47, sub, 'Ring twice']);
  const found = await readOrder(api.core.readStream, body.id);
  const placed = (await found?.events())?.[0]?.fact;
  assert.ok(placed?.type === 'OrderPlaced' && placed.data.from_cart === true && placed.data.takes_stock === true);
});

test('the services are told who asks', async () => {
  const sub = someone();
  await fill(sub, MUGS);
  const traceparent = `00-${'b'.repeat(32)}-${'c'.repeat(16)}-01`;
  await checkout(sub, { headers: { 'x-request-id': 'request-7', traceparent } });
  const asked = product.asked.at(-1)?.headers;
  assert.is(asked?.['x-request-id'], 'request-7');
  assert.match(String(asked?.['traceparent']), new RegExp(`^00-${'b'.repeat(32)}-`));
});

test('an empty cart, and one that was never filled, are rejected', async () => {
  await nothingPlaced(async () => {
    const sub = someone();
    assert.is((await checkout(sub)).problem.code, 'cart.empty');
    await fill(sub, []);
    const { status, problem } = await checkout(sub);
    assert.equal([status, problem.code], [422, 'cart.empty']);
  });
});

test('all products that are unknown, no longer sold or sold out are named at once', async () => {
  await nothingPlaced(async () => {
    const sub = someone();
    const ids = ['mug', 'nothing', 'old', 'tea', '..'];
    await fill(
      sub,
      ids.map((product_id) => ({ product_id, quantity: 2 })),
    );
    const { status, problem } = await checkout(sub);
    assert.equal([status, problem.code], [422, 'catalogue.not_sold']);
    assert.equal(
      problem.errors.map(({ field, received }) => [field, received]),
      [
        ['items[1]', 'nothing'],
        ['items[2]', 'old'],
        ['items[3]', 'tea'],
        ['items[4]', '..'],
      ],
    );
    assert.match(problem.detail, /only 1 of tea/);
  });
});

test('a fault of a service places no order, and the answer names the service', async () => {
  const sub = someone();
  await fill(sub, MUGS);
  await nothingPlaced(async () => {
    for (const [name, service] of [
      ['cart', cart],
      ['product', product],
    ] as const)
      for (const fault of ['down', 'slow', '500', 'garbage', 'half'] as const) {
        service.fail(fault, 1);
        const { status, problem, headers } = await checkout(sub);
        assert.equal([status, problem.code], [503, 'service.unavailable'], `${name} ${fault}`);
        assert.match(problem.detail, name);
        assert.ok(headers.get('retry-after'));
      }
  });
  assert.is((await checkout(sub)).status, 201, 'and once they are well, it is');
});

test('a service that rejects our key is misconfigured, not down', async () => {
  const { status, problem } = await checkout('forbidden');
  assert.equal([status, problem.code], [502, 'service.refused']);
});

test('a double click is one order, with a key, without one, and with two', async () => {
  for (const headers of [
    [{}, {}],
    [{ 'idempotency-key': 'k' }, { 'idempotency-key': 'k' }],
    [{ 'idempotency-key': 'a' }, {}],
  ]) {
    const sub = someone();
    await fill(sub, MUGS);
    const before = await api.countEvents();
    const answers = await Promise.all([...headers, ...headers].map((sent) => checkout(sub, { headers: sent })));
    assert.equal(
      answers.map(({ status }) => status),
      [201, 201, 201, 201],
    );
    assert.is(new Set(answers.map(({ body }) => body.id)).size, 1);
    assert.is((await api.countEvents()) - before, 1);
  }
});

test('requests for one cart with keys and words of their own are one order; a key of another body is rejected', async () => {
  const sub = someone();
  await fill(sub, MUGS);
  const ask = (key: string, notes: string) => checkout(sub, { json: { notes }, headers: { 'idempotency-key': key } });
  const first = await ask('first', 'one');
  const second = await ask('second', 'two');
  assert.equal([second.status, second.body.id], [201, first.body.id]);
  await api.core.db('idempotency_keys').delete();
  assert.is((await ask('first', 'other')).problem.code, 'idempotency.key_reused');
  const again = await ask('first', 'one');
  assert.equal([again.body.id, again.headers.get('idempotency-replayed')], [first.body.id, 'true']);
});

test('the same cart once more, before it is empty, is the same order; another cart has to wait', async () => {
  const sub = someone();
  await fill(sub, MUGS);
  const first = await checkout(sub);
  assert.is((await checkout(sub)).body.id, first.body.id);
  await fill(sub, [{ product_id: 'tea', quantity: 1 }]);
  const { status, problem } = await checkout(sub);
  assert.equal([status, problem.code], [409, 'cart.being_cleared']);
});

test('a claim of a request that died before it placed an order does not delay the same cart', async () => {
  const sub = someone();
  await fill(sub, MUGS);
  const { db } = api.core;
  await api.core.db.raw(
    `insert into checkouts (customer_id, cart, command_id, order_id)
     values (?, sha256('[["mug",2]]'), gen_random_uuid(), gen_random_uuid())`,
    [sub],
  );
  assert.is((await checkout(sub)).status, 201);

  const other = someone();
  await fill(other, MUGS);
  const ids = { command_id: crypto.randomUUID(), order_id: crypto.randomUUID() };
  await db('checkouts').insert({ customer_id: other, cart: Buffer.alloc(32), ...ids });
  const early = await checkout(other);
  assert.equal([early.status, early.problem.code], [409, 'cart.being_ordered']);
  await db('checkouts')
    .where('customer_id', other)
    .update({ claimed_at: new Date(Date.now() - 120_000) });
  assert.is((await checkout(other)).status, 201, 'another cart once the request cannot be alive');
});

test('an order that is rejected leaves the cart free', async () => {
  const sub = someone();
  await fill(sub, MUGS);
  const { status, problem } = await checkout(sub, { json: { scheduled_for: '2020-01-01T00:00:00Z' } });
  assert.equal([status, problem.code], [422, 'order.scheduled_in_the_past']);
  await fill(sub, [{ product_id: 'tea', quantity: 1 }]);
  assert.is((await checkout(sub)).status, 201);
});

test('a key is answered again after the cart is gone, also where the first answer was lost', async () => {
  const sub = someone();
  await fill(sub, MUGS);
  const keyed = { headers: { 'idempotency-key': 'lost' } };
  const first = await checkout(sub, keyed);
  await fill(sub, []);
  await api.core.db('idempotency_keys').delete(); // the process died before it wrote down what it answered
  const again = await checkout(sub, keyed);
  assert.equal([again.status, again.body.id], [201, first.body.id]);
});

test('name and e-mail come from the token, else from the user service, else the order goes without', async () => {
  await fill('c-1', MUGS);
  const own = await api.call('/orders/checkout', { method: 'POST', as: MEERA });
  assert.equal([own.body.customer_name, own.body.customer_email], [MEERA.name, MEERA.email]);
  await fill('known', MUGS);
  const known = await checkout('known');
  assert.equal([known.body.customer_name, known.body.customer_email], ['Asha Rao', 'asha@example.com']);
  const sub = someone();
  await fill(sub, MUGS);
  auth.fail('down', 1);
  const without = await checkout(sub);
  assert.equal([without.status, without.body.customer_name], [201, null]);
});

test.run();
