/**
 * The keeper: a process between the supervisor and PostgreSQL, in a process group of its own, so that a Ctrl-C in the
 * terminal reaches neither of them. It starts PostgreSQL, starts it again when it dies, and stops it on request or
 * when the supervisor is gone, which it learns from the closed channel however the supervisor died.
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { realpath } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { findBinaries } from './binaries.ts';
import { clusterFolderOf, ensureCluster, settlePort, urlOf, type Access } from './cluster.ts';
import { ensureDatabase } from './connection.ts';
import { unavailable } from './failure.ts';
import { lockFolder } from './folder-lock.ts';
import { makeFolder } from '../make-folder.ts';
import type { FromKeeper, KeeperOptions } from './keeper-channel.ts';
import { chooseRunAs, handOver } from './run-as.ts';
import { becameReady, clearFolder, lastComplaint, spawnServer, stopServer, type ServerOptions } from './server.ts';

const RETRY_MS = 100;
const ATTEMPTS = 5;
const TRANSIENT = /lock file|shared memory|starting up|shutting down/;

const ended = new AbortController();
const hasEnded = (): boolean => ended.signal.aborted;

const tell = (message: FromKeeper): void => {
  if (process.connected) process.send?.(message, () => undefined);
};

/** Starts the server; tries again while only the traces of a killed predecessor are in the way. */
const startServer = async (options: ServerOptions, timeoutMs: number): Promise<ChildProcess | undefined> => {
  const deadline = Date.now() + timeoutMs;
  for (let attempt = 1; !ended.signal.aborted; attempt += 1) {
    await clearFolder(options.clusterFolder);
    const server = spawnServer(options);
    server.once('error', () => undefined);
    if (await becameReady(server, options.clusterFolder)) return server;
    const complaint = lastComplaint(options.dataDir);
    if (attempt >= ATTEMPTS && (Date.now() >= deadline || !TRANSIENT.test(complaint))) throw unavailable(complaint);
    await delay(RETRY_MS);
  }
  return undefined;
};

/** Serves until the supervisor ends it; a server that dies is started again on the same port. */
const keep = async (options: ServerOptions, access: Access): Promise<void> => {
  let server = await startServer(options, 15_000);
  if (server !== undefined) await ensureDatabase(access);
  while (server?.pid !== undefined) {
    tell({ type: 'ready', url: urlOf(access), port: access.port, serverPid: server.pid });
    await lifeOf(server);
    if (hasEnded()) break;
    tell({ type: 'restarting', reason: `PostgreSQL ended with ${server.signalCode ?? `code ${server.exitCode}`}` });
    server = await startServer(options, Number.POSITIVE_INFINITY);
  }
  if (server?.pid !== undefined && server.exitCode === null && server.signalCode === null) await stopServer(server.pid);
};

/** Until the server has ended, or has to. */
const lifeOf = async (server: ChildProcess): Promise<void> => {
  if (server.exitCode !== null || server.signalCode !== null) return;
  await once(server, 'exit', { signal: ended.signal }).catch(() => undefined);
};

const serve = async ({ dataDir: wanted, waitMs, port, settings }: KeeperOptions): Promise<void> => {
  makeFolder(wanted);
  // Processes are recognised by the folder they work in, which the kernel names without links.
  const dataDir = await realpath(wanted);
  const unlock = await lockFolder(dataDir, waitMs, ended.signal);
  try {
    const clusterFolder = clusterFolderOf(dataDir);
    const binaries = await findBinaries(dataDir);
    const runAs = await chooseRunAs(binaries, clusterFolder);
    const known = await ensureCluster(dataDir, binaries, runAs);
    await handOver(runAs, clusterFolder);
    await clearFolder(clusterFolder);
    const access = port === undefined ? await settlePort(dataDir, known) : { ...known, port };
    const options = { dataDir, clusterFolder, binaries, runAs, port: access.port };
    await keep(settings === undefined ? options : { ...options, settings }, access);
  } finally {
    await unlock();
  }
};

// A service manager signals every process it started. The keeper goes after the supervisor, never before.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.once('disconnect', () => ended.abort());
process.once('message', () => ended.abort());
if (!process.connected) ended.abort(); // gone while this file was being loaded

try {
  await serve(JSON.parse(process.argv[2] ?? '{}') as KeeperOptions);
} catch (error) {
  if (!ended.signal.aborted) tell({ type: 'failed', reason: error instanceof Error ? error.message : String(error) });
}
if (process.connected) process.disconnect();
