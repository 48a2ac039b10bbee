import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../config.ts';
import { mintToken } from '../../http/auth/tokens.ts';
import { roleOf } from '../../http/auth/roles.ts';
import { createLogger } from '../../platform/logging.ts';
import { runDemo, type DemoOptions } from './run-demo.ts';
import { startAll } from '../start.ts';

/** Runs `work` on a complete Waybill on the embedded default, on a free port in a temporary folder, gone afterwards. */
const withTemporaryWaybill = async (
  work: (service: Pick<DemoOptions, 'baseUrl' | 'token'>) => Promise<void>,
): Promise<void> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'waybill-demo-'));
  try {
    const secret = randomBytes(32).toString('hex');
    const config = loadConfig({ DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'error', JWT_SECRET: secret });
    const running = await startAll(config, { logger: createLogger({ level: config.logLevel, role: 'supervisor' }) });
    try {
      await work({
        baseUrl: running.address,
        token: ({ role, ...claims }) => mintToken({ secret }, { ...claims, role: roleOf(role) ?? 'customer' }),
      });
    } finally {
      await running.stop();
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
};

/** `demo`: see `runDemo`. Its PDFs stay in `./demo-output`. */
export const demoCommand = (print: (line: string) => void): Promise<void> =>
  withTemporaryWaybill(async (service) => {
    print(`Waybill runs on ${service.baseUrl} until the demo ends.\n`);
    await runDemo({ ...service, outputFolder: 'demo-output', print });
  });
