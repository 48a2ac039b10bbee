import type { Knex } from 'knex';
import type { Logger } from 'pino';
import type {
  Handle,
  OrderCommands,
  OrderMoneyCommands,
  PaymentCommands,
  ReadStream,
  ReturnCommands,
  StoreCreditCommands,
} from '../../../commands/index.ts';
import type { OrderSettings } from '../../../domain/order/index.ts';
import type { Numbering } from '../../../audit/index.ts';
import type { Codec } from '../../../event-store/codec.ts';
import type { EventStore } from '../../../event-store/port.ts';
import type { TokenTrust } from '../../../http/server/auth/tokens.ts';
import type { DataKeys } from '../../../platform/data-keys.ts';
import type { KernelDeps } from '../../../http/server/deps.ts';
import type { RateLimits } from '../../../http/server/limits/rate-limits.ts';
import type { TrackerOptions } from '../../../http/tracking/tracker.ts';
import type { CheckMail, Devices, Messages, Outbox } from '../../../notifications/index.ts';
import type { WebhookSecrets } from '../../../webhooks/index.ts';
import type { CheckoutFeature } from '../checkout.ts';
import type { PrivacySettings } from '../privacy.ts';

/** What the API is composed of: the write side, the stores, and its settings. */
export type ConnectOptions = {
  readonly db: Knex;
  /** Where exports are read, so that slow readers hold no connection of `db`. Default `db`. */
  readonly exportDb?: Knex;
  readonly store: EventStore;
  /** Events of other applications that this process has skipped. Undefined: the log has no others. */
  readonly foreignEvents?: () => number;
  /** How the store numbers its events. Default: positions, as PostgreSQL does. */
  readonly numbering?: Numbering;
  readonly codec: Codec;
  readonly dataKeys: DataKeys;
  readonly handle: Handle;
  readonly readStream: ReadStream;
  readonly orders: OrderCommands;
  readonly orderMoney: OrderMoneyCommands;
  readonly payments: PaymentCommands;
  readonly storeCredit: StoreCreditCommands;
  readonly returns: ReturnCommands;
  readonly checkout: CheckoutFeature;
  readonly messages: Messages;
  readonly outbox: Pick<Outbox, 'position'>;
  readonly devices: Devices;
  readonly orderSettings: OrderSettings;
  readonly logger: Logger;
  readonly tokens: TokenTrust;
  /** `off`: every caller is an admin. */
  readonly authMode: 'jwt' | 'off';
  /** How long the answer to an idempotency key is kept. */
  readonly idempotencyHours: number;
  readonly defaultCurrency: string;
  /** Whose books reconciliation reads; those of an `http` gateway cannot be read. Default sandbox. */
  readonly paymentGateway?: 'sandbox' | 'http';
  /** IANA name: a date in a filter is a day there. Default UTC. */
  readonly businessTimeZone?: string;
  /** Bytes. */
  readonly maxBodyBytes: number;
  /** Default: no limits. */
  readonly rateLimits?: RateLimits;
  /** Positions a minute, courier and order. Default 0: no limit. */
  readonly positionsPerMinute?: number;
  /** Whether the processes of the API share what is counted. Default false. */
  readonly sharedRates?: boolean;
  /** Whether the server is overloaded. Default: never. */
  readonly isOverloaded?: () => boolean;
  /** Origins whose pages may call; `*` is any. Default: none. */
  readonly corsOrigins?: readonly string[];
  /** Addresses and CIDR ranges of proxies whose X-Forwarded-For is believed. Default: none. */
  readonly trustedProxies?: readonly string[];
  /** Bearer token that /metrics demands. Undefined: open. */
  readonly metricsToken: string | undefined;
  /** Whether an address must have all seven parts. */
  readonly requireFullAddress: boolean;
  /** Whether an id of a customer may be an e-mail address or a telephone number. Default false. */
  readonly customerIdMayBePersonal?: boolean;
  /** Checks where mail is sent. Default: mail is not checked. */
  readonly checkMail?: CheckMail;
  /** Most streams at once in this process. Default 5 000. */
  readonly maxStreams?: number;
  /** Further settings of live streams, for tests. */
  readonly tracking?: Partial<TrackerOptions>;
  /** How long `process` and `refund` wait for the outcome, in milliseconds. Default 5000. */
  readonly outcomeTimeoutMs?: number;
  /** 32 bytes. */
  readonly masterKey: Uint8Array;
  /** How customers are erased. Default: documents are kept for ten years, certificates are not signed. */
  readonly privacy?: PrivacySettings;
  readonly webhookSecrets: WebhookSecrets;
  /** Whether webhooks may go to private networks. Default false. */
  readonly webhookAllowPrivate?: boolean;
  /** Ends live streams. Default: never. */
  readonly signal?: AbortSignal;
  /** Whether anyone may read heads, tiles and proofs of the log. Default false. */
  readonly logPublic?: boolean;
  readonly version: string;
  /** Further settings of the kernel, for tests. */
  readonly kernel?: Partial<KernelDeps>;
};
