import type { Knex } from 'knex';
import type { Logger } from 'pino';
import type { OrderCommands } from '../../commands/orders.ts';
import type { PaymentCommands } from '../../commands/payments.ts';
import type { ReadStream } from '../../commands/read.ts';
import type { ReturnCommands } from '../../commands/returns.ts';
import type { OrderSettings } from '../../domain/order/index.ts';
import type { Codec } from '../../event-store/codec.ts';
import type { EventStore } from '../../event-store/port.ts';
import { readLedger } from '../../gateways/payment/sandbox-ledger.ts';
import { findJob, findJobByKey, listJobs, queueHealth, retryJob } from '../../jobs/admin.ts';
import { findApiKey } from '../../platform/api-keys.ts';
import { openCronRuns } from '../../jobs/cron-runs.ts';
import type { Devices } from '../../notifications/push/devices.ts';
import { openDeliveryPositions, type DeliveryPositions } from '../../delivery/positions.ts';
import { findDocumentFile } from '../../documents/document-files.ts';
import { enqueueJobs } from '../../jobs/queue.ts';
import type { CheckMail } from '../../notifications/mail/mail-health.ts';
import type { Messages } from '../../notifications/outbox/list.ts';
import { createOutgoingPost } from '../../platform/outgoing-post.ts';
import { openDeliveries } from '../../webhooks/deliveries.ts';
import { openEndpoints } from '../../webhooks/endpoints.ts';
import type { WebhookSecrets } from '../../webhooks/secrets.ts';
import { documentsOfOrders, findDocumentIdByNumber, listDocuments } from '../../projections/documents/index.ts';
import { projectionStatus } from '../../projections/engine/index.ts';
import { decodeCursor } from '../../projections/list/index.ts';
import { findIdByNumber } from '../../projections/numbers/index.ts';
import { decodeOffset, searchOrders } from '../../projections/order-search/index.ts';
import { customerTotals, exportLines, exportOrders, listOrders } from '../../projections/orders/index.ts';
import { listPayments } from '../../projections/payments/index.ts';
import { listReturns } from '../../projections/returns/index.ts';
import { projections } from '../../projections/registry.ts';
import type { ApiDeps } from '../../http/api.ts';
import { createAuthenticate, type Authenticate } from '../../http/server/auth/authenticate.ts';
import type { TokenTrust } from '../../http/server/auth/tokens.ts';
import { createCheckParts } from '../../http/operations/check-parts.ts';
import type { KernelDeps } from '../../http/server/deps.ts';
import { createReadFeed } from '../../http/feed/read-feed.ts';
import { createKeyStore } from '../../http/server/idempotency/key-store.ts';
import { createFindDocuments } from '../../http/invoices/find-document.ts';
import { createLimiter } from '../../http/server/limits/limiter.ts';
import { createSpendPosition } from '../../http/server/limits/position-rate.ts';
import { createSpendRate, type RateLimits } from '../../http/server/limits/rate-limits.ts';
import { slowFailures } from '../../http/server/limits/slow-failures.ts';
import { createMetrics } from '../../http/operations/metrics.ts';
import type { WebhookDeps } from '../../http/webhooks/webhook-deps.ts';
import { createWaitForReadModels } from '../../http/server/read-models.ts';
import { createTracker, type Tracker, type TrackerOptions } from '../../http/tracking/tracker.ts';

