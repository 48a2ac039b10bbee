import type { Knex } from 'knex';
import { openDatabase } from '../../../src/platform/database.ts';
import type { ProjectionStatus } from '../../../src/projections/engine/index.ts';
import { eventually } from '../../support/eventually.ts';
import type { Ask } from './ask.ts';
import type { InvoiceJson } from './inspect-invoices.ts';
import { readAllPages } from './inspect-orders.ts';
import type { Acknowledged } from './shoppers.ts';

const WITHIN_MS = 60_000;

const laggingProjections = async (ask: Ask): Promise<readonly string[]> => {
  const { body } = await ask<readonly ProjectionStatus[]>({ path: '/api/v1/admin/projections' });
  return body
    .filter(({ lag_events }) => lag_events > 0)
    .map(
      ({ name, position, head, lag_events, state }) =>
        `${name} is ${state}, ${lag_events} behind, ${position} of ${head}`,
    );
};

const missingInvoices = async (ask: Ask, orders: readonly Acknowledged[]): Promise<readonly string[]> => {
  const { rows } = await readAllPages<InvoiceJson>(ask, '/api/v1/invoices?limit=1000');
  const statuses = new Map(rows.map(({ order_id, status }) => [order_id, status]));
  return orders
    .filter(({ id, isShipped }) => isShipped && statuses.get(id) !== 'ready')
    .map(({ id, number, status }) => `the invoice of ${number} (${status}, ${id}) is ${statuses.get(id) ?? 'missing'}`);
};

/** The work that is still open; empty once every consequence of the orders exists. */
const unfinishedWork = async (ask: Ask, orders: readonly Acknowledged[]): Promise<readonly string[]> => {
  const { body: jobs } = await ask<readonly unknown[]>({ path: '/api/v1/admin/jobs' });
  return [
    ...(await laggingProjections(ask)),
    ...jobs.map((job) => `a job is left: ${JSON.stringify(job)}`),
    ...(await missingInvoices(ask, orders)),
  ];
};

/** Queries that show why work is open, for the reader of a failure. */
const QUESTIONS = {
  'events end at': 'select max(position) as position from events',
  'processes are at': 'select name, position, failure, updated_at from reactor_checkpoints',
  'projections are at': 'select name, position, epoch, version, failure, updated_at from projection_checkpoints',
  'jobs are held by':
    'select id, key, locked_by, locked_at, attempts, run_at, last_error from graphile_worker._private_jobs',
  'workers are': 'select process_id, lock_key, worker_ids, started_at from job_workers',
  'advisory locks are': `select classid, objid, pid, granted from pg_locks where locktype = 'advisory'`,
  'connections are': `select pid, application_name, state, wait_event_type, wait_event, state_change, left(query, 80) as query
    from pg_stat_activity where datname = current_database()`,
} as const;

const databaseState = async (db: Knex): Promise<readonly string[]> => {
  const lines: string[] = [];
  for (const [title, sql] of Object.entries(QUESTIONS)) {
    const { rows } = await db.raw<{ rows: readonly object[] }>(sql);
    lines.push(`${title}:`, ...rows.map((row) => `  ${JSON.stringify(row)}`));
  }
  return lines;
};

/**
 * Waits until read models are at the head, no job is left, and all invoices exist.
 * @throws when work stays open; prints it with the state of the database
 */
export const waitUntilIdle = async (
  ask: Ask,
  orders: readonly Acknowledged[],
  { url, print }: { readonly url: string; readonly print: (line: string) => void },
): Promise<void> => {
  let left: readonly string[] = [];
  const isIdle = async (): Promise<boolean> => {
    left = await unfinishedWork(ask, orders);
    return left.length === 0;
  };
  try {
    await eventually('all work is done', isIdle, { within: WITHIN_MS, every: 250 });
  } catch (error) {
    const db = openDatabase({ url, applicationName: 'waybill-inspection', poolSize: 1 });
    for (const line of [...left, ...(await databaseState(db))]) print(line);
    await db.destroy();
    throw error;
  }
};
