import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isPlaced, ledgerOf, orderFold, reconcile, type Order } from '../../src/domain/order/index.ts';
import { createCodec } from '../../src/event-store/codec.ts';
import { openMemoryEventStore } from '../../src/event-store/memory.ts';
import { isImported } from '../../src/event-store/recorded.ts';
import { createWritePast } from '../../src/imports/index.ts';
import { planShop, seedOrders } from '../../src/seed/index.ts';
import { memoryDataKeys } from '../support/memory-data-keys.ts';

const test = suite('seed');

const period = { from: new Date('2024-01-01T00:00:00.000Z'), to: new Date('2026-01-01T00:00:00.000Z') };
const COUNT = 400;

/** A shop with as many orders, written to a store of its own. */
const seeded = async (seed: string, count = COUNT) => {
  const store = openMemoryEventStore();
  const codec = createCodec(memoryDataKeys());
  const drawn = new Map<string, number>();
  const drawNumber = (kind: string): Promise<string> => {
    drawn.set(kind, (drawn.get(kind) ?? 0) + 1);
    return Promise.resolve(`${kind}-${drawn.get(kind)}`);
  };
  const write = createWritePast({ store, codec, source: 'the seed' });
  const run = () => seedOrders({ seed, count, period }, { write, drawNumber, run: 'run', onOrders: () => undefined });
  const sums = await run();
  const { events } = await store.readAll({ after: 0n, limit: 100_000, prefixes: [''] });
  const recorded = await codec.decode(events);
  return { sums, events, recorded, run };
};

const shop = await seeded('7');

const ordersOf = (): readonly Order[] => {
  const states = new Map<string, Order>();
  for (const { stream, fact } of shop.recorded) {
    if (!stream.startsWith('order-')) continue;
    const state = orderFold.evolve(
      states.get(stream) ?? orderFold.initialState,
      fact as Parameters<typeof orderFold.evolve>[1],
    );
    if (isPlaced(state)) states.set(stream, state);
  }
  return [...states.values()];
};
const orders = ordersOf();

test('the same seed gives the same history, another seed another', async () => {
  const textOf = ({ recorded }: typeof shop): string =>
    JSON.stringify(recorded.map(({ id, stream, fact }) => ({ id, stream, fact })));
  const few = textOf(await seeded('7', 50));
  assert.is(textOf(await seeded('7', 50)), few);
  assert.is.not(textOf(await seeded('8', 50)), few);
});

test('every event is history, and a second run adds nothing', async () => {
  assert.is(shop.sums.written, COUNT);
  assert.is(shop.sums.events, shop.events.length);
  assert.ok(shop.events.every(isImported));
  assert.equal(await shop.run(), { written: 0, known: COUNT, events: 0 });
});

test('no two orders are placed at one moment, and no event comes before an earlier one of its stream', () => {
  assert.is(new Set(orders.map(({ created_at }) => created_at)).size, COUNT);
  const last = new Map<string, string>();
  for (const { stream, fact } of shop.recorded) {
    assert.ok((last.get(stream) ?? '') <= fact.at, `${stream} ${fact.type}`);
    assert.ok(fact.at < period.to.toISOString(), `${stream} ${fact.type} ends in the period`);
    last.set(stream, fact.at);
  }
});

test('the history is finished: nothing is in progress, and nothing is owed', () => {
  assert.is(orders.length, COUNT);
  for (const order of orders) {
    assert.ok(['delivered', 'cancelled', 'returned', 'partially_returned'].includes(order.status), order.status);
    const { amount_due, overpaid } = ledgerOf(order);
    assert.equal({ amount_due, overpaid }, { amount_due: 0, overpaid: 0 }, order.order_number);
    assert.ok(order.refunds.every(({ status }) => status === 'completed' || status === 'resolved'));
    assert.ok(reconcile(order).agrees);
    assert.equal(order.invoices, []);
  }
});

test('it looks like a shop: people come back, goods come back, and some orders are cancelled', () => {
  const share = (count: number): number => count / COUNT;
  const customers = new Set(orders.map(({ customer_id }) => customer_id)).size;
  assert.ok(share(customers) > 0.4 && share(customers) < 0.7, `${customers} customers`);
  const returned = orders.filter(({ returns }) => returns.length > 0).length;
  assert.ok(share(returned) > 0.02 && share(returned) < 0.2, `${returned} returns`);
  const cancelled = orders.filter(({ status }) => status === 'cancelled').length;
  assert.ok(share(cancelled) > 0.01 && share(cancelled) < 0.12, `${cancelled} cancelled`);
  assert.ok(new Set(orders.map(({ currency }) => currency)).size >= 4);
  assert.ok(orders.some(({ delivery }) => delivery.partner_id !== null));
  assert.ok(orders.some(({ credits }) => credits.some(({ kind }) => kind === 'goodwill')));
  const november = orders.filter(({ created_at }) => created_at.slice(5, 7) === '11').length;
  const july = orders.filter(({ created_at }) => created_at.slice(5, 7) === '07').length;
  assert.ok(november > july, `${november} in November, ${july} in July`);
});

test('no two refunds take the same time', () => {
  const begun = new Map<string, string>();
  const days: number[] = [];
  for (const { stream, fact } of shop.recorded) {
    if (!stream.startsWith('return-')) continue;
    begun.set(stream, begun.get(stream) ?? fact.at);
    if (fact.type === 'ReturnRefunded')
      days.push((Date.parse(fact.at) - Date.parse(begun.get(stream) ?? '')) / 86_400_000);
  }
  assert.ok(days.length > 5, `${days.length} refunds`);
  assert.is(new Set(days).size, days.length);
  assert.ok(Math.max(...days) - Math.min(...days) > 1, days.join(' '));
});

test('any number of orders is spread over the whole period', () => {
  for (const count of [1, 2, 1_000]) {
    const plans = [...planShop('7', count, period)];
    assert.is(plans.length, count);
    const times = plans.map(({ placed_at }) => placed_at);
    assert.equal(times, [...new Set(times)].toSorted());
  }
});

test.run();