export type ConnectOptions = {
  readonly db: Knex;
  /** Where exports are read, so that slow readers take no other caller's connection. Default `db`. */
  readonly exportDb?: Knex;
  readonly store: EventStore;
  readonly codec: Codec;
  readonly readStream: ReadStream;
  readonly orders: OrderCommands;
  readonly payments: PaymentCommands;
  readonly returns: ReturnCommands;
  /** Sells from carts and templates. */
  readonly shop: Omit<ApiDeps['shop'], 'defaultCurrency'> & Pick<ApiDeps['orders'], 'cataloguePrices' | 'placeOrder'>;
  readonly messages: Messages;
  readonly devices: Devices;
  readonly orderSettings: OrderSettings;
  readonly logger: Logger;
  readonly tokens: TokenTrust;
  /** `off`: everybody is an admin. */
  readonly authMode: 'jwt' | 'off';
  /** How long the answer to an idempotency key is kept. */
  readonly idempotencyHours: number;
  readonly defaultCurrency: string;
  /** Bytes. */
  readonly maxBodyBytes: number;
  /** Default: no limits. */
  readonly rateLimits?: RateLimits;
  /** Positions a minute, courier and order. Default 0: no limit. */
  readonly positionsPerMinute?: number;
  /** Whether the processes of the API share what is counted. Default false. */
  readonly sharedRates?: boolean;
  /** Whether there is more to do than can be done. Default: never. */
  readonly isOverloaded?: () => boolean;
  /** Origins whose pages may call; `*` is any. Default: none. */
  readonly corsOrigins?: readonly string[];
  /** Bearer token that /metrics demands. Undefined: open. */
  readonly metricsToken: string | undefined;
  /** Whether an address must have all seven parts. */
  readonly requireFullAddress: boolean;
  /** Where mail goes from this machine. Default: not checked. */
  readonly checkMail?: CheckMail;
  /** Most streams at once in this process. Default 5 000. */
  readonly maxStreams?: number;
  /** Further settings of live streams, for tests. */
  readonly tracking?: Partial<TrackerOptions>;
  /** How long `process` and `refund` wait for the outcome, in milliseconds. Default 5000. */
  readonly outcomeTimeoutMs?: number;
  readonly webhookSecrets: WebhookSecrets;
  /** Whether webhooks may go to private networks. Default false. */
  readonly webhookAllowPrivate?: boolean;
  /** Ends what is followed live. Default: never. */
  readonly signal?: AbortSignal;
  readonly version: string;
  /** Further settings of the kernel, for tests. */
  readonly kernel?: Partial<KernelDeps>;
};

const adminDeps = ({ db, store }: ConnectOptions): ApiDeps['admin'] => ({
  projections: () => projectionStatus({ db, store, projections }),
  startRebuild: (name) =>
    enqueueJobs(db, [{ task: 'rebuild-projection', payload: { name }, key: `rebuild-projection:${name}` }]),
  listJobs: (query) => listJobs(db, query),
  findJob: (id) => findJob(db, id),
  retryJob: (id) => retryJob(db, id),
});

const webhookDeps = ({ db, store, webhookSecrets, webhookAllowPrivate = false }: ConnectOptions): WebhookDeps => ({
  endpoints: openEndpoints(db, webhookSecrets),
  deliveries: openDeliveries(db),
  check: createOutgoingPost({ allowPrivate: webhookAllowPrivate }).check,
  head: store.head,
  enqueue: (job) => enqueueJobs(db, [job]),
});

/** Where rates are counted together; undefined: in this process. */
const sharedIn = ({ db, sharedRates = false }: ConnectOptions): Knex | undefined => (sharedRates ? db : undefined);

const authenticateOf = (options: ConnectOptions): Authenticate => {
  const { db, authMode, tokens, rateLimits } = options;
  const authenticate = createAuthenticate(authMode, tokens, (key) => findApiKey(db, key, new Date()));
  if (rateLimits === undefined || rateLimits.auth === 0) return authenticate;
  return slowFailures(authenticate, createLimiter({ kind: 'auth', limit: rateLimits.auth, db: sharedIn(options) }));
};

const trackerOf = (options: ConnectOptions, positions: DeliveryPositions): Tracker =>
  createTracker({
    ...options,
    positions,
    speedKmh: options.orderSettings.courierSpeedKmh,
    signal: options.signal ?? new AbortController().signal,
    maxStreams: options.maxStreams ?? 5_000,
    ...options.tracking,
  });

