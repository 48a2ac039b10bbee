import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { ConfigError, readValues, type Environment } from './read-values.ts';
import { isLoopback } from './loopback.ts';
export { generateNextLogKeys } from './secrets.ts';
import { missingSecrets, settleSecrets } from './secrets.ts';
import { VARIABLES, type Values } from './variables.ts';
import { InvalidConnectionString, parseConnectionString } from '../event-store/eventstoredb/connection-string.ts';
import { DEFAULT_ORDER_SETTINGS, shippingFeeOf, type OrderSettings } from '../domain/order/settings.ts';

export { ConfigError, type Environment } from './read-values.ts';

/** The environment of this process, which takes precedence over `.env` in the working folder. */
const ownEnvironment = (): Environment => {
  try {
    return { ...parseEnv(readFileSync('.env', 'utf8')), ...process.env };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return process.env;
    throw new ConfigError([`.env cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'})`]);
  }
};

const orderSettings = (values: Values): OrderSettings => ({
  ...DEFAULT_ORDER_SETTINGS,
  cancellationStatuses: values.ORDER_CANCELLATION_ALLOWED_STATUSES,
  returnStatuses: values.ORDER_RETURN_ALLOWED_STATUSES,
  requireCancelReason: values.REQUIRE_CANCEL_REASON,
  scheduleLeadMinutes: values.SCHEDULE_LEAD_MINUTES,
  deliveryEstimateMinutes: values.DELIVERY_ESTIMATE_MINUTES,
  courierSpeedKmh: values.COURIER_SPEED_KMH,
  invoicePer: values.INVOICE_PER,
  returnWindowDays: values.RETURN_WINDOW_DAYS,
  returnShippingOnWithdrawal: values.RETURN_SHIPPING_ON_WITHDRAWAL,
  returnExpiresDays: values.RETURN_EXPIRES_DAYS,
  paymentRequired: values.PAYMENT_REQUIRED,
  autoConfirmOnPayment: values.AUTO_CONFIRM_ON_PAYMENT,
  autoRefundReturns: values.AUTO_REFUND_RETURNS,
  customerPrices: values.CUSTOMER_PRICES,
  autoProcess: values.AUTO_PROCESS,
});

/** On loopback there is only one user, so the default is no limit. */
/** Ten clients can then share all connections, and one cannot take them all. */
const shareOfConnections = ({ HOST, MAX_CONNECTIONS }: Values): number =>
  isLoopback(HOST) ? 0 : Math.ceil(MAX_CONNECTIONS / 10);

const rateLimitsOf = (values: Values) => {
  const limited = (limit: number): number => (isLoopback(values.HOST) ? 0 : limit);
  return {
    read: values.RATE_LIMIT_READ ?? limited(6_000),
    write: values.RATE_LIMIT_WRITE ?? limited(1_200),
    export: values.RATE_LIMIT_EXPORT ?? limited(10),
    auth: values.RATE_LIMIT_AUTH ?? limited(60),
  };
};

const loginOf = ({ EMAIL_USER: user, EMAIL_PASSWORD: password }: Values) =>
  user === undefined || password === undefined ? undefined : { user, password };

