import type { Config } from '../config.ts';
import type { Core } from '../core.ts';
import { createHttpCustomerStatistics } from '../gateways/customers/http.ts';
import { createHttpGateway } from '../gateways/payment/http.ts';
import { patientGateway } from '../gateways/payment/patient.ts';
import type { PaymentGateway } from '../gateways/payment/port.ts';
import { createSandboxGateway } from '../gateways/payment/sandbox.ts';
import { createKeyStore } from '../http/idempotency/key-store.ts';
import { dropJob } from '../jobs/admin.ts';
import { createAskGateway } from '../jobs/ask-gateway.ts';
import { moneyTasks } from '../jobs/money-tasks.ts';
import { openQueueTurns } from '../jobs/queue-turns.ts';
import { shopTasks } from '../jobs/shop-tasks.ts';
import type { Task } from '../jobs/task.ts';
import { backfillDocumentsTask } from '../jobs/tasks/backfill-documents.ts';
import { clockTasks } from '../jobs/tasks/clock.ts';
import { deleteExpiredKeys } from '../jobs/tasks/delete-expired-keys.ts';
import { deleteOldPositions } from '../jobs/tasks/delete-old-positions.ts';
import { issueCreditMemo } from '../jobs/tasks/issue-credit-memo.ts';
import { issueInvoice } from '../jobs/tasks/issue-invoice.ts';
import { rebuildProjectionTask } from '../jobs/tasks/rebuild-projection.ts';
import { tellCustomerService } from '../jobs/tasks/tell-customer-service.ts';
import { openCheckoutClaims } from '../platform/checkout-claims.ts';
import { openDeliveryPositions } from '../platform/delivery-positions.ts';
import { openClockRuns } from '../platform/clock-runs.ts';
import { tidySearchWordsTask } from '../jobs/tasks/tidy-search-words.ts';
import { tidySearchWords } from '../projections/search-words.ts';
import { documentFilesIn } from '../platform/document-files.ts';
import { openGatewayAsks } from '../platform/gateway-asks.ts';
import type { Logger } from '../platform/logging.ts';
import { openStockMoves } from '../platform/stock-moves.ts';
import { customerQueue } from '../reactors/tell-customer-service.ts';
import { merchantService } from './merchant-service.ts';
import { openShopGateways } from './shop-gateways.ts';

const now = (): string => new Date().toISOString();

const gatewayOf = ({ payments }: Config, { db }: Core): PaymentGateway => {
  const { gateway, serviceUrl, serviceHonoursKeys } = payments;
  return gateway === 'http' && serviceUrl !== undefined
    ? createHttpGateway({ url: serviceUrl, honoursKeys: serviceHonoursKeys })
    : createSandboxGateway({ db });
};

const customerTasks = (core: Core, config: Config, log: Logger): readonly Task[] => {
  const service = merchantService(config, 'customer', log);
  if (service === undefined) return [];
  const customers = createHttpCustomerStatistics(service);
  return [tellCustomerService({ ...core, customers, turns: openQueueTurns(core.db), queueOf: customerQueue, now })];
};

/** Every task that a worker can do. */
export const workerTasks = (core: Core, config: Config, log: Logger): readonly Task[] => {
  const { db } = core;
  const { seller, businessTimeZone: timeZone } = config;
  const issuing = {
    ...core,
    files: documentFilesIn(db),
    settings: {
      seller: { name: seller.name, address: seller.address ?? null, tax_id: seller.taxId ?? null },
      timeZone,
    },
    now,
  };
  const { carts, catalogue: stock } = openShopGateways(config, db, log);
  const askGateway = createAskGateway(patientGateway(gatewayOf(config, core)), openGatewayAsks(db));
  return [
    issueInvoice(issuing),
    issueCreditMemo(issuing),
    ...moneyTasks({ ...core, tokens: core.paymentTokens, askGateway, now, dropJob: (key) => dropJob(db, key) }),
    ...clockTasks({ db, clock: core.clock, policy: config.orders.policy, runs: openClockRuns(db), now }),
    backfillDocumentsTask({ db, now }),
    rebuildProjectionTask(core),
    tidySearchWordsTask(() => tidySearchWords(db)),
    deleteExpiredKeys(createKeyStore({ db, hours: config.http.idempotencyHours }).deleteExpired),
    ...shopTasks({ ...core, carts, claims: openCheckoutClaims(db), stock, moves: openStockMoves(db), now }),
    ...customerTasks(core, config, log),
    deleteOldPositions(openDeliveryPositions(db).deleteOlderThan),
  ];
};
