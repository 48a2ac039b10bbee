import type { Core } from './core.ts';
import { createCloseDays } from '../../src/audit/days/close-days.ts';
import { openVerifications } from '../../src/audit/verification/verifications.ts';
import { verifyLog } from '../../src/audit/verification/verify-log.ts';
import { headWebhooks } from '../../src/app/compose/log.ts';
import { erasingWith, keepingErased } from '../../src/app/compose/privacy.ts';
import { createLocalCarts } from '../../src/checkout/carts.ts';
import { createLocalCatalogue } from '../../src/checkout/catalogue/local.ts';
import { openCheckoutClaims } from '../../src/checkout/checkout-claims.ts';
import { openStockMoves } from '../../src/checkout/stock-moves.ts';
import { openDeliveryPositions } from '../../src/delivery/positions.ts';
import { documentFilesIn } from '../../src/documents/document-files.ts';
import { DEFAULT_ORDER_SETTINGS } from '../../src/domain/order/index.ts';
import { createCallGatewayOnce } from '../../src/gateways/payment/call-gateway-once.ts';
import { openGatewayAttempts } from '../../src/gateways/payment/gateway-attempts.ts';
import type { PaymentGateway } from '../../src/gateways/payment/port.ts';
import { createSandboxGateway } from '../../src/gateways/payment/sandbox.ts';
import { createKeyStore } from '../../src/platform/idempotency-keys.ts';
import { dropJob } from '../../src/jobs/admin.ts';
import { openCronRuns } from '../../src/jobs/cron-runs.ts';
import { openOrderedQueue } from '../../src/jobs/ordered-queue.ts';
import type { DeclaredTask } from '../../src/jobs/task.ts';
import type { WorkerDeps } from '../../src/processes/registry.ts';
import { utcDay } from '../../src/projections/engine/index.ts';
import { tidySearchWords } from '../../src/projections/order-search/index.ts';
import { systemClock } from '../../src/webhooks/clock.ts';
import { openDeliveries } from '../../src/webhooks/deliveries.ts';
import { openEndpoints } from '../../src/webhooks/endpoints.ts';
import { messageDepsOf } from './messages.ts';

export const SETTINGS = {
  seller: { name: 'Waybill Shop', address: null, tax_id: null },
  shopName: 'Waybill Shop',
  staff: null,
  timeZone: 'UTC',
} as const;

/** Documents of erased customers as a fresh installation keeps them. */
export const BOOKS = { retentionYears: 10, eraseDocuments: 'after_retention' } as const;

/** A gateway as the worker asks it. */
export const askingOnce = ({ db }: Pick<Core, 'db'>, gateway: PaymentGateway) =>
  createCallGatewayOnce(gateway, openGatewayAttempts(db));

/** What a worker of a fresh installation works with: nothing leaves this machine, and no customer service is told. */
export const workerDepsOf = (core: Core, changes: Partial<WorkerDeps> = {}): WorkerDeps => {
  const { db } = core;
  return {
    ...core,
    ...messageDepsOf(core),
    now: () => new Date().toISOString(),
    settings: SETTINGS,
    files: documentFilesIn(db, core.dataKeys),
    askGateway: askingOnce(core, createSandboxGateway({ db })),
    dropJob: (key) => dropJob(db, key),
    orderSettings: DEFAULT_ORDER_SETTINGS,
    runs: openCronRuns(db),
    carts: createLocalCarts(db),
    stock: createLocalCatalogue(db),
    claims: openCheckoutClaims(db),
    moves: openStockMoves(db),
    customers: undefined,
    verifications: openVerifications(db),
    verify: (options) =>
      verifyLog(
        {
          ...core,
          numbering: 'positions',
          keys: undefined,
          folder: '/nowhere',
          readDocument: () => Promise.resolve(undefined),
          canOpen: () => true,
        },
        options,
      ),
    witnesses: [],
    askWitness: () => Promise.reject(new Error('no witness is asked')),
    headWebhooks: () => headWebhooks(db),
    closeDays: createCloseDays({ ...core, numbering: 'positions', timeZone: 'UTC' }),
    erasing: erasingWith(core, { books: BOOKS, mailFolder: '/nowhere', dayOf: utcDay }),
    keepErased: keepingErased(core, { books: BOOKS, dayOf: utcDay }),
    turns: openOrderedQueue(db),
    tidyWords: () => tidySearchWords(db),
    deleteKeys: createKeyStore({ db, hours: 24 }).deleteExpired,
    deletePositions: openDeliveryPositions(db, core.dataKeys).deleteOlderThan,
    send: () => Promise.resolve({ outcome: 'accepted', status: 204 }),
    clock: systemClock,
    endpoints: openEndpoints(db, core.webhookSecrets),
    deliveries: openDeliveries(db),
    ...changes,
  };
};

/** Does a job here, once. */
export const runJob = <P extends object, D>(
  task: DeclaredTask<string, P, D>,
  payload: P,
  deps: D,
  context: { readonly jobId: string; readonly attempt: number } = { jobId: '1', attempt: 1 },
): Promise<void> => task.bind(deps).run(payload, context);
