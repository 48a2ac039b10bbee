import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createCodec } from '../../src/event-store/codec.ts';
import { verifyChain } from '../../src/event-store/hash-chain.ts';
import { openMemoryEventStore } from '../../src/event-store/memory.ts';
import { StoreUnavailable, type EventStore } from '../../src/event-store/port.ts';
import { isImported } from '../../src/event-store/recorded.ts';
import { isPlaced, ledgerOf, orderFold, orderTotals, reconcile, type Order } from '../../src/domain/order/index.ts';
import { isPayment, paymentFold } from '../../src/domain/payment/index.ts';
import { historyOf, importedIds } from '../../src/imports/orders/history.ts';
import type { ImportedOrder } from '../../src/imports/orders/imported-order.ts';
import { OtherStream } from '../../src/imports/past/write-past.ts';
import { createWriteOrder, emailTokens } from '../../src/imports/write.ts';
import { memoryDataKeys } from '../support/memory-data-keys.ts';
import { fixture, orderIn, profileOf, readFixture } from './read.ts';

const test = suite('orders of the past');

const shopifyOrder = async (number: string): Promise<ImportedOrder> =>
  orderIn(await readFixture(fixture('shopify.csv'), profileOf('shopify')), number);

const identity = { source: 'shopify', customer_id: 'c-1', order_number: 'ORD-1', payment_number: 'PAY-1' };

const foldOf = (imported: ImportedOrder): Order => {
  const by = { id: 'import', role: 'system' } as const;
  const facts = historyOf(imported, identity).order.flatMap(({ at, events }) =>
    events.map((event) => ({ ...event, at, by })),
  );
  const order = facts.reduce(orderFold.evolve, orderFold.initialState);
  assert.ok(isPlaced(order));
  return order;
};

test('a delivered order was placed, paid, sent and delivered at its times, without an invoice of ours', async () => {
  const order = foldOf(await shopifyOrder('#2001'));
  assert.is(order.status, 'delivered');
  assert.is(order.created_at, '2026-03-28T22:29:10.000Z');
  assert.is(order.confirmed_at, '2026-03-28T22:30:00.000Z');
  assert.is(order.delivered_at, '2026-03-30T07:00:00.000Z');
  assert.is(orderTotals(order).total, 5938);
  assert.is(ledgerOf(order).payment_status, 'paid');
  assert.equal(order.invoices, []);
  assert.ok(reconcile(order).agrees);
  assert.is(order.delivery.estimated_delivery_at, null);
});

test('a refund becomes a credit, and no return is invented', async () => {
  const order = foldOf(await shopifyOrder('#2002'));
  const { captured, refunded, credited, amount_due, overpaid } = ledgerOf(order);
  assert.equal(
    { captured, refunded, credited, amount_due, overpaid },
    {
      captured: 6000,
      refunded: 2000,
      credited: 2000,
      amount_due: 0,
      overpaid: 0,
    },
  );
  assert.equal(order.returns, []);
  assert.not.ok(order.credits.some(({ invoiced }) => invoiced));
});

test('a voided order is cancelled, and no money moved', async () => {
  const order = foldOf(await shopifyOrder('#2003'));
  assert.is(order.status, 'cancelled');
  assert.is(order.cancelled_at, '2026-03-30T06:05:00.000Z');
  assert.equal(order.payments, []);
});

test('a cancelled order that was paid back owes nothing, and no gift was made', async () => {
  const imported = {
    ...(await shopifyOrder('#2003')),
    captured: 1250,
    refunds: [{ amount: 1250, at: '2026-03-30T06:05:00.000Z' }],
  };
  const { captured, refunded, credited, overpaid } = ledgerOf(foldOf(imported));
  assert.equal(
    { captured, refunded, credited, overpaid },
    { captured: 1250, refunded: 1250, credited: 0, overpaid: 0 },
  );
});

const world = (store: EventStore = openMemoryEventStore()) => {
  const codec = createCodec(memoryDataKeys());
  const drawNumber = (kind: string, _: string, id: string): Promise<string> => Promise.resolve(`${kind}-${id}`);
  const write = createWriteOrder({ store, codec, drawNumber, emailToken: emailTokens(Buffer.alloc(32, 7)) }, 'shopify');
  const read = async (stream: string) => codec.decode(await store.readStream(stream));
  return { store, codec, write: (order: ImportedOrder) => write(order, 'run-1'), read };
};

const order2002 = importedIds('shopify', '#2002');
const ORDER = `order-${order2002.order_id}`;
const PAYMENT = `payment-${order2002.payment_id}`;

