// time limit: 180 s
import { randomBytes } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { documentIdOf } from '../../src/commands/documents.ts';
import { ledgerOf } from '../../src/domain/order/index.ts';
import { openMemoryEventStore } from '../../src/event-store/memory.ts';
import type { EventStore } from '../../src/event-store/port.ts';
import { createSandboxGateway } from '../../src/gateways/payment/sandbox.ts';
import { documentFilesIn } from '../../src/documents/document-files.ts';
import { readText } from '../documents/pdf-text.ts';
import { type Core, newLine, placeOrder, takeActions, testCore } from '../support/core.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { byAdmin, openReturn, startPayment, takeReturnActions, TO_RECEIVED } from '../support/payments.ts';
import { Crash, dyingAt, processRunner } from '../support/processes.ts';
import { readOrder, readReturn } from '../support/reconcile.ts';

const masterKey = randomBytes(32);

const test = suite<{ database: TestDatabase }>('issue-credit-memo');
test.before(async (state) => void (state.database = await openTestDatabase()));
test.after(async ({ database }) => database.close());

const world = ({ db }: TestDatabase) => {
  const store = openMemoryEventStore();
  const core = testCore(db, store, masterKey);
  const processes = processRunner(store, core.codec);
  const gateway = createSandboxGateway({ db });
  const runAs = (process: Core) => processes.run(process, gateway, { also: ['issue-invoice', 'issue-credit-memo'] });
  return { store, core, processes, runAs, run: () => runAs(core) };
};

const numbersOf = async (store: EventStore, series: string) =>
  (await store.readStream(series)).map(({ data }) => data['number']);
const textOf = async ({ db, dataKeys }: Core, return_id: string) => {
  const file = await documentFilesIn(db, dataKeys).find(documentIdOf('credit_memo', return_id));
  if (file === undefined) throw new Error('there is no memo');
  return { file, text: (await readText(new Uint8Array(file.bytes))).replaceAll(/\s+/g, ' ') };
};

/** Three cups at 3.33 with 1.00 off and 10 % tax on 8.99, two of them returned for 5.00 less a fee of 0.50. */
const returnCups = async (core: Core, run: () => Promise<void>) => {
  const order = await placeOrder(core, {
    lines: [newLine({ product_name: 'Cup', product_sku: 'CUP', unit_price: 333, quantity: 3, discount: 100 })],
  });
  const [line] = (await readOrder(core, order)).lines;
  await startPayment(core, order, { amount: 1_000 });
  await run();
  await takeActions(core, order, ['confirm', 'start_processing', 'ship', 'deliver']);
  const items = [{ order_item_id: line?.id ?? '', quantity: 2, reason: null }];
  const id = await openReturn(core, order, { items, reason: 'not_as_described' });
  await core.returns.review({ ...byAdmin(), id }, { decision: 'approved', notes: 'some wear', refund_amount: 500 });
  await takeReturnActions(core, id, ['schedule_pickup', 'start_transit', 'receive']);
  await takeReturnActions(core, id, [{ action: 'process', restocking_fee: 50, refund_method: 'original_payment' }]);
  return { order, id };
};

test('it names the invoice, the accepted units, the fee, the review and what goes back', async ({ database }) => {
  const { core, store, run } = world(database);
  const { order, id } = await returnCups(core, run);
  await run();
  assert.equal(await numbersOf(store, 'credit_memos-2026'), ['CRM-2026-000001']);
  assert.equal(await numbersOf(store, 'invoices-2026'), ['INV-2026-000001']);
  const { file, text } = await textOf(core, id);
  const { return_number } = await readReturn(core, id);
  assert.is(file.file_name, `credit_memo_${return_number}.pdf`);
  const { order_number } = await readOrder(core, order);
  // Two of three units of 3.33 × 3 − 1.00 + 0.90 = 9.89: 6.59, of which 0.67 discount and 0.60 tax.
  for (const printed of ['CRM-2026-000001', 'INV-2026-000001', order_number, return_number, 'Cup', 'CUP'])
    assert.match(text, printed);
  for (const amount of ['6.66', '0.67', '0.60', '6.59', '0.50', '1.59', '4.50']) assert.match(text, amount);
});

test('the printed lines of any partition add up to the settled amounts', async ({ database }) => {
  const { core, run } = world(database);
  const order = await placeOrder(core, {
    lines: [newLine({ unit_price: 100, quantity: 3, discount: 1, tax: 0 }), newLine({ unit_price: 7, quantity: 7 })],
  });
  await takeActions(core, order, ['confirm', 'start_processing', 'ship', 'deliver']);
  const { lines } = await readOrder(core, order);
  for (const quantity of [1, 2]) {
    const items = lines.map(({ id }) => ({ order_item_id: id, quantity, reason: null }));
    const id = await openReturn(core, order, { items });
    await takeReturnActions(core, id, [...TO_RECEIVED, 'process']);
    await run();
    const settled = (await readOrder(core, order)).returns.at(-1)?.settlement?.amount ?? 0;
    const { text } = await textOf(core, id);
    assert.match(text, (settled / 100).toFixed(2));
    assert.not.match(text, /Adjustment|Restocking/);
  }
});

test('a fee as high as the value leaves nothing to credit, so there is no memo over 0.00', async ({ database }) => {
  const { core, run, store } = world(database);
  const order = await placeOrder(core);
  await takeActions(core, order, ['confirm', 'start_processing', 'ship', 'deliver']);
  const id = await openReturn(core, order, { reason: 'change_of_mind' });
  await takeReturnActions(core, id, [...TO_RECEIVED, { action: 'process', restocking_fee: 2858 }]);
  await run();
  assert.equal((await readOrder(core, order)).returns[0]?.settlement?.restocking_fee, 2858);
  assert.equal(await numbersOf(store, 'credit_memos-2026'), []);
});

