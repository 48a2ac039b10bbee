import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAll } from '../../app/start-all.ts';
import { loadConfig } from '../../config/index.ts';
import { mintToken } from '../../http/server/auth/tokens.ts';
import { roleOf } from '../../http/server/auth/roles.ts';
import { createProcessLogger } from '../../app/process-logger.ts';
import { startSandbox, type Sandbox } from '../sandbox/merchant-services.ts';
import { UsageError } from '../usage-error.ts';
import { runDemo, type DemoOptions } from './run-demo.ts';

type Service = Pick<DemoOptions, 'baseUrl' | 'token' | 'grocery'>;

const withFolder = async (work: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'waybill-demo-'));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const withSandbox = async (work: (sandbox: Sandbox) => Promise<void>): Promise<void> => {
  const sandbox = await startSandbox();
  try {
    await work(sandbox);
  } finally {
    await sandbox.stop();
  }
};

/** Payments and logins stay Waybill's own: the demo shows the books of the sandbox gateway and signs its own tokens. */
const variablesOf = ({ cart, product, customer, notification }: Sandbox): Readonly<Record<string, string>> => ({
  CART_SERVICE_URL: cart.url,
  PRODUCT_SERVICE_URL: product.url,
  CUSTOMER_SERVICE_URL: customer.url,
  NOTIFICATION_SERVICE_URL: notification.url,
});

/** Runs `work` on a complete Waybill with the embedded PostgreSQL, on a free port and in a temporary folder. */
const withTemporaryWaybill = (work: (service: Service) => Promise<void>): Promise<void> =>
  withFolder((dataDir) =>
    withSandbox(async (sandbox) => {
      const secret = randomBytes(32).toString('hex');
      const own = { DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'error', JWT_SECRET: secret };
      const config = loadConfig({ ...own, ...variablesOf(sandbox) });
      const running = await startAll(config, {
        logger: createProcessLogger({ level: config.logLevel, role: 'supervisor' }),
      });
      try {
        await work({
          baseUrl: running.address,
          token: ({ role, ...claims }) => mintToken({ secret }, { ...claims, role: roleOf(role) ?? 'customer' }),
          grocery: sandbox,
        });
      } finally {
        await running.stop();
      }
    }),
  );

const OUTPUT = 'demo-output';

/** `demo`: see `runDemo`. Its PDFs stay in `./demo-output`. */
export const demoCommand = async (print: (line: string) => void): Promise<void> => {
  await mkdir(OUTPUT, { recursive: true }).catch(() => {
    throw new UsageError(`./${OUTPUT}, where the demo writes its PDFs, cannot be made. Is a file of that name here?`);
  });
  await withTemporaryWaybill(async (service) => {
    print(`Waybill runs on ${service.baseUrl} until the demo ends.\n`);
    await runDemo({ ...service, outputFolder: OUTPUT, print });
  });
};
