import { Type } from '@sinclair/typebox';
import type { Knex } from 'knex';
import { enqueueJobs } from '../../platform/job-queue.ts';
import { findOrdersWithoutInvoice } from '../../projections/missing-documents.ts';
import { findJobsByKey } from '../admin.ts';
import { invoiceJobKey } from '../order-documents.ts';
import { task, type Task } from '../task.ts';

const AT_ONCE = 1_000;

/**
 * Finds orders that were shipped and have no invoice, and asks for it. One whose job waits or failed is left to that job.
 * Answers how many were asked for.
 */
export const backfillDocuments = async (db: Knex): Promise<number> => {
  const orderIds = await findOrdersWithoutInvoice(db, AT_ONCE);
  const busy = new Set((await findJobsByKey(db, orderIds.map(invoiceJobKey))).map(({ key }) => key));
  const missing = orderIds.filter((id) => !busy.has(invoiceJobKey(id)));
  await enqueueJobs(
    db,
    missing.map((id) => ({ task: 'issue-invoice', payload: { order_id: id }, key: invoiceJobKey(id) })),
  );
  return missing.length;
};

/** The same on a schedule: nothing but a lost job or an older backup leaves it anything to do. */
export const backfillDocumentsTask = (db: Knex): Task =>
  task('backfill-documents', Type.Object({}), async () => {
    await backfillDocuments(db);
  });
