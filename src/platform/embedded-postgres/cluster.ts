import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Binaries } from './binaries.ts';
import { unavailable } from './failure.ts';
import { environment, handOver, type RunAs } from './run-as.ts';

const run = promisify(execFile);

export const SUPERUSER = 'waybill';
export const DATABASE = 'waybill';

/** The data that a client needs to reach the cluster; kept in the data folder, readable by its owner only. */
export type Access = { readonly port: number; readonly password: string };

export const clusterFolderOf = (dataDir: string): string => join(dataDir, 'postgres');
const accessFile = (dataDir: string): string => join(dataDir, 'postgres.json');

export const urlOf = ({ port, password }: Access, database: string = DATABASE): string =>
  `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/${database}`;

export const readAccess = async (dataDir: string): Promise<Access | undefined> => {
  try {
    return JSON.parse(await readFile(accessFile(dataDir), 'utf8')) as Access;
  } catch {
    return undefined;
  }
};

export const writeAccess = async (dataDir: string, access: Access): Promise<void> => {
  const draft = `${accessFile(dataDir)}.new`;
  await writeFile(draft, JSON.stringify(access), { mode: 0o600 });
  await rename(draft, accessFile(dataDir));
};

/** Asks the system for a port of the loopback interface that no process listens on; `wanted` 0 lets it choose. */
export const freePort = async (wanted = 0): Promise<number | undefined> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(wanted, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? address?.port : undefined));
    });
  });

/** The port on file if it can still be had, else another one, which is put on file. */
export const settlePort = async (dataDir: string, access: Access): Promise<Access> => {
  if ((await freePort(access.port)) !== undefined) return access;
  const port = await freePort();
  if (port === undefined) throw unavailable('no port of 127.0.0.1 is free');
  await writeAccess(dataDir, { ...access, port });
  return { ...access, port };
};

/** Greek and Cyrillic letters need a ctype that knows them; machines without one still get a working cluster. */
const LOCALES = ['C.UTF-8', 'en_US.UTF-8', 'C'];

const initdb = async (binaries: Binaries, runAs: RunAs, folder: string, passwordFile: string): Promise<void> => {
  const options = ['--username', SUPERUSER, '--pwfile', passwordFile, '--auth', 'scram-sha-256', '--encoding', 'UTF8'];
  const provider = ['--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'];
  let failure: unknown;
  for (const locale of LOCALES) {
    const locales = [...provider, '--locale', locale, '--lc-messages', 'C'];
    const [command = '', ...args] = [...runAs.prefix, binaries.initdb, '-D', folder, ...options, ...locales];
    try {
      await run(command, args, { env: environment(binaries), cwd: folder });
      return;
    } catch (error) {
      failure = error;
    }
  }
  throw unavailable(`initdb failed (${firstComplaint(failure)})`);
};

const firstComplaint = (failure: unknown): string => {
  const { stderr = '', message = '' } = failure as { stderr?: string; message?: string };
  const line =
    stderr.split('\n').find((each) => /error|FATAL|PANIC|not found|denied/.test(each)) ?? message.split('\n')[0];
  return (line ?? '').replace(/^.*?(error|FATAL|PANIC): */, '').trim();
};

const isCluster = async (folder: string): Promise<boolean> =>
  stat(join(folder, 'PG_VERSION')).then(
    () => true,
    () => false,
  );

const removeDrafts = async (dataDir: string): Promise<void> => {
  const drafts = (await readdir(dataDir)).filter((name) => name.startsWith('postgres.new-'));
  for (const name of drafts) await rm(join(dataDir, name), { recursive: true, force: true });
};

/**
 * Creates the cluster unless it is there. It is made aside and moved into place when complete, and its access file
 * is written before: a process that dies in between leaves either nothing or a whole cluster.
 */
export const ensureCluster = async (dataDir: string, binaries: Binaries, runAs: RunAs): Promise<Access> => {
  await removeDrafts(dataDir);
  const known = await readAccess(dataDir);
  const folder = clusterFolderOf(dataDir);
  if (await isCluster(folder)) {
    if (known !== undefined) return known;
    throw unavailable(`${folder} exists but its postgres.json is missing: put it back from your backup`);
  }
  const port = await freePort();
  if (port === undefined) throw unavailable('no port of 127.0.0.1 is free');
  const access: Access = { port, password: randomBytes(24).toString('base64url') };
  const workshop = await mkdtemp(join(dataDir, 'postgres.new-'));
  await mkdir(join(workshop, 'cluster'), { mode: 0o700 });
  await writeFile(join(workshop, 'password'), access.password, { mode: 0o600 });
  for (const name of ['.', 'cluster', 'password']) await handOver(runAs, join(workshop, name));
  await initdb(binaries, runAs, join(workshop, 'cluster'), join(workshop, 'password'));
  await writeAccess(dataDir, access);
  await rename(join(workshop, 'cluster'), folder);
  await rm(workshop, { recursive: true, force: true });
  return access;
};
