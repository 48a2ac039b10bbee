import type { Config } from '../../config/index.ts';
import type { Container } from '../container.ts';
import type { Commands } from './commands.ts';
import { createHttpCustomerStatistics } from '../../gateways/customers/http.ts';
import { createHttpGateway } from '../../gateways/payment/http.ts';
import { retryingGateway } from '../../gateways/payment/retrying-gateway.ts';
import type { PaymentGateway } from '../../gateways/payment/port.ts';
import { createSandboxGateway } from '../../gateways/payment/sandbox.ts';
import { createKeyStore } from '../../http/server/idempotency/key-store.ts';
import { dropJob } from '../../jobs/admin.ts';
import { createCallGatewayOnce } from '../../gateways/payment/call-gateway-once.ts';
import { moneyTasks } from '../../processes/payments/money-tasks.ts';
import { openOrderedQueue } from '../../jobs/ordered-queue.ts';
import { shopTasks } from '../../processes/stock/shop-tasks.ts';
import type { Task } from '../../jobs/task.ts';
import { backfillDocumentsTask } from '../../processes/invoicing/backfill-documents.ts';
import { schedulingTasks } from '../../processes/scheduling/clock.ts';
import { deleteExpiredKeys } from '../../processes/upkeep/delete-expired-keys.ts';
import { deleteOldPositions } from '../../processes/upkeep/delete-old-positions.ts';
import { issueCreditMemo } from '../../processes/invoicing/issue-credit-memo.ts';
import { issueInvoice } from '../../processes/invoicing/issue-invoice.ts';
import { rebuildProjectionTask } from '../../processes/upkeep/rebuild-projection.ts';
import { reportStatisticsTask } from '../../processes/statistics/tell-customer-service-task.ts';
import { openCheckoutClaims } from '../../checkout/checkout-claims.ts';
import { openDeliveryPositions } from '../../delivery/positions.ts';
import { openCronRuns } from '../../jobs/cron-runs.ts';
import { tidySearchWordsTask } from '../../processes/upkeep/tidy-search-words.ts';
import { tidySearchWords } from '../../projections/order-search/index.ts';
import { documentFilesIn } from '../../documents/document-files.ts';
import { openGatewayAttempts } from '../../gateways/payment/gateway-attempts.ts';
import type { Logger } from '../../platform/logging.ts';
import { openStockMoves } from '../../checkout/stock-moves.ts';
import { customerQueue } from '../../processes/statistics/tell-customer-service.ts';
import { merchantService } from './merchant-service.ts';
import { openMerchantGateways } from './merchant-gateways.ts';

type WriteSide = Container & Commands;

const now = (): string => new Date().toISOString();

const gatewayOf = ({ payments }: Config, { db }: WriteSide): PaymentGateway => {
  const { gateway, serviceUrl, supportsIdempotency } = payments;
  return gateway === 'http' && serviceUrl !== undefined
    ? createHttpGateway({ url: serviceUrl, supportsIdempotency })
    : createSandboxGateway({ db });
};

const customerTasks = (core: WriteSide, config: Config, log: Logger): readonly Task[] => {
  const service = merchantService(config, 'customer', log);
  if (service === undefined) return [];
  const customers = createHttpCustomerStatistics(service);
  return [reportStatisticsTask({ ...core, customers, turns: openOrderedQueue(core.db), queueOf: customerQueue, now })];
};

/** Every task that a worker can do. */
export const workerTasks = (core: WriteSide, config: Config, log: Logger): readonly Task[] => {
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
  const { carts, catalogue: stock } = openMerchantGateways(config, db, log);
  const askGateway = createCallGatewayOnce(retryingGateway(gatewayOf(config, core)), openGatewayAttempts(db));
  return [
    issueInvoice(issuing),
    issueCreditMemo(issuing),
    ...moneyTasks({ ...core, tokens: core.paymentTokens, askGateway, now, dropJob: (key) => dropJob(db, key) }),
    ...schedulingTasks({ db, clock: core.scheduling, policy: config.orders.settings, runs: openCronRuns(db), now }),
    backfillDocumentsTask({ db, now }),
    rebuildProjectionTask(core),
    tidySearchWordsTask(() => tidySearchWords(db)),
    deleteExpiredKeys(createKeyStore({ db, hours: config.http.idempotencyHours }).deleteExpired),
    ...shopTasks({ ...core, carts, claims: openCheckoutClaims(db), stock, moves: openStockMoves(db), now }),
    ...customerTasks(core, config, log),
    deleteOldPositions(openDeliveryPositions(db).deleteOlderThan),
  ];
};
