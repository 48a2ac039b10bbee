import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { documentIdOf } from '../../../src/commands/documents.ts';
import { openMemoryEventStore } from '../../../src/event-store/memory.ts';
import { backfillDocuments } from '../../../src/processes/backfilling.ts';
import { issueCreditMemo, issueInvoice } from '../../../src/processes/invoicing.ts';
import { documentFilesIn } from '../../../src/documents/document-files.ts';
import { listJobs } from '../../../src/jobs/admin.ts';
import { findDocumentIdByNumber, listDocuments } from '../../../src/projections/documents/index.ts';
import { projectionStatus, startProjectors } from '../../../src/projections/engine/index.ts';
import { decodeCursor } from '../../../src/projections/list/index.ts';
import { projections } from '../../../src/projections/registry.ts';
import { type Core, placeOrder, shipOrder, testCore } from '../../support/core.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';
import { creditOrder } from '../../support/decide-on-order.ts';
import { runJob, workerDepsOf } from '../../support/worker-deps.ts';
import { eventually } from '../../support/eventually.ts';

const test = suite<{ database: TestDatabase; core: Core; stop: () => Promise<void> }>('document_list');

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

test.before(async (state) => {
  state.database = await openTestDatabase();
  const core = testCore(state.database.db, openMemoryEventStore());
  const stopping = new AbortController();
  const projecting = startProjectors({ projections, ...core, log: silent, signal: stopping.signal });
  Object.assign(state, {
    core,
    stop: async () => {
      stopping.abort();
      await projecting;
    },
  });
});
test.after(async ({ database, stop }) => {
  await stop();
  await database.close();
});

const caughtUp = ({ db, store }: Core) =>
  eventually('the read models have caught up', async () =>
    (await projectionStatus({ db, store, projections })).every(({ lag_events }) => lag_events === 0),
  );

const invoice = async ({ db, dataKeys, readStream, documents }: Core, order_id: string): Promise<void> => {
  const settings = { seller: { name: 'Waybill Shop', address: null, tax_id: null }, timeZone: 'UTC' };
  const now = () => '2026-03-01T12:00:05.000Z';
  const files = documentFilesIn(db, dataKeys);
  await issueInvoice
    .bind({ files, readStream, documents, settings, now })
    .run({ order_id }, { jobId: '1', attempt: 1 });
};

test('invoices are listed newest first, page by page, both ways', async ({ core }) => {
  const orders = [await shipOrder(core), await shipOrder(core), await shipOrder(core)];
  for (const order of orders) await invoice(core, order);
  await caughtUp(core);
  const { db } = core;
  const first = await listDocuments(db, { filters: {}, limit: 2 });
  assert.equal(first.total, { count: 3, exact: true });
  const cursor = decodeCursor(first.next ?? '');
  if (cursor === undefined) throw new Error('there is a next page');
  const second = await listDocuments(db, { filters: {}, limit: 2, cursor });
  assert.is(second.next, undefined);
  const seen = [...first.rows, ...second.rows].map(({ id }) => id);
  assert.equal(seen.toSorted(), orders.map((order) => documentIdOf('invoice', order)).toSorted());
  const back = decodeCursor(second.previous ?? '');
  if (back === undefined) throw new Error('there is a previous page');
  assert.equal((await listDocuments(db, { filters: {}, limit: 2, cursor: back })).rows, first.rows);
});

test('a document is found by its printed number and by its order', async ({ core }) => {
  const order = await shipOrder(core, { customer_id: 'c-2' });
  await invoice(core, order);
  await caughtUp(core);
  const { rows: documents } = await listDocuments(core.db, { filters: { customer_id: 'c-2' }, limit: 10 });
  assert.equal(
    documents.map(({ order_id, document_type }) => ({ order_id, document_type })),
    [{ order_id: order, document_type: 'invoice' }],
  );
  assert.is(await findDocumentIdByNumber(core.db, documents[0]?.number ?? ''), documents[0]?.id);
  assert.equal((await listDocuments(core.db, { filters: { document_type: 'credit_memo' }, limit: 10 })).rows, []);
});

test('a shipped order without an invoice is found and asked for once; one that was not shipped is not', async ({
  core,
}) => {
  const lost = await shipOrder(core);
  await placeOrder(core);
  await caughtUp(core);
  assert.is(await backfillDocuments(core.db), 1);
  assert.is(await backfillDocuments(core.db), 0, 'its job waits already');
  assert.equal(
    (await listJobs(core.db, { limit: 10 })).map(({ payload }) => payload),
    [{ order_id: lost }],
  );
  await invoice(core, lost);
  await caughtUp(core);
  await core.db.raw('delete from graphile_worker._private_jobs');
  assert.is(await backfillDocuments(core.db), 0, 'it is there');
});

test('a credit of something invoiced without a memo is found; one before the invoice is not', async ({ core }) => {
  const early = await placeOrder(core);
  await creditOrder(core, early, { goodwill: 100 });
  const order_id = await shipOrder(core);
  await invoice(core, order_id);
  const credit_id = await creditOrder(core, order_id, { goodwill: 100 });
  await caughtUp(core);
  await core.db.raw('delete from graphile_worker._private_jobs');
  assert.is(await backfillDocuments(core.db), 1);
  assert.equal(
    (await listJobs(core.db, { limit: 10 })).map(({ payload }) => payload),
    [{ order_id, credit_id }],
  );
  await runJob(issueCreditMemo, { order_id, credit_id }, workerDepsOf(core));
  await caughtUp(core);
  await core.db.raw('delete from graphile_worker._private_jobs');
  assert.is(await backfillDocuments(core.db), 0, 'it is there');
});

test.run();
