import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Binaries } from './binaries.ts';
import { isAlive, isKnown, isPostgresOf, processesIn, sendSignal } from './processes.ts';
import { environment, type RunAs } from './run-as.ts';

export type ServerOptions = {
  readonly dataDir: string;
  readonly clusterFolder: string;
  readonly binaries: Binaries;
  readonly runAs: RunAs;
  readonly port: number;
  /** More `-c name=value` for PostgreSQL. Default none. */
  readonly settings?: Readonly<Record<string, string>>;
};

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  shared_buffers: '96MB',
  // Twice what all roles open at most: after a kill the server keeps the old connections for a moment beside the new ones.
  max_connections: '200',
  max_wal_size: '512MB',
  min_wal_size: '64MB',
  // After a kill everything is flushed once: one call for the file system instead of one for each of a thousand files.
  ...(process.platform === 'linux' ? { recovery_init_sync_method: 'syncfs' } : {}),
  timezone: 'UTC',
  log_timezone: 'UTC',
  // The statements and details of SQL errors carry personal data, so errors of clients are the clients' to log.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
} as const;

const LOG_LIMIT = 4 * 1024 * 1024;
const logFile = (dataDir: string): string => join(dataDir, 'postgres.log');

const openLog = (dataDir: string): number => {
  const path = logFile(dataDir);
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LOG_LIMIT) renameSync(path, `${path}.1`);
  return openSync(path, 'a', 0o600);
};

/** The last thing PostgreSQL complained about, for the one line that a failed start ends with. */
export const lastComplaint = (dataDir: string): string => {
  const lines = readFileSync(logFile(dataDir), 'utf8').trimEnd().split('\n');
  const complaint = lines.reverse().find((line) => /FATAL|PANIC|error while loading/.test(line)) ?? lines[0] ?? '';
  return complaint.replace(/^.*?(FATAL|PANIC):\s*/, '');
};

export const spawnServer = (options: ServerOptions): ChildProcess => {
  const { dataDir, clusterFolder, binaries, runAs, port } = options;
  const settings = Object.entries({ ...SETTINGS, ...options.settings, port: String(port) });
  const [command, ...args] = [...runAs.prefix, binaries.postgres, '-D', clusterFolder];
  const log = openLog(dataDir);
  const server = spawn(command, [...args, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])], {
    env: environment(binaries),
    cwd: clusterFolder,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  return server;
};

type PidFile = { readonly pid: number; readonly ready: boolean };

const readPidFile = (clusterFolder: string): PidFile | undefined => {
  try {
    const lines = readFileSync(join(clusterFolder, 'postmaster.pid'), 'utf8').split('\n');
    const pid = Number(lines[0]);
    return pid > 0 ? { pid, ready: lines[7]?.trim() === 'ready' } : undefined;
  } catch {
    return undefined;
  }
};

/** Waits until the server takes connections; false when it ended instead. */
export const becameReady = async (server: ChildProcess, clusterFolder: string): Promise<boolean> => {
  for (;;) {
    if (server.exitCode !== null || server.signalCode !== null || server.pid === undefined) return false;
    const file = readPidFile(clusterFolder);
    if (file?.pid === server.pid && file.ready) return true;
    await delay(10);
  }
};

const goneWithin = async (gone: () => boolean, ms: number): Promise<boolean> => {
  const deadline = Date.now() + ms;
  while (!gone()) {
    if (Date.now() >= deadline) return false;
    await delay(10);
  }
  return true;
};

/** Fast shutdown first; a server that cannot is ended harder, and recovers from its log at the next start. */
export const stopServer = async (pid: number): Promise<void> => {
  for (const [signal, ms] of [
    ['SIGINT', 10_000],
    ['SIGQUIT', 3_000],
    ['SIGKILL', 1_000],
  ] as const) {
    sendSignal(pid, signal);
    if (await goneWithin(() => !isAlive(pid), ms)) return;
  }
};

/**
 * Makes the folder startable again, whatever was killed before: stops a server without a keeper, ends the children of one
 * that was killed (they hold its shared memory, and PostgreSQL does not start beside them), and removes a pid file
 * whose id now belongs to another process.
 */
export const clearFolder = async (clusterFolder: string): Promise<void> => {
  const left = readPidFile(clusterFolder);
  if (left !== undefined && isPostgresOf(left.pid, clusterFolder)) await stopServer(left.pid);
  for (const pid of processesIn(clusterFolder)) sendSignal(pid, 'SIGKILL');
  await goneWithin(() => processesIn(clusterFolder).length === 0, 5_000);
  const stale = readPidFile(clusterFolder);
  if (
    process.platform === 'linux' &&
    stale !== undefined &&
    isKnown(stale.pid) &&
    !isPostgresOf(stale.pid, clusterFolder)
  )
    rmSync(join(clusterFolder, 'postmaster.pid'), { force: true });
};
