import type { ApiDeps, ResourceDeps } from '../../../http/api.ts';
import { openVerifications } from '../../../audit/index.ts';
import { createMetrics } from '../../../http/operations/metrics.ts';
import { queueHealth } from '../../../jobs/admin.ts';
import { messageLag } from '../../../notifications/index.ts';
import { countDrift } from '../../../projections/self-check/index.ts';
import { countNeeds } from '../../../projections/orders/index.ts';
import { kernelDeps } from './kernel.ts';
import { moneyResources } from './money.ts';
import { operatorResources } from './operators.ts';
import { privacyDeps } from './privacy.ts';
import type { ConnectOptions } from './options.ts';
import { orderResources } from './orders.ts';

export type { ConnectOptions } from './options.ts';

/** What staff say and decide about orders, returns and payments: it takes what those work with. */
const remarkResources = (
  { orderMoney }: Pick<ConnectOptions, 'orderMoney'>,
  { orders }: Pick<ResourceDeps, 'orders'>,
  { returns, payments }: Pick<ResourceDeps, 'returns' | 'payments'>,
): Pick<ResourceDeps, 'notes' | 'refunds'> => ({
  notes: { orders, returns, payments },
  refunds: { orders, commands: orderMoney, findPaymentIdByNumber: payments.findPaymentIdByNumber },
});

/** Binds the API to the database, the event store and the commands. */
export const connectApi = (options: ConnectOptions): ApiDeps => {
  const orders = orderResources(options);
  const money = moneyResources(options);
  const resources = {
    ...orders,
    ...money,
    ...operatorResources(options),
    ...remarkResources(options, orders, money),
    privacy: privacyDeps(options, { orders: orders.orders, invoices: money.invoices }),
  };
  const metrics = createMetrics({
    webhooks: resources.webhooks.endpoints.list,
    ...(options.foreignEvents === undefined ? {} : { foreignEvents: options.foreignEvents }),
    streams: resources.tracking.tracker.open,
    token: options.metricsToken,
    projections: resources.admin.projections,
    queue: () => queueHealth(options.db),
    messages: options.messages.counts,
    messageLag: () => messageLag(options.outbox, options.store),
    needs: () => countNeeds(options.db),
    drift: () => countDrift(options.db),
    verification: openVerifications(options.db).health,
  });
  return {
    ...resources,
    kernel: { ...kernelDeps(options), observe: metrics.observe, ...options.kernel },
    pages: [metrics.page],
  };
};
