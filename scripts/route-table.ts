import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { createContainer } from '../src/app/container.ts';
import { createCommands } from '../src/app/compose/commands.ts';
import { openNotificationStores } from '../src/app/compose/notifications.ts';
import { webhookSecrets } from '../src/webhooks/secrets.ts';
import { DEFAULT_ORDER_SETTINGS } from '../src/domain/order/index.ts';
import { openMemoryEventStore } from '../src/event-store/memory.ts';
import { createLocalCarts } from '../src/checkout/carts/local.ts';
import { createLocalCatalogue } from '../src/checkout/catalogue/local.ts';
import { apiRoutes } from '../src/http/api.ts';
import { connectApi } from '../src/app/compose/http.ts';
import type { Route } from '../src/http/server/route.ts';
import { openDatabase } from '../src/platform/database.ts';
import { createCheckoutFeature } from '../src/app/compose/checkout.ts';

const db = openDatabase({ url: 'postgres://nobody@127.0.0.1:1/none' }); // never asked: only the table is read
const store = openMemoryEventStore();
const masterKey = randomBytes(32);
const container = createContainer({ db, store, masterKey });
const core = {
  ...container,
  ...createCommands(container, {
    orderSettings: DEFAULT_ORDER_SETTINGS,
    taxRate: '0.1',
    shippingFee: () => 500,
    businessTimeZone: 'UTC',
    documentPrefixes: { invoice: 'INV', credit_memo: 'CRM' },
    drawNumber: () => Promise.resolve('ORD-2026-000001'),
  }),
  ...openNotificationStores(container),
  webhookSecrets: webhookSecrets(masterKey),
};

/** The route table as it is served, bound to nothing. */
export const routes: readonly Route[] = apiRoutes(
  connectApi({
    ...core,
    shop: createCheckoutFeature(
      core,
      { carts: createLocalCarts(db), catalogue: createLocalCatalogue(db), users: undefined },
      { currency: 'USD', customerPrices: 'trust' },
    ),
    orderSettings: DEFAULT_ORDER_SETTINGS,
    logger: pino({ level: 'silent' }),
    tokens: { secret: randomBytes(32).toString('hex') },
    authMode: 'jwt',
    idempotencyHours: 24,
    defaultCurrency: 'USD',
    maxBodyBytes: 1024 * 1024,
    metricsToken: undefined,
    requireFullAddress: false,
    version: '0.0.0',
  }),
);

await db.destroy();