test('a free item that comes back gets no memo', async ({ database }) => {
  const { core, run, store } = world(database);
  const order = await placeOrder(core, {
    lines: [newLine(), newLine({ product_name: 'Sticker', unit_price: 100, quantity: 1, discount: 100 })],
  });
  await takeActions(core, order, ['confirm', 'start_processing', 'ship', 'deliver']);
  const [, sticker] = (await readOrder(core, order)).lines;
  const items = [{ order_item_id: sticker?.id ?? '', quantity: 1, reason: null }];
  const id = await openReturn(core, order, { items });
  await takeReturnActions(core, id, [...TO_RECEIVED, 'process']);
  await run();
  assert.equal(await numbersOf(store, 'credit_memos-2026'), []);
  assert.is((await readReturn(core, id)).status, 'refunded');
});

test('an order that was never paid: the memo credits, sets it off, and pays nothing out', async ({ database }) => {
  const { core, run } = world(database);
  const order = await placeOrder(core);
  await takeActions(core, order, ['confirm', 'start_processing', 'ship', 'deliver']);
  const id = await openReturn(core, order, { reason: 'damaged' });
  await takeReturnActions(core, id, [...TO_RECEIVED, 'process']);
  await run();
  const { text } = await textOf(core, id);
  assert.match(text, 'Total credited €33.58 Set off against what was due €33.58');
  assert.match(text, 'Refund method –');
  assert.not.match(text, /Paid out|Total refund/);
});

/** Two mugs of 12.99 with 2.60 tax and 5.00 shipping, paid and delivered; 10.00 were given back by hand. */
const giveBackByHand = async (core: Core, run: () => Promise<void>) => {
  const order = await placeOrder(core);
  const payment = await startPayment(core, order, { amount: 3_358 });
  await run();
  await takeActions(core, order, ['start_processing', 'ship', 'deliver']);
  await core.payments.refund({ ...byAdmin(), id: payment }, { amount: 1_000, reason: 'angry on the phone' });
  await run();
  return order;
};

test('money given back by hand after the invoice is a goodwill credit with a memo; before, there is none', async ({
  database,
}) => {
  const { core, run, store } = world(database);
  const early = await placeOrder(core);
  const payment = await startPayment(core, early, { amount: 3_358 });
  await run();
  await core.payments.refund({ ...byAdmin(), id: payment }, { amount: 1_000 });
  await run();
  assert.equal(await numbersOf(store, 'credit_memos-2026'), []);

  const order = await giveBackByHand(core, run);
  const { order_number, credits } = await readOrder(core, order);
  const { file, text } = await textOf(core, credits[0]?.credit_id ?? '');
  assert.is(file.file_name, `credit_memo_${order_number}-1.pdf`);
  assert.match(text, 'Credit for Goodwill');
  assert.match(text, 'Goodwill €10.00 Total credited €10.00 Paid out by original payment €10.00');
  assert.not.match(text, /angry|Subtotal|Set off/);
});

test('what was given back before a return is neither credited nor paid twice', async ({ database }) => {
  const { core, run } = world(database);
  const order = await giveBackByHand(core, run);
  const id = await openReturn(core, order, { reason: 'damaged' });
  await takeReturnActions(core, id, [...TO_RECEIVED, 'process']);
  await run();
  const { text } = await textOf(core, id);
  assert.match(text, 'Credited before -€10.00 Total credited €23.58 Paid out by original payment €23.58');
  const { owed, balance } = ledgerOf(await readOrder(core, order));
  assert.equal([owed, balance], [0, 0]);
});

test('nothing accepted, no memo', async ({ database }) => {
  const { core, run, store } = world(database);
  const order = await placeOrder(core);
  await takeActions(core, order, ['confirm', 'start_processing', 'ship', 'deliver']);
  const [line] = (await readOrder(core, order)).lines;
  const id = await openReturn(core, order);
  const items = [{ order_item_id: line?.id ?? '', disposition: 'return_to_customer' as const }];
  await takeReturnActions(core, id, [...TO_RECEIVED, { action: 'process', items }]);
  await run();
  assert.equal(await numbersOf(store, 'credit_memos-2026'), []);
  assert.is((await readOrder(core, order)).status, 'delivered');
});

test('killed before or after any append, also delivered twice: one memo, no gap, the same bytes', async ({
  database,
}) => {
  for (const moment of ['before', 'after'] as const)
    for (let n = 1, died = true; died; n++) {
      const { core, store, processes, run, runAs } = world(database);
      const { id } = await returnCups(core, run);
      died = await runAs(testCore(database.db, dyingAt(store, n, moment), masterKey)).then(
        () => false,
        (error: unknown) => {
          if (error instanceof Crash) return true;
          throw error;
        },
      );
      await run();
      const { file } = await textOf(core, id);
      const head = await store.head();
      await database.db('document_files').where('document_id', documentIdOf('credit_memo', id)).delete();
      processes.redeliver();
      await run();
      assert.is((await textOf(core, id)).file.sha256, file.sha256, `killed ${moment} append ${n}`);
      assert.is(await store.head(), head);
      assert.equal(await numbersOf(store, 'credit_memos-2026'), ['CRM-2026-000001']);
      assert.equal(await numbersOf(store, 'invoices-2026'), ['INV-2026-000001']);
      assert.equal(processes.parked(), []);
    }
});

test.run();