/** Binds the API to the database, the event store and the commands. */
export const connectApi = (options: ConnectOptions): ApiDeps => {
  const { db, exportDb = db, store, readStream, logger } = options;
  const positions = openDeliveryPositions(db);
  const findJobOf = (key: string) => findJobByKey(db, key);
  const findOrderIdByNumber = (number: string) => findIdByNumber(db, 'order', number);
  const findReturnIdByNumber = (number: string) => findIdByNumber(db, 'return', number);
  const reading = { readStream, decodeCursor, findOrderIdByNumber };
  const admin = adminDeps(options);
  const tracker = trackerOf(options, positions);
  const webhooks = webhookDeps(options);
  const metrics = createMetrics({
    webhooks: webhooks.endpoints.list,
    streams: tracker.open,
    token: options.metricsToken,
    projections: admin.projections,
    queue: () => queueHealth(db),
    messages: options.messages.counts,
  });
  return {
    kernel: {
      logger,
      observe: metrics.observe,
      authenticate: authenticateOf(options),
      ...(options.rateLimits !== undefined && { spendRate: createSpendRate(options.rateLimits, sharedIn(options)) }),
      keys: createKeyStore({ db, hours: options.idempotencyHours }),
      waitForReadModels: createWaitForReadModels(db),
      maxBodyBytes: options.maxBodyBytes,
      corsOrigins: options.corsOrigins ?? [],
      ...(options.isOverloaded !== undefined && { isOverloaded: options.isOverloaded }),
      defaultCurrency: options.defaultCurrency,
      ...options.kernel,
    },
    orders: {
      commands: options.orders,
      readStream,
      policy: options.orderSettings,
      cataloguePrices: options.shop.cataloguePrices,
      placeOrder: options.shop.placeOrder,
      requireFullAddress: options.requireFullAddress,
      findIdByNumber: findOrderIdByNumber,
      list: (query) => listOrders(db, query),
      search: (query) => searchOrders(db, query),
      decodePlace: decodeOffset,
      decodeCursor,
      newestPosition: positions.newest,
      findDocuments: createFindDocuments({
        readStream,
        findJobByKey: findJobOf,
        documentsOfOrders: (ids) => documentsOfOrders(db, ids),
      }),
    },
    exports: {
      lines: (query) => exportLines(exportDb, query),
      orders: (query) => exportOrders(exportDb, query),
    },
    tracker,
    delivery: { positions, spendPosition: createSpendPosition(options.positionsPerMinute ?? 0, sharedIn(options)) },
    shop: { ...options.shop, defaultCurrency: options.defaultCurrency },
    returns: {
      ...reading,
      commands: options.returns,
      findIdByNumber: findReturnIdByNumber,
      list: (query) => listReturns(db, query),
    },
    payments: {
      ...reading,
      commands: options.payments,
      findIdByNumber: (number) => findIdByNumber(db, 'payment', number),
      list: (query) => listPayments(db, query),
      ...(options.outcomeTimeoutMs !== undefined && { outcomeTimeoutMs: options.outcomeTimeoutMs }),
    },
    invoices: {
      ...reading,
      findReturnIdByNumber,
      findDocumentIdByNumber: (number) => findDocumentIdByNumber(db, number),
      list: (query) => listDocuments(db, query),
      findJobByKey: findJobOf,
      findFile: (id) => findDocumentFile(db, id),
    },
    customerTotals: (customerId, currency) => customerTotals(db, customerId, currency),
    messages: { messages: options.messages, findOrderIdByNumber },
    devices: { devices: options.devices },
    sandbox: { readLedger: (page) => readLedger(db, page), findOrderIdByNumber },
    feed: {
      readFeed: createReadFeed({ store }),
      decode: options.codec.decode,
      stopping: options.signal ?? new AbortController().signal,
    },
    webhooks,
    admin,
    clock: { listRuns: openCronRuns(db).list },
    operations: {
      version: options.version,
      checkParts: createCheckParts({ db, store, projections: admin.projections, checkMail: options.checkMail }),
    },
    pages: [metrics.page],
  };
};
