import { pino, type Logger } from 'pino';
import type { Carts, Stock } from '../../src/domain/catalogue/index.ts';
import { createLocalCarts } from '../../src/gateways/carts/local.ts';
import { createLocalCatalogue } from '../../src/gateways/catalogue/local.ts';
import { createSandboxGateway } from '../../src/gateways/payment/sandbox.ts';
import { dropJob } from '../../src/jobs/admin.ts';
import { createAskGateway } from '../../src/jobs/ask-gateway.ts';
import { moneyTasks } from '../../src/jobs/money-tasks.ts';
import { issueCreditMemo } from '../../src/jobs/tasks/issue-credit-memo.ts';
import { issueInvoice } from '../../src/jobs/tasks/issue-invoice.ts';
import { rebuildProjectionTask } from '../../src/jobs/tasks/rebuild-projection.ts';
import { startWorker } from '../../src/jobs/worker.ts';
import { shopTasks } from '../../src/jobs/shop-tasks.ts';
import { openCheckoutClaims } from '../../src/platform/checkout-claims.ts';
import { documentFilesIn } from '../../src/platform/document-files.ts';
import { openGatewayAsks } from '../../src/platform/gateway-asks.ts';
import { openStockMoves } from '../../src/platform/stock-moves.ts';
import type { PaymentGateway } from '../../src/gateways/payment/port.ts';
import type { Reactor } from '../../src/reactors/reactor.ts';
import { reactors as everyShops } from '../../src/reactors/registry.ts';
import { startReactors } from '../../src/reactors/start-reactors.ts';
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
  const askGateway = createAskGateway(gateway, openGatewayAsks(core.db));
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
