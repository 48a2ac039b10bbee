import type { Logger } from 'pino';
import type { Position } from '../../event-store/port.ts';
import type { Authenticate } from './auth/authenticate.ts';
import type { SpendRate } from './limits/rate-limits.ts';
import type { KeyStore } from '../../platform/idempotency-keys.ts';

/** Waits until read models include a position. False: not within the time. */
export type WaitForReadModels = (names: readonly string[], position: Position, timeoutMs: number) => Promise<boolean>;

/** A request that was answered. */
export type ServedRequest = {
  readonly method: string;
  /** The operation's name; undefined where nothing is served. */
  readonly route: string | undefined;
  readonly status: number;
  readonly seconds: number;
};

/** The dependencies of every route. */
export type KernelDeps = {
  /** Called after every answered request. Default: nothing is called. */
  readonly observe?: (request: ServedRequest) => void;
  readonly logger: Logger;
  readonly authenticate: Authenticate;
  /** Default: no limits. */
  readonly spendRate?: SpendRate;
  readonly keys: KeyStore;
  readonly waitForReadModels: WaitForReadModels;
  /** Origins whose pages may call. Default: none. */
  readonly corsOrigins?: readonly string[];
  /** Whether the server is overloaded: then requests that can wait are rejected. Default: never. */
  /** Addresses and CIDR ranges of proxies that say whose request they pass on. Default: none. */
  readonly trustedProxies?: readonly string[];
  readonly isOverloaded?: () => boolean;
  /** How long an answer may take, in milliseconds. Default 35 000, longer than a slow body may. */
  readonly timeLimitMs?: number;
  /** Default: the system clock. */
  readonly now?: () => Date;
  /** Largest body in bytes. Default 1 MiB. */
  readonly maxBodyBytes?: number;
  /** How long a repeated request waits for the first, in milliseconds. Default 5000. */
  readonly idempotencyWaitMs?: number;
  /** Currency of amounts in bodies that name none, e.g. `USD`. */
  readonly defaultCurrency: string;
};
