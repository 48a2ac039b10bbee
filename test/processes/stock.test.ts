import { randomBytes, randomUUID } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startSandboxService, type SandboxService } from '../../src/cli/sandbox/server.ts';
import { cartHandlers, productHandlers } from '../../src/cli/sandbox/merchant-services.ts';
import { wasRejected } from '../../src/commands/handle.ts';
import { orderIdOf } from '../../src/commands/orders.ts';
import type { Carts, Stock } from '../../src/checkout/ports.ts';
import { openMemoryEventStore } from '../../src/event-store/memory.ts';
import { createHttpCarts } from '../../src/checkout/carts.ts';
import { createHttpCatalogue } from '../../src/checkout/catalogue/http.ts';
import { createSandboxGateway } from '../../src/gateways/payment/sandbox.ts';
import { openCheckoutClaims } from '../../src/checkout/checkout-claims.ts';
import { type Core, newLine, takeActions, testCore } from '../support/core.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { personalOf, context } from '../support/orders.ts';
import { byAdmin, openReturn, takeReturnActions, TO_RECEIVED } from '../support/payments.ts';
import { Crash, processRunner } from '../support/processes.ts';
import { readOrder } from '../support/reconcile.ts';
import { clientOf, get, put } from '../support/sandbox.ts';

const masterKey = randomBytes(32);
const test = suite<{ database: TestDatabase }>('carts and stock, after an order');
test.before(async (state) => void (state.database = await openTestDatabase()));
test.after(async ({ database }) => database.close());

const STOCK = 10;

/** A shop over services of its own, whose jobs can die at a call of theirs. */
const world = async ({ db }: TestDatabase) => {
  const store = openMemoryEventStore();
  const core = testCore(db, store, masterKey);
  const processes = processRunner(store, core.codec);
  const cart = await startSandboxService(cartHandlers(new Map()));
  const product = await startSandboxService(productHandlers(new Map()));
  await put(product, '/api/products/mug', { price: 12.99, stock_quantity: STOCK });
  const once = { retries: 0, timeoutMs: 150 };
  const carts = createHttpCarts(clientOf('cart', cart, once), { currency: 'EUR' });
  const stock = createHttpCatalogue(clientOf('product', product, once), { currency: 'EUR' });
  const claims = openCheckoutClaims(db);
  const run = (gateways: { readonly carts: Carts; readonly stock: Stock } = { carts, stock }) =>
    processes.run(core, createSandboxGateway({ db }), { also: ['clear-cart', 'settle-stock'], deps: gateways });
  return {
    core,
    processes,
    cart,
    product,
    carts,
    stock,
    claims,
    run,
    inStock: async () => (await get<{ stock_quantity: number }>(product, '/api/products/mug')).stock_quantity,
    inCart: async (customer: string) => (await carts.read(customer, { request_id: 'r' })).length,
    stop: () => Promise.all([cart.stop(), product.stop()]),
  };
};

const LOOKED_UP = { from_cart: true, takes_stock: true } as const;

const buyMugs = async ({ orders }: Core, customer_id: string, looked: object = LOOKED_UP, quantity = 3) => {
  const { line_meta_data: _, ...personal } = personalOf('Meera');
  const lines = [newLine({ product_id: 'mug', quantity })];
  const input = { customer_id, currency: 'EUR', payment_method: null, scheduled_for: null, lines, personal, ...looked };
  const command_id = randomUUID();
  const placed = await orders.place(input, { context: context({ command_id }), repeatable: true });
  if (wasRejected(placed)) throw new Error(placed.rejection.rejected);
  return { id: placed.id, command_id };
};

const dies = async (run: Promise<void>): Promise<void> => {
  const error = await run.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.instance(error, Crash);
};

/** Dies at its first call: before it asks, or after it was done and before anyone knows. */
const dyingOnce = <A extends readonly unknown[], R>(call: (...args: A) => Promise<R>, moment: 'before' | 'after') => {
  let alive = true;
  return async (...args: A): Promise<R> => {
    if (!alive) return call(...args);
    alive = false;
    if (moment === 'after') await call(...args);
    throw new Crash();
  };
};

const stockCalls = ({ asked }: SandboxService) => asked.filter(({ method }) => method === 'PATCH');

test('the cart that was ordered is emptied once, and its claim ends', async ({ database }) => {
  const { core, cart, claims, run, inCart, stop, processes } = await world(database);
  const customer_id = randomUUID();
  const { command_id } = await buyMugs(core, customer_id);
  await claims.claim({ customer_id, cart: 'mugs', command_id, order_id: orderIdOf(command_id) });
  await put(cart, `/api/v1/cart/${customer_id}`, { items: [{ product_id: 'mug', quantity: 3 }] });
  await run();
  assert.is(await inCart(customer_id), 0);
  const next = { customer_id, cart: 'tea', command_id: randomUUID(), order_id: randomUUID() };
  assert.is((await claims.claim(next)).command_id, next.command_id);

  await put(cart, `/api/v1/cart/${customer_id}`, { items: [{ product_id: 'tea', quantity: 1 }] });
  processes.redeliver();
  await run();
  assert.is(await inCart(customer_id), 1, 'delivered again, it empties no later cart');
  await stop();
});

