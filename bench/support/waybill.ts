import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { mintToken, type TokenRequest } from '../../src/http/server/auth/tokens.ts';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const LIMIT_MS = 30_000;
const LISTENS = /listens on (\S+)/;

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

const endOf = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null) resolve();
    else child.once('exit', () => resolve());
  });

const addressIn = async (logFile: string, child: ChildProcess): Promise<string> => {
  const until = Date.now() + LIMIT_MS;
  while (Date.now() < until) {
    const text = await readFile(logFile, 'utf8');
    const address = LISTENS.exec(text)?.[1];
    if (address !== undefined) return address;
    if (child.exitCode !== null) throw new Error(`Waybill did not start:\n${text}`);
    await pause(5);
  }
  throw new Error(`Waybill did not listen within ${LIMIT_MS / 1000} s`);
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
  if (!existsSync(MAIN)) throw new Error('dist/ is missing: npm run build');
  const folder = await mkdtemp(join(tmpdir(), 'waybill-bench-log-'));
  const logFile = join(folder, 'log');
  const log = await open(logFile, 'a');
  const secret = randomBytes(32).toString('hex');
  const masterKey = randomBytes(32);
  const started = performance.now();
  const child = spawn(process.execPath, [MAIN, 'start', ...roles], {
    stdio: ['ignore', log.fd, log.fd],
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
  const address = await addressIn(logFile, child);
  const readyMs = performance.now() - started;
  await log.close();
  if (child.pid === undefined) throw new Error('a process that answers has an id');
  return {
    url: `${address}/api/v1`,
    masterKey,
    token: (request) => mintToken({ secret }, request),
    pid: child.pid,
    readyMs,
    stop: async () => {
      child.kill('SIGTERM');
      await endOf(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
};
