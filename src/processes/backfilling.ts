import { Type } from '@sinclair/typebox';
import type { Knex } from 'knex';
import type { Instant } from '../domain/shared/decider.ts';
import { enqueueJobs } from '../jobs/queue.ts';
import { findCreditsWithoutMemo, findMissingInvoices } from '../projections/documents/index.ts';
import { findJobsByKey } from '../jobs/admin.ts';
import { defineTask } from '../jobs/task.ts';
import { invoiceSubject, issueCreditMemo, issueInvoice } from './invoicing.ts';

const AT_ONCE = 1_000;
const BEGINNING: Instant = '1970-01-01T00:00:00.000Z';
/** The schedule looks back so far, in milliseconds, so that its cost does not grow with history: 30 days. */
const LOOK_BACK_MS = 30 * 24 * 3_600_000;

/**
 * Finds orders that were shipped and have no invoice, and credits of something invoiced that have no credit memo, and asks
 * for them. One whose job waits or failed is left to that job. Answers how many were asked for.
 */
export const backfillDocuments = async (db: Knex, since: Instant = BEGINNING): Promise<number> => {
  const invoices = await findMissingInvoices(db, { since, limit: AT_ONCE });
  const credits = await findCreditsWithoutMemo(db, { since, limit: AT_ONCE });
  const wanted = [
    ...invoices.map((invoice) => issueInvoice.job(invoiceSubject(invoice.order_id, invoice.shipment_id))),
    ...credits.map(({ order_id, credit_id }) => issueCreditMemo.job({ order_id, credit_id })),
  ];
  const keys = wanted.map(({ key }) => key);
  const busy = new Set((await findJobsByKey(db, keys)).map(({ key }) => key));
  const missing = wanted.filter(({ key }) => !busy.has(key));
  await enqueueJobs(db, missing);
  return missing.length;
};

/** The same on a schedule: nothing but a lost job or an older backup leaves it anything to do. */
export const backfillDocumentsTask = defineTask({
  name: 'backfill-documents',
  payload: Type.Object({}),
  run: (_, { db, now }: { readonly db: Knex; readonly now: () => Instant }) =>
    backfillDocuments(db, new Date(Date.parse(now()) - LOOK_BACK_MS).toISOString()),
});
