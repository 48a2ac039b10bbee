import { randomBytes } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { documentIdOf } from '../../src/commands/documents.ts';
import { openMemoryEventStore } from '../../src/event-store/memory.ts';
import { verifyChain } from '../../src/event-store/hash-chain.ts';
import type { EventStore } from '../../src/event-store/port.ts';
import { documentStream } from '../../src/event-store/stream-names.ts';
import { documentFilesIn } from '../../src/documents/document-files.ts';
import { issueInvoice } from '../../src/processes/invoicing.ts';
import { type Core, placeOrder, shipOrder, takeActions, testCore } from '../support/core.ts';
import { creditOrder } from '../support/decide-on-order.ts';
import { readText } from '../documents/pdf-text.ts';
import { Crash, dyingAt } from '../support/processes.ts';
import { readOrder } from '../support/reconcile.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';

const test = suite<{ database: TestDatabase }>('issue-invoice');
test.before(async (state) => void (state.database = await openTestDatabase()));
test.after(async ({ database }) => database.close());

const settings = { seller: { name: 'Waybill Shop', address: null, tax_id: null }, timeZone: 'UTC' };
const masterKey = randomBytes(32);

const taskOf = ({ db, dataKeys, readStream, documents }: Core, now = '2026-03-01T12:00:05.000Z') =>
  issueInvoice.bind({ files: documentFilesIn(db, dataKeys), readStream, documents, settings, now: () => now });
const run = (core: Core, order_id: string, now?: string) =>
  taskOf(core, now).run({ order_id }, { jobId: '1', attempt: 1 });

const typesOf = async (store: EventStore, stream: string) => (await store.readStream(stream)).map(({ type }) => type);
const numbersOf = async (store: EventStore, series: string) =>
  (await store.readStream(series)).map(({ data }) => data['number']);

test('a shipped order gets one invoice: numbered, kept, recorded', async ({ database: { db } }) => {
  const store = openMemoryEventStore();
  const core = testCore(db, store, masterKey);
  const order = await shipOrder(core);
  await run(core, order);
  const id = documentIdOf('invoice', order);
  assert.equal(await numbersOf(store, 'invoices-2026'), ['INV-2026-000001']);
  const events = await store.readStream(documentStream(id));
  assert.equal(await typesOf(store, documentStream(id)), ['DocumentRequested', 'DocumentRendered']);
  const file = await documentFilesIn(db, core.dataKeys).find(id);
  assert.is(events[1]?.data['sha256'], file?.sha256);
  assert.is(events[1]?.data['size'], file?.bytes.length);
  assert.is(verifyChain(events), undefined);
});

test('credits before it lower their line or are deducted: it comes to what was owed when the goods left', async ({
  database: { db },
}) => {
  const core = testCore(db, openMemoryEventStore(), masterKey);
  const order = await placeOrder(core);
  const [line] = (await readOrder(core, order)).lines;
  const items = [{ order_item_id: line?.id ?? '', amount: 1_100 }];
  await creditOrder(core, order, { items, shipping: 200, goodwill: 58 });
  await takeActions(core, order, ['confirm', 'start_processing', 'ship']);
  await run(core, order);
  const { invoices } = await readOrder(core, order);
  assert.equal(
    invoices.map(({ amount }) => amount),
    [2_000],
  );
  const file = await documentFilesIn(db, core.dataKeys).find(documentIdOf('invoice', order));
  const text = (await readText(new Uint8Array(file?.bytes ?? []))).replaceAll(/\s+/g, ' ');
  // 2 × 12.99 + 2.60 tax, less 11.00, of which 1.00 was tax.
  assert.match(text, 'MUG Price reduced by €11.00');
  assert.match(text, '2 12.99 10.00 1.60 17.58');
  assert.match(
    text,
    'Subtotal €25.98 Discount -€10.00 Tax €1.60 Shipping €5.00 Shipping reduction -€2.00 Goodwill -€0.58 Total €20.00',
  );
});