const arrange = (values: Values, environment: Environment) => ({
  /** The environment it was read from. */
  environment,
  host: values.HOST,
  /** 0: any free port. */
  port: values.PORT,
  /** Absolute path. */
  dataDir: resolve(values.DATA_DIR),
  /** Undefined: the embedded PostgreSQL of `dataDir`. */
  databaseUrl: values.DATABASE_URL,
  /** Undefined: events are kept in PostgreSQL. */
  eventStoreUrl: values.EVENTSTORE_URL,
  /** Of every stream there. Empty: none. */
  eventStorePrefix: values.EVENTSTORE_PREFIX ?? '',
  logLevel: values.LOG_LEVEL,
  auth: {
    mode: values.AUTH_MODE,
    /** Undefined: none. */
    previousSecret: values.JWT_SECRET_PREVIOUS,
    /** Undefined: no public keys. */
    jwksUrl: values.JWT_JWKS_URL,
    /** Undefined: not checked. */
    issuer: values.JWT_ISSUER,
    /** Undefined: not checked. */
    audience: values.JWT_AUDIENCE,
  },
  secrets: settleSecrets(values),
  log: {
    /** Undefined: it follows from the key. */
    origin: values.LOG_ORIGIN,
    isPublic: values.LOG_PUBLIC,
    /** `<vkey>@<url>` each. */
    witnesses: values.LOG_WITNESSES ?? [],
    /** Where signed heads are kept beside the database; absolute path. */
    headsFolder: resolve(values.DATA_DIR, 'heads'),
  },
  http: {
    maxBodyBytes: values.MAX_BODY_BYTES,
    maxConnections: values.MAX_CONNECTIONS,
    /** 0: no limit. */
    maxConnectionsPerAddress: values.MAX_CONNECTIONS_PER_ADDRESS ?? shareOfConnections(values),
    corsOrigins: values.CORS_ORIGINS ?? [],
    /** Addresses and CIDR ranges. */
    trustedProxies: values.TRUSTED_PROXIES ?? [],
    /** Per minute and caller; `auth`: failures per minute and credential. 0: no limit. */
    rateLimits: rateLimitsOf(values),
    /** Per minute, courier and order. 0: no limit. */
    positionsPerMinute: values.RATE_LIMIT_POSITION,
    /** Whether the processes of the API count together, in PostgreSQL. */
    sharedRates: values.RATE_LIMIT_STORE === 'postgres',
    /** Undefined: /metrics is open. */
    metricsToken: values.METRICS_TOKEN,
    idempotencyHours: values.IDEMPOTENCY_HOURS,
  },
  orders: {
    settings: orderSettings(values),
    /** Five fields, UTC: when to look for waiting orders. */
    autoProcessCron: values.AUTO_PROCESS_CRON,
    requireFullAddress: values.REQUIRE_FULL_ADDRESS,
    defaultCurrency: values.DEFAULT_CURRENCY,
    /** Whether prices that customers send are trusted or must match the catalogue. */
    customerPrices: values.CUSTOMER_PRICES,
    taxRate: values.TAX_RATE,
    /** In minor units of the currency asked for. */
    shippingFee: shippingFeeOf(values.SHIPPING_FEE, values.SHIPPING_FEES),
  },
  payments: {
    gateway: values.PAYMENT_GATEWAY,
    /** Set if the gateway is `http`. */
    serviceUrl: values.PAYMENT_SERVICE_URL,
    supportsIdempotency: values.PAYMENT_SERVICE_IDEMPOTENT,
  },
  /** The merchant's other services. Undefined: there is none. */
  services: {
    cart: values.CART_SERVICE_URL,
    product: values.PRODUCT_SERVICE_URL,
    customer: values.CUSTOMER_SERVICE_URL,
    auth: values.AUTH_SERVICE_URL,
    user: values.USER_SERVICE_URL ?? values.AUTH_SERVICE_URL,
    notification: values.NOTIFICATION_SERVICE_URL,
    timeoutMs: values.SERVICE_TIMEOUT_MS,
    apiKey: values.SERVICE_API_KEY,
    bearer: values.SERVICE_TOKEN,
  },
  webhooks: {
    /** Also plain HTTP on loopback. */
    allowPrivate: values.WEBHOOK_ALLOW_PRIVATE,
  },
  mail: {
    /** Undefined: mail is written into `folder`. */
    server:
      values.EMAIL_HOST === undefined
        ? undefined
        : {
            host: values.EMAIL_HOST,
            port: values.EMAIL_PORT,
            login: loginOf(values),
            isLoopback: isLoopback(values.EMAIL_HOST),
          },
    /** Absolute path. */
    folder: resolve(values.DATA_DIR, 'messages'),
    from: values.EMAIL_FROM ?? { name: values.SELLER_NAME, address: 'orders@localhost' },
  },
  messages: {
    /** Undefined: the templates that come with Waybill. */
    templatesDir: values.MESSAGE_TEMPLATES_DIR === undefined ? undefined : resolve(values.MESSAGE_TEMPLATES_DIR),
    language: values.MESSAGE_LANGUAGE,
    /** Who is told about refunds that failed. Undefined: no such mail is sent. */
    staff: values.STAFF_EMAIL,
  },
  numberPrefixes: {
    order: values.ORDER_ID_PREFIX,
    return: values.RETURN_ID_PREFIX,
    payment: values.PAYMENT_ID_PREFIX,
    invoice: values.INVOICE_ID_PREFIX,
    credit_memo: values.CREDIT_MEMO_ID_PREFIX,
  },
  seller: {
    name: values.SELLER_NAME,
    /** Undefined: not printed. May have several lines. */
    address: values.SELLER_ADDRESS?.replaceAll('\\n', '\n'),
    /** Undefined: not printed. */
    taxId: values.SELLER_TAX_ID,
  },
  privacy: {
    books: { retentionYears: values.BOOKS_RETENTION_YEARS, eraseDocuments: values.ERASE_DOCUMENTS },
    customerIdMayBePersonal: values.CUSTOMER_ID_MAY_BE_PERSONAL,
  },
  /** IANA name. */
  businessTimeZone: values.BUSINESS_TIMEZONE,
});

