import { CANCELLABLE_STATUSES, RETURNABLE_STATUSES } from '../domain/order/settings.ts';
import { flag, list, matching, oneOf, text, url, whole, type Parser } from './parser.ts';
import { crontabTime } from './crontab-time.ts';
import {
  addressOrRange,
  currency,
  feesByCurrency,
  keysUrl,
  mailbox,
  masterKey,
  origin,
  serviceUrl,
  signingKey,
  signingKeyOrOff,
  taxRate,
  timeZone,
} from './values.ts';

/** One environment variable: its parser, its default, and its description in `.env.example`. */
export type Variable<T = unknown> = {
  readonly parser: Parser<T>;
  /** As written in the environment. Undefined: `doc` says what applies if the variable is unset. */
  readonly default?: string;
  readonly doc: string;
  /** No error or log shows its value. Default false. */
  readonly secret?: true;
};

const prefix = matching(/^[A-Z]{1,8}$/, '1 to 8 capital letters');
const witness = matching(
  /^[^\s+,@]+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]{1,100}@https?:\/\/[^\s,]{1,200}$/,
  'a verifier key, @ and the URL of the witness',
);
const secretText = matching(/^.{32,}$/su, 'at least 32 characters');

/** Every variable, in the order of `.env.example`. */
export const VARIABLES = {
  HOST: {
    parser: matching(/^\S+$/, 'an address or a host name'),
    default: '127.0.0.1',
    doc: 'Address to listen on. Outside loopback, the secrets must be set.',
  },
  PORT: { parser: whole(0, 65_535), default: '8000', doc: 'Port to listen on. 0: any free port.' },
  DATA_DIR: {
    parser: text('a folder'),
    default: './data',
    doc: 'Folder of the embedded PostgreSQL, of generated secrets, and of messages when no mail server is set.',
  },
  DATABASE_URL: {
    parser: url('postgres', 'postgresql'),
    secret: true,
    doc: 'PostgreSQL to use. Unset: the embedded PostgreSQL in DATA_DIR.',
  },
  EVENTSTORE_URL: {
    parser: url('esdb', 'esdb+discover'),
    secret: true,
    doc: 'EventStoreDB or KurrentDB that keeps the events. Unset: PostgreSQL.',
  },
  EVENTSTORE_PREFIX: {
    parser: matching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/, '1 to 32 letters, digits, dots, dashes or underscores'),
    doc: 'Prefix of every stream name in EventStoreDB, so that several applications can share a server, e.g. waybill-. Unset: none. Choose it before the first order: it cannot be changed later.',
  },
  LOG_LEVEL: {
    parser: oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
    default: 'info',
    doc: 'Lowest severity that is logged.',
  },
  AUTH_MODE: {
    parser: oneOf('jwt', 'off'),
    default: 'jwt',
    doc: 'jwt: callers send bearer tokens. off: every caller is an admin; allowed on loopback only.',
  },
  JWT_SECRET: {
    parser: secretText,
    secret: true,
    doc: 'Signs and checks tokens (HS256). Unset: generated into DATA_DIR with the embedded PostgreSQL on loopback, else startup fails.',
  },
  JWT_SECRET_PREVIOUS: {
    parser: secretText,
    secret: true,
    doc: 'The JWT_SECRET before a rotation: tokens signed with it are accepted until they expire. Unset: none.',
  },
  JWT_JWKS_URL: {
    parser: keysUrl,
    doc: 'URL at which your login publishes the public keys of its tokens (RS256, ES256, EdDSA). With JWT_SECRET or instead of it.',
  },
  JWT_ISSUER: { parser: text(), doc: 'Issuer (iss) that every token must have. Unset: not checked.' },
  JWT_AUDIENCE: { parser: text(), doc: 'Audience (aud) that every token must have. Unset: not checked.' },
  MASTER_KEY: {
    parser: masterKey,
    secret: true,
    doc: 'Wraps the keys that seal personal data: 32 bytes, base64. Losing it loses all personal data. Unset: as JWT_SECRET.',
  },
  MASTER_KEY_PREVIOUS: {
    parser: masterKey,
    secret: true,
    doc: 'The MASTER_KEY before a rotation: it opens the data keys that are not rewrapped yet (`npm run keys -- rotate`). Unset: none.',
  },
  LOG_KEY: {
    parser: signingKeyOrOff,
    secret: true,
    doc: 'Signs the heads of the log, so that others can prove its contents: an Ed25519 key, PKCS #8 in DER and base64. off: nothing is signed, and the log cannot be proven. Unset: as JWT_SECRET.',
  },
  LOG_COSIGN_KEY: {
    parser: signingKey,
    secret: true,
    doc: 'Signs the heads of the log together with the time: another key of the same kind as LOG_KEY. Required with LOG_KEY. Unset: as JWT_SECRET.',
  },
  LOG_KEY_NEXT: {
    parser: signingKey,
    secret: true,
    doc: 'The key that `npm run log -- rotate` puts in the place of LOG_KEY. Unset: none.',
  },
  LOG_COSIGN_KEY_NEXT: {
    parser: signingKey,
    secret: true,
    doc: 'The key that `npm run log -- rotate` puts in the place of LOG_COSIGN_KEY. Unset: none.',
  },
  LOG_ORIGIN: {
    parser: matching(/^[^\s+]{1,200}$/u, 'a name without spaces and plus signs'),
    doc: 'Name of the log in its signed heads, e.g. shop.example/log. It cannot change after the first head. Unset: waybill/ and digits of the public key.',
  },
  LOG_WITNESSES: {
    parser: list(witness),
    doc: 'Witnesses that sign each new head of the log (C2SP tlog-witness), comma-separated. Unset: none.',
  },
  LOG_PUBLIC: {
    parser: flag,
    default: 'false',
    doc: 'Whether anyone may read heads, tiles and proofs of the log, without credentials. They hold hashes only.',
  },
  METRICS_TOKEN: { parser: text(), secret: true, doc: 'Bearer token that /metrics requires. Unset: no token.' },
  CORS_ORIGINS: {
    parser: list(origin),
    doc: 'Origins whose pages may call the API (CORS), comma-separated. Unset: none.',
  },
  TRUSTED_PROXIES: {
    parser: list(addressOrRange),
    doc: 'Addresses or CIDR ranges of your proxies, comma-separated: only they may state the client’s address (X-Forwarded-For, else Forwarded). Unset: none.',
  },
  MAX_BODY_BYTES: { parser: whole(1_024, 8_388_608), default: '1048576', doc: 'Largest request body, in bytes.' },
  MAX_CONNECTIONS: {
    parser: whole(1, 1_000_000),
    default: '10000',
    doc: 'Maximum number of open connections of one API process; further ones are closed.',
  },
  MAX_CONNECTIONS_PER_ADDRESS: {
    parser: whole(0, 1_000_000),
    doc: 'Maximum number of open connections from one address (IPv6: one /64 network) to one API process; TRUSTED_PROXIES may have any number. 0: no limit. Unset: a tenth of MAX_CONNECTIONS, on loopback 0.',
  },
  RATE_LIMIT_READ: {
    parser: whole(0, 1_000_000),
    doc: 'Reads per minute and caller. 0: no limit. Unset: 6000, on loopback 0.',
  },
  RATE_LIMIT_WRITE: {
    parser: whole(0, 1_000_000),
    doc: 'Writes per minute and caller. 0: no limit. Unset: 1200, on loopback 0.',
  },
  RATE_LIMIT_EXPORT: {
    parser: whole(0, 1_000_000),
    doc: 'Exports per minute and caller. 0: no limit. Unset: 10, on loopback 0.',
  },
  RATE_LIMIT_AUTH: {
    parser: whole(0, 1_000_000),
    doc: 'Failed attempts per minute with one token or API key, counted by each API process. 0: no limit. Unset: 60, on loopback 0.',
  },
  RATE_LIMIT_POSITION: {
    parser: whole(0, 1_000_000),
    default: '60',
    doc: 'Positions per minute of one courier for one order. 0: no limit.',
  },
  RATE_LIMIT_STORE: {
    parser: oneOf('memory', 'postgres'),
    default: 'memory',
    doc: 'memory: each API process counts alone. postgres: all count together, at the cost of one statement per request.',
  },
  IDEMPOTENCY_HOURS: {
    parser: whole(1, 8_760),
    default: '24',
    doc: 'Hours that an Idempotency-Key is remembered.',
  },
  DEFAULT_CURRENCY: { parser: currency, default: 'USD', doc: 'Currency of orders that name none (ISO 4217).' },
  TAX_RATE: { parser: taxRate, default: '0.10', doc: 'Tax rate of order lines without their own tax, as a fraction.' },
  SHIPPING_FEE: {
    parser: matching(/^\d{1,12}(\.\d{1,6})?$/, 'an amount in major units, such as 5.00'),
    default: '5.00',
    doc: 'Shipping cost of an order without delivery_fee, in major units, rounded to the decimals of the currency.',
  },
  SHIPPING_FEES: {
    parser: feesByCurrency,
    doc: 'Shipping cost by currency, such as JPY:500,KWD:1.500. Unset: SHIPPING_FEE in every currency.',
  },
  ORDER_ID_PREFIX: { parser: prefix, default: 'ORD', doc: 'Prefix of order numbers.' },
  RETURN_ID_PREFIX: { parser: prefix, default: 'RET', doc: 'Prefix of return numbers.' },
  PAYMENT_ID_PREFIX: { parser: prefix, default: 'PAY', doc: 'Prefix of payment numbers.' },
  INVOICE_ID_PREFIX: { parser: prefix, default: 'INV', doc: 'Prefix of invoice numbers.' },
  CREDIT_MEMO_ID_PREFIX: { parser: prefix, default: 'CRM', doc: 'Prefix of credit memo numbers.' },
  SELLER_NAME: { parser: text(), default: 'Waybill', doc: 'Name of the seller on documents.' },
  SELLER_ADDRESS: {
    parser: text(),
    doc: 'Address of the seller on documents; \\n starts a new line. Unset: not printed.',
  },
  SELLER_TAX_ID: { parser: text(), doc: 'Tax number of the seller on documents. Unset: not printed.' },
  BOOKS_RETENTION_YEARS: {
    parser: whole(1, 100),
    default: '10',
    doc: 'Years that documents are kept, counted from the end of the year they were issued in. Then they are destroyed.',
  },
  ERASE_DOCUMENTS: {
    parser: oneOf('after_retention', 'now'),
    default: 'after_retention',
    doc: 'What an erasure does to the documents of a customer. after_retention: they are kept, for admins and auditors only. now: they are destroyed as well.',
  },
  CUSTOMER_ID_MAY_BE_PERSONAL: {
    parser: flag,
    default: 'false',
    doc: 'Whether a customer_id may be an e-mail address or a telephone number. It is stored in clear and is not erased.',
  },
  BUSINESS_TIMEZONE: {
    parser: timeZone,
    default: 'UTC',
    doc: 'Time zone of the year in numbers, of printed dates and of days in analytics.',
  },
  SCHEDULE_LEAD_MINUTES: {
    parser: whole(0, 10_080),
    default: '60',
    doc: 'How many minutes before scheduled_for a scheduled order is released.',
  },
  AUTO_PROCESS: {
    parser: oneOf('paid', 'all', 'off'),
    default: 'paid',
    doc: 'Which waiting orders go to processing automatically. paid: nothing is due, or payment is on delivery.',
  },
  AUTO_PROCESS_CRON: {
    parser: crontabTime,
    default: '*/5 * * * *',
    doc: 'When waiting orders are processed: minute, hour, day, month, weekday, in UTC.',
  },
  DELIVERY_ESTIMATE_MINUTES: {
    parser: whole(0, 525_600),
    default: '30',
    doc: 'Minutes from placement or release to the estimated delivery.',
  },
  COURIER_SPEED_KMH: {
    parser: whole(1, 1_000),
    default: '15',
    doc: 'Courier speed in a straight line, in kilometres per hour; refines the estimate by the courier’s position.',
  },
  ORDER_CANCELLATION_ALLOWED_STATUSES: {
    parser: list(oneOf(...CANCELLABLE_STATUSES)),
    default: CANCELLABLE_STATUSES.join(','),
    doc: 'Order statuses that allow a cancellation.',
  },
  ORDER_RETURN_ALLOWED_STATUSES: {
    parser: list(oneOf(...RETURNABLE_STATUSES)),
    default: RETURNABLE_STATUSES.join(','),
    doc: 'Order statuses that allow a return.',
  },
  INVOICE_PER: {
    parser: oneOf('order', 'shipment'),
    default: 'order',
    doc: 'What an invoice is for: the whole order, with its first shipment, or each shipment.',
  },
  RETURN_WINDOW_DAYS: {
    parser: whole(0, 3_650),
    default: '30',
    doc: 'Days after delivery in which a return may be opened.',
  },
  RETURN_SHIPPING_ON_WITHDRAWAL: {
    parser: flag,
    default: 'false',
    doc: 'Whether returning everything for change_of_mind refunds the shipping too, as the law of the EU demands.',
  },
  RETURN_EXPIRES_DAYS: {
    parser: whole(0, 3_650),
    default: '30',
    doc: 'Days without a step after which an approved return whose goods have not come is closed as not_sent. 0: never.',
  },
  PAYMENT_GATEWAY: {
    parser: oneOf('sandbox', 'http'),
    default: 'sandbox',
    doc: 'Payment gateway. sandbox: a test bank with its own ledger. http: PAYMENT_SERVICE_URL.',
  },
  PAYMENT_SERVICE_URL: {
    parser: serviceUrl,
    doc: 'Base URL of the payment service, for PAYMENT_GATEWAY=http.',
  },
  PAYMENT_SERVICE_IDEMPOTENT: {
    parser: flag,
    default: 'false',
    doc: 'Whether the payment service supports Idempotency-Key. true: a request with an unknown outcome is repeated.',
  },
  PAYMENT_REQUIRED: {
    parser: flag,
    default: 'false',
    doc: 'Whether processing waits until nothing is due, except with cash on delivery.',
  },
  AUTO_CONFIRM_ON_PAYMENT: {
    parser: flag,
    default: 'true',
    doc: 'Whether payments that cover the total confirm the order.',
  },
  AUTO_REFUND_RETURNS: {
    parser: flag,
    default: 'true',
    doc: 'Whether a processed return starts its refund automatically.',
  },
  CUSTOMER_PRICES: {
    parser: oneOf('trust', 'catalogue'),
    default: 'trust',
    doc: 'Prices that customers send. trust: accepted; staff see where they differ from the catalogue in PostgreSQL. catalogue: they must equal the catalogue’s, where there is one.',
  },
  CART_SERVICE_URL: {
    parser: serviceUrl,
    doc: 'Base URL of the cart service. Unset: local carts in PostgreSQL.',
  },
  PRODUCT_SERVICE_URL: {
    parser: serviceUrl,
    doc: 'Base URL of the product service: prices and stock. Unset: the catalogue in PostgreSQL, if it has products.',
  },
  CUSTOMER_SERVICE_URL: {
    parser: serviceUrl,
    doc: 'Base URL of the customer service, which receives order statistics. Unset: none are sent.',
  },
  AUTH_SERVICE_URL: {
    parser: serviceUrl,
    doc: 'Base URL of the auth service: validates every token, after JWT_SECRET or JWT_JWKS_URL where they are given. Unset: only Waybill checks tokens.',
  },
  USER_SERVICE_URL: {
    parser: serviceUrl,
    doc: 'Base URL of the service that returns names and e-mail addresses. Unset: AUTH_SERVICE_URL.',
  },
  EMAIL_HOST: {
    parser: matching(/^[A-Za-z0-9.:_-]{1,253}$/, 'a host name or an address'),
    doc: 'Mail server for messages to customers. Unset: each message is a file in DATA_DIR/messages.',
  },
  EMAIL_PORT: {
    parser: whole(1, 65_535),
    default: '587',
    doc: 'Port of the mail server. 465: TLS from the start. Other ports: STARTTLS, which is required outside loopback.',
  },
  EMAIL_USER: { parser: text(), doc: 'User at the mail server. Unset: no login.' },
  EMAIL_PASSWORD: { parser: text(), secret: true, doc: 'Password for the mail server. Needed with EMAIL_USER.' },
  EMAIL_FROM: {
    parser: mailbox,
    doc: 'Sender of messages: orders@shop.example, or My Shop <orders@shop.example>. Needed with EMAIL_HOST.',
  },
  STAFF_EMAIL: {
    parser: mailbox,
    doc: 'Address of staff that receives a mail about each refund that failed or waits to be paid out: staff@shop.example. Unset: no such mail.',
  },
  MESSAGE_TEMPLATES_DIR: {
    parser: text('a folder'),
    doc: 'Folder with your own message templates and phrases. Unset: the shipped ones.',
  },
  MESSAGE_LANGUAGE: {
    parser: matching(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'a language tag such as en or pt-BR'),
    default: 'en',
    doc: 'Language of messages to customers whose language is unknown. Shipped: en, de, hi.',
  },
  NOTIFICATION_SERVICE_URL: {
    parser: serviceUrl,
    doc: 'Base URL of the notification service. Unset: no notifications.',
  },
  SERVICE_TIMEOUT_MS: {
    parser: whole(10, 60_000),
    default: '3000',
    doc: 'Time limit of one call to these services, in milliseconds.',
  },
  SERVICE_API_KEY: { parser: text(), secret: true, doc: 'Sent to these services as X-API-Key. Unset: not sent.' },
  SERVICE_TOKEN: {
    parser: text(),
    secret: true,
    doc: 'Sent to these services as a bearer token. Unset: not sent.',
  },
  WEBHOOK_ALLOW_PRIVATE: {
    parser: flag,
    default: 'false',
    doc: 'Whether webhooks may go to private networks, and over plain HTTP to this machine. For trials only.',
  },
  REQUIRE_FULL_ADDRESS: { parser: flag, default: 'false', doc: 'Whether an address must have all seven fields.' },
  REQUIRE_CANCEL_REASON: { parser: flag, default: 'false', doc: 'Whether a cancellation needs a reason.' },
} as const satisfies Record<string, Variable>;

export type VariableName = keyof typeof VARIABLES;

type Parsed<V> = V extends { readonly parser: Parser<infer T> } ? T : never;

/** The values of all variables. A variable with a default is never undefined. */
export type Values = {
  readonly [N in VariableName]:
    | Parsed<(typeof VARIABLES)[N]>
    | ((typeof VARIABLES)[N] extends { readonly default: string } ? never : undefined);
};
