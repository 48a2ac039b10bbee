import type { Knex } from 'knex';
import { type Authenticate, createAuthenticate } from '../../../http/server/auth/authenticate.ts';
import type { KernelDeps, WaitForReadModels } from '../../../http/server/deps.ts';
import { createSpendRate } from '../../../http/server/limits/rate-limits.ts';
import { slowFailures } from '../../../http/server/limits/slow-failures.ts';
import { findApiKey } from '../../../platform/api-keys.ts';
import { createKeyStore } from '../../../platform/idempotency-keys.ts';
import { createLimiter, type Limiter } from '../../../platform/rate-limiter.ts';
import { createWaitForPosition } from '../../../projections/engine/index.ts';
import type { ConnectOptions } from './options.ts';

/** Counts a minute's requests of one kind, in this process or together with the others. */
export const limiterOf = ({ db, sharedRates = false }: ConnectOptions, kind: string, limit: number): Limiter =>
  createLimiter({ kind, limit, db: sharedRates ? db : undefined });

const authenticateOf = (options: ConnectOptions): Authenticate => {
  const { db, authMode, tokens, rateLimits } = options;
  const authenticate = createAuthenticate(authMode, tokens, {
    findApiKey: (key) => findApiKey(db, key, new Date()),
    origins: options.corsOrigins ?? [],
  });
  if (rateLimits === undefined || rateLimits.auth === 0) return authenticate;
  return slowFailures(authenticate, rateLimits.auth);
};

/** Waits for the checkpoints that the projectors move with their rows; all requests share one look. */
const waitForReadModelsOf = (db: Knex): WaitForReadModels => {
  const waitForPosition = createWaitForPosition(db);
  return async (names, position, timeoutMs) => {
    const reached = await Promise.all(names.map((name) => waitForPosition(name, position, timeoutMs)));
    return reached.every(Boolean);
  };
};

/** What every request passes through. */
export const kernelDeps = (options: ConnectOptions): KernelDeps => {
  const { db, rateLimits, isOverloaded } = options;
  return {
    logger: options.logger,
    authenticate: authenticateOf(options),
    ...(rateLimits !== undefined && {
      spendRate: createSpendRate(rateLimits, (kind, limit) => limiterOf(options, kind, limit)),
    }),
    keys: createKeyStore({ db, hours: options.idempotencyHours }),
    waitForReadModels: waitForReadModelsOf(db),
    maxBodyBytes: options.maxBodyBytes,
    corsOrigins: options.corsOrigins ?? [],
    trustedProxies: options.trustedProxies ?? [],
    ...(isOverloaded !== undefined && { isOverloaded }),
    defaultCurrency: options.defaultCurrency,
  };
};
