import type { Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connectApi } from '../compose/http/index.ts';
import { addressIn } from '../../http/server/client-address.ts';
import { createHttpServer } from '../../http/server/server.ts';
import { openDatabase } from '../../platform/database.ts';
import { watchLag } from '../../platform/event-loop-lag.ts';
import type { Config } from '../../config/index.ts';
import type { Logger } from '../../platform/logging.ts';
import { createApi } from '../../http/api.ts';
import { checkMailFolder, checkMailServer } from '../../notifications/index.ts';
import { commandsOf } from '../compose/commands.ts';
import { numberingOf } from '../compose/log.ts';
import { openNotificationStores } from '../compose/notifications.ts';
import { webhookSecrets } from '../../webhooks/index.ts';
import { createCheckoutFeature } from '../compose/checkout.ts';
import { openMerchantGateways } from '../compose/merchant-gateways.ts';
import { refillNumbers } from '../../projections/numbers/index.ts';
import { createValidateToken } from '../../gateways/auth/index.ts';
import { merchantService } from '../compose/merchant-service.ts';
import { VERSION } from '../version.ts';
import type { RoleProcess } from './role-process.ts';

/** How long running requests may take to end at a shutdown, in milliseconds; then their connections are cut. */
const DRAIN_MS = 5_000;

/** Exports of one process at a time; a further one waits up to ten seconds, then is rejected. */
const EXPORTS_AT_ONCE = 4;

/** An event loop that runs later than this is overloaded; milliseconds. */
const OVERLOADED_MS = 500;

const addressOf = (server: Server): string => {
  const { address, family, port } = server.address() as AddressInfo; // it listens on a port, not on a pipe
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
};

const drain = async (server: Server): Promise<void> => {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const limit = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearTimeout(limit);
};

const validateTokenOf = (config: Config, log: Logger) => {
  const service = merchantService(config, 'auth', log);
  return service === undefined ? undefined : createValidateToken(service);
};

/** HTTP: commands and queries. Returns the address it listens on. */
export const runApiRole = async ({ config, databaseUrl, container, log, shutdown }: RoleProcess): Promise<string> => {
  await refillNumbers(container);
  const commands = commandsOf(config, container);
  const lag = watchLag({ thresholdMs: OVERLOADED_MS });
  const exportDb = openDatabase({ url: databaseUrl, poolSize: EXPORTS_AT_ONCE, applicationName: 'waybill-export' });
  shutdown.onShutdown(() => exportDb.destroy());
  const { koa } = createApi(
    connectApi({
      ...container,
      ...commands,
      ...openNotificationStores(container),
      webhookSecrets: webhookSecrets(container.masterKey, container.previousMasterKey),
      exportDb,
      checkout: createCheckoutFeature({ ...container, ...commands }, openMerchantGateways(config, container.db, log), {
        currency: config.orders.defaultCurrency,
        customerPrices: config.orders.customerPrices,
      }),
      orderSettings: config.orders.settings,
      logger: log,
      tokens: { secret: config.secrets.jwtSecret, ...config.auth, validateToken: validateTokenOf(config, log) },
      authMode: config.auth.mode,
      idempotencyHours: config.http.idempotencyHours,
      defaultCurrency: config.orders.defaultCurrency,
      paymentGateway: config.payments.gateway,
      businessTimeZone: config.businessTimeZone,
      numbering: numberingOf(config),
      maxBodyBytes: config.http.maxBodyBytes,
      corsOrigins: config.http.corsOrigins,
      trustedProxies: config.http.trustedProxies,
      isOverloaded: lag.isOverloaded,
      rateLimits: config.http.rateLimits,
      positionsPerMinute: config.http.positionsPerMinute,
      sharedRates: config.http.sharedRates,
      checkMail:
        config.mail.server === undefined ? checkMailFolder(config.mail.folder) : checkMailServer(config.mail.server),
      metricsToken: config.http.metricsToken,
      requireFullAddress: config.orders.requireFullAddress,
      customerIdMayBePersonal: config.privacy.customerIdMayBePersonal,
      signal: shutdown.signal,
      // The other half is for ordinary requests.
      maxStreams: Math.ceil(config.http.maxConnections / 2),
      webhookAllowPrivate: config.webhooks.allowPrivate,
      logPublic: config.log.isPublic,
      privacy: {
        books: config.privacy.books,
        log: { keys: config.secrets.logKeys, origin: config.log.origin },
      },
      version: VERSION,
    }),
  );
  const handle = koa.callback();
  const server = createHttpServer((request, response) => void handle(request, response), {
    maxConnections: config.http.maxConnections,
    perAddress: {
      perAddress: config.http.maxConnectionsPerAddress,
      isExempt: addressIn(config.http.trustedProxies),
    },
  });
  server.listen(config.port, config.host);
  await once(server, 'listening');
  shutdown.onShutdown(() => drain(server));
  return addressOf(server);
};