test('a cart that cannot be emptied is tried again, and the order stands', async ({ database }) => {
  const { core, cart, run, inCart, stop } = await world(database);
  const customer_id = randomUUID();
  const { id } = await buyMugs(core, customer_id);
  await put(cart, `/api/v1/cart/${customer_id}`, { items: [{ product_id: 'mug', quantity: 3 }] });
  cart.fail('500', 3);
  await run();
  assert.is(await inCart(customer_id), 0);
  assert.is((await readOrder(core, id)).status, 'pending');
  await stop();
});

test('a process that dies while it empties a cart leaves it to the next, whatever it had done', async ({
  database,
}) => {
  for (const moment of ['before', 'after'] as const) {
    const { core, cart, carts, stock, run, inCart, stop } = await world(database);
    const customer_id = randomUUID();
    await buyMugs(core, customer_id);
    await put(cart, `/api/v1/cart/${customer_id}`, { items: [{ product_id: 'mug', quantity: 3 }] });
    await dies(run({ carts: { ...carts, clear: dyingOnce(carts.clear, moment) }, stock }));
    await run();
    assert.is(await inCart(customer_id), 0, moment);
    await stop();
  }
});

test('units go with the order and come back with its cancellation, each once', async ({ database }) => {
  const { core, product, run, inStock, processes, stop } = await world(database);
  const { id } = await buyMugs(core, 'c-1');
  await run();
  assert.is(await inStock(), STOCK - 3);
  await takeActions(core, id, ['confirm', 'cancel']);
  await run();
  assert.is(await inStock(), STOCK);
  processes.redeliver();
  await run();
  assert.is(await inStock(), STOCK);
  assert.equal(
    stockCalls(product).map(({ body }) => body),
    [
      { change: -3, order_id: id },
      { change: 3, order_id: id },
    ],
  );
  await stop();
});

test('an order that was never looked up takes nothing and gives nothing back', async ({ database }) => {
  const { core, product, run, stop } = await world(database);
  const { id } = await buyMugs(core, 'c-1', {});
  await takeActions(core, id, ['cancel']);
  await run();
  assert.is(product.asked.filter(({ method }) => method === 'PATCH').length, 0);
  await stop();
});

test('a change of items takes or gives back the difference', async ({ database }) => {
  const { core, run, inStock, stop } = await world(database);
  const { id } = await buyMugs(core, 'c-1');
  for (const [quantity, left] of [
    [5, STOCK - 5],
    [1, STOCK - 1],
  ] as const) {
    await core.orders.replaceItems({ ...byAdmin(), id }, { lines: [newLine({ product_id: 'mug', quantity })] });
    await run();
    assert.is(await inStock(), left);
  }
  await stop();
});

test('of returned units only those that are put back on the shelf go back to stock', async ({ database }) => {
  const { core, run, inStock, stop } = await world(database);
  const { id } = await buyMugs(core, 'c-1');
  await takeActions(core, id, ['confirm', 'start_processing', 'ship', 'deliver']);
  const [line] = (await readOrder(core, id)).lines;
  const order_item_id = line?.id ?? '';
  for (const [disposition, quantity, left] of [
    ['scrap', 1, STOCK - 3],
    ['restock', 2, STOCK - 1],
  ] as const) {
    const back = await openReturn(core, id, { items: [{ order_item_id, quantity, reason: null }] });
    await run();
    await takeReturnActions(core, back, [
      ...TO_RECEIVED,
      { action: 'process', items: [{ order_item_id, accepted_quantity: quantity, disposition }] },
    ]);
    await run();
    assert.is(await inStock(), left, disposition);
  }
  await stop();
});

test('a lost answer moves nothing twice, and neither does a crash', async ({ database }) => {
  const { core, product, carts, stock, run, inStock, stop } = await world(database);
  product.fail('half', 2);
  await buyMugs(core, 'c-1');
  await run();
  assert.is(await inStock(), STOCK - 3);
  for (const moment of ['before', 'after'] as const) {
    const before = await inStock();
    const { id } = await buyMugs(core, 'c-1', LOOKED_UP, 2);
    await dies(run({ carts, stock: { change: dyingOnce(stock.change, moment) } }));
    await takeActions(core, id, ['cancel']); // what was asked for is finished before what is due now
    await run();
    assert.is(await inStock(), before, moment);
  }
  await stop();
});

test('of two orders for the last units one is held and waits for a person; cancelled, it gives back nothing', async ({
  database,
}) => {
  const { core, run, inStock, processes, stop } = await world(database);
  await buyMugs(core, 'c-1', LOOKED_UP, 8);
  const { id } = await buyMugs(core, 'c-2', LOOKED_UP, 8);
  await run();
  assert.is(await inStock(), STOCK - 8);
  assert.equal(
    processes.parked().map(({ task }) => task),
    ['settle-stock'],
  );
  assert.match(processes.parked()[0]?.reason ?? '', /not enough of mug/);
  assert.equal((await readOrder(core, id)).held?.reason_category, 'stock');
  await takeActions(core, id, ['cancel']);
  await run();
  assert.is(await inStock(), STOCK - 8);
  await stop();
});

test.run();
