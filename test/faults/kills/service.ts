import { randomBytes } from 'node:crypto';
import { newSigningKey } from '../../support/signing-key.ts';
import { mintToken } from '../../../src/http/server/auth/tokens.ts';
import { readAccess, urlOf } from '../../../src/platform/embedded-postgres/cluster.ts';
import { sendSignal } from '../../../src/platform/embedded-postgres/processes.ts';
import { openTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';
import { startMachine, type Machine } from './machine.ts';

export type Service = {
  /** The first one runs PostgreSQL; the second one uses it. */
  readonly machines: readonly [Machine, Machine];
  readonly url: string;
  /** Between the second machine and PostgreSQL. */
  readonly line: TcpProxy;
  readonly masterKey: Buffer;
  /** An admin's. */
  readonly token: string;
  readonly customerToken: string;
  readonly dataDir: string;
};

/** Starts two machines on one embedded PostgreSQL, each with an API, a projector and a worker. */
export const startService = async (dataDir: string): Promise<Service> => {
  const masterKey = randomBytes(32);
  const secret = randomBytes(32).toString('base64url');
  const env = {
    DATA_DIR: dataDir,
    JWT_SECRET: secret,
    MASTER_KEY: masterKey.toString('base64'),
    LOG_KEY: newSigningKey().toString('base64'),
    LOG_COSIGN_KEY: newSigningKey().toString('base64'),
  };
  const first = await startMachine(env);
  let line: TcpProxy | undefined;
  try {
    const access = await readAccess(dataDir);
    if (access === undefined) throw new Error('the data folder does not say where PostgreSQL is');
    const url = urlOf(access);
    const through = new URL(url);
    line = await openTcpProxy(Number(through.port));
    through.port = String(line.port);
    const second = await startMachine({ ...env, DATABASE_URL: through.href });
    const token = await mintToken({ secret }, { role: 'admin' });
    const customerToken = await mintToken({ secret }, { sub: 'c-stocked', role: 'customer' });
    return { machines: [first, second], url, line, masterKey, token, customerToken, dataDir };
  } catch (error) {
    sendSignal(first.supervisor, 'SIGKILL');
    await line?.close();
    throw error;
  }
};