export type Config = Readonly<ReturnType<typeof arrange>>;

const openOutside = ({ AUTH_MODE, HOST }: Values): readonly string[] =>
  AUTH_MODE === 'off' && !isLoopback(HOST)
    ? [`AUTH_MODE is "off", which makes every caller an admin; expected jwt with HOST ${HOST}, outside loopback`]
    : [];

const gatewayWithoutAddress = ({ PAYMENT_GATEWAY, PAYMENT_SERVICE_URL }: Values): readonly string[] =>
  PAYMENT_GATEWAY === 'http' && PAYMENT_SERVICE_URL === undefined
    ? ['PAYMENT_SERVICE_URL is not set; PAYMENT_GATEWAY=http needs the base URL of your payment service']
    : [];

/** What is wrong with the connection string, which is never shown. */
const invalidEventStoreUrl = ({ EVENTSTORE_URL }: Values): readonly string[] => {
  try {
    if (EVENTSTORE_URL !== undefined) parseConnectionString(EVENTSTORE_URL);
    return [];
  } catch (error) {
    if (error instanceof InvalidConnectionString) return [`EVENTSTORE_URL ${error.message}`];
    throw error;
  }
};

const halfMailServer = ({ EMAIL_HOST, EMAIL_FROM, EMAIL_USER, EMAIL_PASSWORD }: Values): readonly string[] => [
  ...(EMAIL_HOST !== undefined && EMAIL_FROM === undefined
    ? ['EMAIL_FROM is not set; EMAIL_HOST needs the sender of messages']
    : []),
  ...((EMAIL_USER === undefined) !== (EMAIL_PASSWORD === undefined)
    ? [
        `${EMAIL_USER === undefined ? 'EMAIL_USER' : 'EMAIL_PASSWORD'} is not set; set both EMAIL_USER and EMAIL_PASSWORD, or neither`,
      ]
    : []),
];

const PREFIXES = [
  'ORDER_ID_PREFIX',
  'RETURN_ID_PREFIX',
  'PAYMENT_ID_PREFIX',
  'INVOICE_ID_PREFIX',
  'CREDIT_MEMO_ID_PREFIX',
] as const;

/** The time is signed with a key of its own, so that neither key can sign for the other. */
const equalLogKeys = ({ LOG_KEY, LOG_COSIGN_KEY }: Values): readonly string[] =>
  LOG_KEY instanceof Buffer && LOG_COSIGN_KEY?.equals(LOG_KEY) === true
    ? ['LOG_COSIGN_KEY is the same key as LOG_KEY; expected another one']
    : [];

/** A number identifies one thing, so each kind of number needs its own prefix. */
const equalPrefixes = (values: Values): readonly string[] => {
  const twice = PREFIXES.find((name, at) => PREFIXES.slice(0, at).some((other) => values[other] === values[name]));
  return twice === undefined
    ? []
    : [
        `${twice} is "${values[twice]}", which is already the prefix of another kind of number; expected a different prefix`,
      ];
};

/** Reads and checks the whole configuration. @throws ConfigError with all problems */
export const loadConfig = (environment: Environment = ownEnvironment()): Config => {
  const reading = readValues(environment);
  const problems = [
    ...reading.problems,
    ...missingSecrets(reading),
    ...equalPrefixes(reading.values),
    ...equalLogKeys(reading.values),
    ...invalidEventStoreUrl(reading.values),
    ...(reading.invalid.has('PAYMENT_SERVICE_URL') ? [] : gatewayWithoutAddress(reading.values)),
    ...(reading.invalid.has('HOST') ? [] : openOutside(reading.values)),
    ...(reading.invalid.has('EMAIL_FROM') ? [] : halfMailServer(reading.values)),
  ];
  if (problems.length > 0) throw new ConfigError(problems);
  return arrange(reading.values, environment);
};

/**
 * The environment of a role's process: the variables this configuration was read from, with the database and the secrets
 * that were settled here. Unset variables are passed as empty, which counts as unset, so that no `.env` fills them in.
 */
export const roleEnvironment = ({ environment, secrets }: Config, databaseUrl: string): Environment => ({
  ...process.env,
  ...Object.fromEntries(Object.keys(VARIABLES).map((name) => [name, environment[name] ?? ''])),
  DATABASE_URL: databaseUrl,
  JWT_SECRET: secrets.jwtSecret ?? '',
  MASTER_KEY: secrets.masterKey.toString('base64'),
  LOG_KEY: secrets.logKeys?.sign.toString('base64') ?? 'off',
  LOG_COSIGN_KEY: secrets.logKeys?.cosign.toString('base64') ?? '',
});