test('run again, also at once, it changes nothing', async ({ database: { db } }) => {
  const store = openMemoryEventStore();
  const core = testCore(db, store, masterKey);
  const order = await shipOrder(core);
  await Promise.all(Array.from({ length: 5 }, () => run(core, order)));
  await run(core, order);
  assert.equal(await numbersOf(store, 'invoices-2026'), ['INV-2026-000001']);
  const stream = documentStream(documentIdOf('invoice', order));
  assert.equal(await typesOf(store, stream), ['DocumentRequested', 'DocumentRendered']);
});

test('killed before or after any append, the next run finishes it, with no number lost or double', async ({
  database: { db },
}) => {
  for (const moment of ['before', 'after'] as const)
    for (const n of [1, 2, 3]) {
      const store = openMemoryEventStore();
      const core = testCore(db, store, masterKey);
      const order = await shipOrder(core);
      const dying = testCore(db, dyingAt(store, n, moment), masterKey);
      assert.instance(await run(dying, order).catch((e: unknown) => e), Crash, `append ${n} is reached`);
      await run(core, await shipOrder(core));
      await run(core, order);
      const numbers = (await numbersOf(store, 'invoices-2026')).toSorted();
      assert.equal(numbers, ['INV-2026-000001', 'INV-2026-000002'], `killed ${moment} append ${n}`);
    }
});

test('many orders at once: numbers without gap or duplicate', async ({ database: { db } }) => {
  const store = openMemoryEventStore();
  const core = testCore(db, store, masterKey);
  const orders = await Promise.all(Array.from({ length: 12 }, () => shipOrder(core)));
  await Promise.all([...orders, ...orders].map((order) => run(core, order)));
  const expected = orders.map((_, index) => `INV-2026-${String(index + 1).padStart(6, '0')}`);
  assert.equal(await numbersOf(store, 'invoices-2026'), expected);
});

test('asked for in one year and finished in the next, it keeps the year it was asked for in', async ({
  database: { db },
}) => {
  const store = openMemoryEventStore();
  const core = testCore(db, store, masterKey);
  const order = await shipOrder(core);
  const dying = testCore(db, dyingAt(store, 2, 'before'), masterKey);
  await run(dying, order, '2026-12-31T23:59:59.900Z').catch((e: unknown) => e);
  await run(core, order, '2027-01-01T00:00:00.100Z');
  assert.equal(await numbersOf(store, 'invoices-2026'), ['INV-2026-000001']);
  assert.equal(await numbersOf(store, 'invoices-2027'), []);
});

test('an order that has moved on since is invoiced all the same', async ({ database: { db } }) => {
  const store = openMemoryEventStore();
  const core = testCore(db, store, masterKey);
  const order = await shipOrder(core);
  await takeActions(core, order, ['deliver']);
  await run(core, order);
  assert.equal(await numbersOf(store, 'invoices-2026'), ['INV-2026-000001']);
});

test('lost bytes are made again only if they are the same bytes', async ({ database: { db } }) => {
  const store = openMemoryEventStore();
  const core = testCore(db, store, masterKey);
  const order = await shipOrder(core);
  await run(core, order);
  const id = documentIdOf('invoice', order);
  const first = await documentFilesIn(db, core.dataKeys).find(id);
  await db('document_files').where('document_id', id).delete();
  await run(core, order);
  assert.is((await documentFilesIn(db, core.dataKeys).find(id))?.sha256, first?.sha256);

  await db('document_files').where('document_id', id).delete();
  const { readStream, documents } = core;
  const otherSeller = { ...settings, seller: { ...settings.seller, name: 'Another Shop' } };
  const changed = issueInvoice.bind({
    files: documentFilesIn(db, core.dataKeys),
    readStream,
    documents,
    settings: otherSeller,
    now: () => '2026-03-02T00:00:00.000Z',
  });
  const error = await changed.run({ order_id: order }, { jobId: '1', attempt: 1 }).catch((e: unknown) => e);
  assert.match(String(error), /restore document_files from a backup/);
  assert.is(await documentFilesIn(db, core.dataKeys).find(id), undefined);
});

test.run();
