import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mintToken, type TokenRequest } from '../../src/http/server/auth/tokens.ts';
import { startMain } from '../../test/support/main-process.ts';

export type Waybill = {
  /** Below it are the paths of the API. */
  readonly url: string;
  readonly masterKey: Uint8Array;
  readonly token: (request: TokenRequest) => Promise<string>;
  /** The supervisor's process id: the roles are its children. */
  readonly pid: number;
  /** From its start until it said that it listens, milliseconds. */
  readonly readyMs: number;
  readonly stop: () => Promise<void>;
};

/**
 * Waybill as `npm start` runs it: supervisor and a process a role, compiled, logging into a file. All roles, unless
 * some are named.
 */
export const startWaybill = async (
  environment:
    | { readonly DATABASE_URL: string; readonly EVENTSTORE_URL?: string; readonly EVENTSTORE_PREFIX?: string }
    | { readonly DATA_DIR: string },
  ...roles: readonly ('api' | 'projector' | 'worker')[]
): Promise<Waybill> => {
  const folder = await mkdtemp(join(tmpdir(), 'waybill-bench-log-'));
  const secret = randomBytes(32).toString('hex');
  const masterKey = randomBytes(32);
  const started = performance.now();
  const main = await startMain(['start', ...roles], {
    logFile: join(folder, 'log'), // to read it would cost the load its time
    ownGroup: false,
    env: {
      PATH: process.env['PATH'],
      NODE_OPTIONS: process.env['WAYBILL_NODE_OPTIONS'], // to profile the roles
      PORT: '0',
      DATA_DIR: folder,
      JWT_SECRET: secret,
      MASTER_KEY: masterKey.toString('base64'),
      LOG_KEY: 'off',
      ...environment,
    },
  });
  const address = await main.listens();
  const readyMs = performance.now() - started;
  return {
    url: `${address}/api/v1`,
    masterKey,
    token: (request) => mintToken({ secret }, request),
    pid: main.pid,
    readyMs,
    stop: async () => {
      main.signal('SIGTERM');
      await main.exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
};
