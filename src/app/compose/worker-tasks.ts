import { openVerifications, verifyLog } from '../../audit/index.ts';
import { openCheckoutClaims, openStockMoves } from '../../checkout/index.ts';
import type { Config } from '../../config/index.ts';
import { openDeliveryPositions } from '../../delivery/index.ts';
import { documentFilesIn } from '../../documents/index.ts';
import { createHttpCustomerStatistics } from '../../gateways/customers/index.ts';
import {
  createCallGatewayOnce,
  createHttpGateway,
  createSandboxGateway,
  openGatewayAttempts,
  retryingGateway,
  type PaymentGateway,
} from '../../gateways/payment/index.ts';
import { createKeyStore } from '../../platform/idempotency-keys.ts';
import { dropJob } from '../../jobs/admin.ts';
import { openCronRuns } from '../../jobs/cron-runs.ts';
import { openOrderedQueue } from '../../jobs/ordered-queue.ts';
import type { Logger } from '../../platform/logging.ts';
import type { WorkerDeps } from '../../processes/registry.ts';
import { businessDayIn } from '../../platform/business-day.ts';
import { tidySearchWords } from '../../projections/order-search/index.ts';
import type { Container } from '../container.ts';
import type { Commands } from './commands.ts';
import { createAskWitness, dayClosing, headWebhooks, verifyDeps, witnessesOf } from './log.ts';
import { openMerchantGateways } from './merchant-gateways.ts';
import { merchantService } from './merchant-service.ts';
import { messageDeps } from './notifications.ts';
import { erasingWith, keepingErased } from './privacy.ts';
import type { Webhooks } from './webhooks.ts';

const gatewayOf = ({ payments }: Config, { db }: Container): PaymentGateway => {
  const { gateway, serviceUrl, supportsIdempotency } = payments;
  return gateway === 'http' && serviceUrl !== undefined
    ? createHttpGateway({ url: serviceUrl, supportsIdempotency })
    : createSandboxGateway({ db });
};

/** What the tasks of a worker need, besides what they share with webhooks. */
export const workerDeps = async (
  writeSide: Container & Commands,
  config: Config,
  log: Logger,
): Promise<Omit<WorkerDeps, keyof Webhooks['deps']>> => {
  const { db } = writeSide;
  const { seller, businessTimeZone: timeZone } = config;
  const { carts, catalogue: stock } = openMerchantGateways(config, db, log);
  const customerService = merchantService(config, 'customer', log);
  return {
    ...writeSide,
    ...(await messageDeps(writeSide, config, log)),
    now: () => new Date().toISOString(),
    dayOf: businessDayIn(timeZone),
    settings: {
      seller: { name: seller.name, address: seller.address ?? null, tax_id: seller.taxId ?? null },
      shopName: seller.name,
      staff: config.messages.staff ?? null,
      timeZone,
    },
    files: documentFilesIn(db, writeSide.dataKeys),
    askGateway: createCallGatewayOnce(retryingGateway(gatewayOf(config, writeSide)), openGatewayAttempts(db)),
    dropJob: (key) => dropJob(db, key),
    orderSettings: config.orders.settings,
    runs: openCronRuns(db),
    carts,
    stock,
    claims: openCheckoutClaims(db),
    moves: openStockMoves(db),
    customers: customerService && createHttpCustomerStatistics(customerService),
    verifications: openVerifications(db),
    verify: (options) => verifyLog(verifyDeps(config, writeSide), options),
    closeDays: dayClosing(config, writeSide),
    witnesses: witnessesOf(config),
    askWitness: createAskWitness(),
    headWebhooks: () => headWebhooks(db),
    erasing: erasingWith(writeSide, {
      books: config.privacy.books,
      mailFolder: config.mail.folder,
      dayOf: businessDayIn(timeZone),
    }),
    keepErased: keepingErased(writeSide, { books: config.privacy.books, dayOf: businessDayIn(timeZone) }),
    turns: openOrderedQueue(db),
    tidyWords: () => tidySearchWords(db),
    deleteKeys: createKeyStore({ db, hours: config.http.idempotencyHours }).deleteExpired,
    deletePositions: openDeliveryPositions(db, writeSide.dataKeys).deleteOlderThan,
  };
};