test('its events are recorded now, marked as imported, at the times at which they happened', async () => {
  const { store, write, read } = world();
  assert.equal(await write(await shopifyOrder('#2002')), { outcome: 'written', events: 14 });
  const events = await read(ORDER);
  assert.is(events[0]?.fact.at, '2026-03-29T07:59:00.000Z');
  assert.ok(
    events.every(
      ({ metadata }) =>
        metadata.imported === true && metadata.recorded_at > (metadata.occurred_at ?? metadata.recorded_at),
    ),
  );
  assert.is(verifyChain(await store.readStream(ORDER)), undefined);
  const paid = await store.readStream(PAYMENT);
  assert.ok(paid.length > 0 && paid.every(isImported));
  const payment = (await read(PAYMENT)).map(({ fact }) => fact as Parameters<typeof paymentFold.evolve>[1]);
  const folded = payment.reduce(paymentFold.evolve, paymentFold.initialState);
  assert.ok(isPayment(folded));
  assert.is(folded.status, 'partially_refunded');
  assert.is(folded.method, 'other', 'no gateway of ours has it');
});

test('importing it again finds it and adds nothing', async () => {
  const { store, write } = world();
  const imported = await shopifyOrder('#2002');
  await write(imported);
  const head = await store.head();
  assert.equal(await write(imported), { outcome: 'known', events: 0 });
  assert.is(await store.head(), head);
});

test('two imports at once write it once', async () => {
  const { write, read } = world();
  const imported = await shopifyOrder('#2002');
  const outcomes = await Promise.all([write(imported), write(imported)]);
  assert.equal(outcomes.map(({ outcome }) => outcome).toSorted(), ['known', 'written']);
  const events = await read(ORDER);
  assert.is(new Set(events.map(({ id }) => id)).size, events.length);
});

test('an import that died between payment and order is completed by the next', async () => {
  const whole = world();
  let dies = true;
  const store: EventStore = {
    ...whole.store,
    append: (stream, events, expected) => {
      if (dies && stream === ORDER) throw new Error('kill -9');
      return whole.store.append(stream, events, expected);
    },
  };
  const { write, read } = world(store);
  const imported = await shopifyOrder('#2002');
  await write(imported).catch(() => undefined);
  assert.is((await store.readStream(PAYMENT)).length, 5);
  dies = false;
  assert.is((await write(imported)).outcome, 'written');
  assert.is((await read(ORDER)).length, 9);
  assert.is((await store.readStream(PAYMENT)).length, 5);
});

test('an append whose answer was lost is found, not written twice', async () => {
  const whole = world();
  let lost = 0;
  const store: EventStore = {
    ...whole.store,
    append: async (stream, events, expected) => {
      const appended = await whole.store.append(stream, events, expected);
      if (lost++ === 0) throw new StoreUnavailable('no answer');
      return appended;
    },
  };
  const { write, read } = world(store);
  await write(await shopifyOrder('#2002'));
  assert.is((await read(ORDER)).length, 9);
});

test('a stream that is there and is no import is left alone, and said', async () => {
  const { store, write, codec } = world();
  const [encoded] = await codec.encode({
    stream: ORDER,
    events: [{ type: 'OrderConfirmed', data: {} }],
    context: {
      command_id: 'other',
      actor: { id: 'a', role: 'admin' },
      correlation_id: 'c',
      causation_id: 'c',
      at: '2026-01-01T00:00:00.000Z',
    },
    revision: 0n,
    previousHash: null,
    customerId: undefined,
  });
  assert.ok(encoded);
  await store.append(ORDER, [encoded.stored], 'no_stream');
  try {
    await write(await shopifyOrder('#2002'));
    assert.unreachable('it was written');
  } catch (error) {
    assert.ok(error instanceof OtherStream);
  }
});

test('customers are known by their address, however it is spelled, and by nothing that shows it', async () => {
  const token = emailTokens(Buffer.alloc(32, 7));
  assert.is(token('B@Customer.example '), token('b@customer.example'));
  assert.is.not(token('b@customer.example'), emailTokens(Buffer.alloc(32, 8))('b@customer.example'));
  const { write, read } = world();
  const imported = await shopifyOrder('#2002');
  await write(imported);
  const [placed] = await read(ORDER);
  assert.ok(placed?.fact.type === 'OrderPlaced');
  assert.is(placed.fact.data.customer_id, `shopify:${token('b@customer.example')}`);
  await write({ ...imported, number: '#3', customer_email: null });
  const [guest] = await read(`order-${importedIds('shopify', '#3').order_id}`);
  assert.ok(guest?.fact.type === 'OrderPlaced');
  assert.is(guest.fact.data.customer_id, 'shopify:guest:#3');
});

test.run();
