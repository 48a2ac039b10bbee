import { pino, type Logger } from 'pino';
import type { Carts, Stock } from '../../src/checkout/ports.ts';
import { createLocalCarts } from '../../src/checkout/carts/local.ts';
import { createLocalCatalogue } from '../../src/checkout/catalogue/local.ts';
import { createSandboxGateway } from '../../src/gateways/payment/sandbox.ts';
import { dropJob } from '../../src/jobs/admin.ts';
import { createCallGatewayOnce } from '../../src/gateways/payment/call-gateway-once.ts';
import { moneyTasks } from '../../src/processes/payments/money-tasks.ts';
import { issueCreditMemo } from '../../src/processes/invoicing/issue-credit-memo.ts';
import { issueInvoice } from '../../src/processes/invoicing/issue-invoice.ts';
import { rebuildProjectionTask } from '../../src/processes/upkeep/rebuild-projection.ts';
import { startWorker } from '../../src/jobs/worker.ts';
import { shopTasks } from '../../src/processes/stock/shop-tasks.ts';
import { openCheckoutClaims } from '../../src/checkout/checkout-claims.ts';
import { documentFilesIn } from '../../src/documents/document-files.ts';
import { openGatewayAttempts } from '../../src/gateways/payment/gateway-attempts.ts';
import { openStockMoves } from '../../src/checkout/stock-moves.ts';
import type { PaymentGateway } from '../../src/gateways/payment/port.ts';
import type { Reactor } from '../../src/processes/engine/reactor.ts';
import { reactors as everyShops } from '../../src/processes/registry.ts';
import { startReactors } from '../../src/processes/engine/start-processes.ts';
import type { Task } from '../../src/jobs/task.ts';
import type { TestApi } from './api.ts';
import { messagesTaskOf } from './messages.ts';

export type TestWorkerOptions = {
  /** Default: the sandbox, slow for two seconds where it is told to be. */
  readonly gateway?: PaymentGateway;
  readonly more?: readonly Task[];
  /** Default: silence. */
  readonly log?: Logger;
  /** Default: every shop's. */
  readonly reactors?: readonly Reactor[];
  /** Default: those in its database. */
  readonly shop?: { readonly carts: Carts; readonly stock: Stock };
};

const settings = { seller: { name: 'Waybill Shop', address: null, tax_id: null }, timeZone: 'UTC' };
const now = (): string => new Date().toISOString();

/** Reactors and jobs in this process, as the worker role runs them. Stop it before the API is closed. */
export const startTestWorker = async (
  { core, database }: TestApi,
  {
    gateway = createSandboxGateway({ db: core.db, slowMs: 2_000 }),
    more = [],
    log = pino({ level: 'silent' }),
    reactors = everyShops,
    shop = { carts: createLocalCarts(core.db), stock: createLocalCatalogue(core.db) },
  }: TestWorkerOptions = {},
): Promise<{ readonly stop: () => Promise<void> }> => {
  const issuing = { ...core, files: documentFilesIn(core.db), settings, now };
  const askGateway = createCallGatewayOnce(gateway, openGatewayAttempts(core.db));
  const worker = await startWorker({
    db: core.db,
    url: database.url,
    tasks: [
      issueInvoice(issuing),
      issueCreditMemo(issuing),
      ...moneyTasks({ ...core, tokens: core.paymentTokens, askGateway, now, dropJob: (key) => dropJob(core.db, key) }),
      rebuildProjectionTask(core),
      ...shopTasks({ ...core, ...shop, claims: openCheckoutClaims(core.db), moves: openStockMoves(core.db), now }),
      messagesTaskOf(core),
      ...more,
    ],
    crontab: '',
    log,
    onFatal: (error) => {
      throw error;
    },
  });
  const stopping = new AbortController();
  const reacting = startReactors(reactors, { ...core, log }, stopping.signal);
  return {
    stop: async () => {
      stopping.abort();
      await reacting;
      await worker.stop();
    },
  };
};
