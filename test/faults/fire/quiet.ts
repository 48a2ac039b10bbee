import { eventually } from '../../support/eventually.ts';
import type { Ask } from './ask.ts';
import type { InvoiceJson } from './inspect-invoices.ts';
import { readAllPages } from './inspect-orders.ts';
import type { Acknowledged } from './shop.ts';

/** Until every consequence of what was ordered has come about: read models at the head, no job left, all invoices made. */
export const waitForQuiet = async (ask: Ask, orders: readonly Acknowledged[]): Promise<void> => {
  const shipped = orders.filter(({ isShipped }) => isShipped).length;
  const isQuiet = async (): Promise<boolean> => {
    const { body: projections } = await ask<readonly { lag_events: number }[]>({ path: '/api/v1/admin/projections' });
    if (projections.some(({ lag_events }) => lag_events > 0)) return false;
    const { body: jobs } = await ask<readonly unknown[]>({ path: '/api/v1/admin/jobs' });
    if (jobs.length > 0) throw new Error(`jobs are left: ${JSON.stringify(jobs).slice(0, 2_000)}`);
    const { rows } = await readAllPages<InvoiceJson>(ask, '/api/v1/invoices?limit=1000');
    return rows.filter(({ status }) => status === 'ready').length >= shipped;
  };
  await eventually('all is quiet', isQuiet, { within: 60_000, every: 250 });
};
