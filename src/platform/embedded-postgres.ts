import { fork, type ChildProcess } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readAccess, urlOf } from './embedded-postgres/cluster.ts';
import { answers } from './embedded-postgres/connection.ts';
import { EmbeddedPostgresFailure } from './embedded-postgres/failure.ts';
import { makeFolder } from './make-folder.ts';
import { findHolder } from './embedded-postgres/folder-lock.ts';
import type { FromKeeper, KeeperOptions, ToKeeper } from './embedded-postgres/keeper-channel.ts';
import { ownProgram } from './own-files.ts';

export { EmbeddedPostgresFailure } from './embedded-postgres/failure.ts';

export type EmbeddedPostgresOptions = {
  /** Folder of the cluster, its port and its password; made when missing. */
  readonly dataDir: string;
  /** How long a predecessor may take to give up the folder, in milliseconds. Default 15000. */
  readonly waitMs?: number;
  /** More settings for PostgreSQL. Default none: durable and modest. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Called with one sentence whenever PostgreSQL or its keeper died and is started again. Default: nothing is called. */
  readonly onRestart?: (reason: string) => void;
};

export type EmbeddedPostgres = {
  /** Connection string of the database `waybill`; the same for as long as this runs. */
  readonly url: string;
  /** The keeper now, and the server it last reported: for health and for fault injection. */
  readonly pids: () => { readonly keeper: number | undefined; readonly server: number | undefined };
  /** Stops PostgreSQL and resolves when it has ended. Close every pool first. */
  readonly stop: () => Promise<void>;
};

const KEEPER_RETRY_MS = 200;

const keeperFile = ownProgram('platform/embedded-postgres/keeper');

const forkKeeper = (options: KeeperOptions): ChildProcess =>
  fork(keeperFile, [JSON.stringify(options)], { detached: true, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });

const ended = (keeper: ChildProcess): boolean => keeper.exitCode !== null || keeper.signalCode !== null;

const exitOf = async (keeper: ChildProcess): Promise<void> =>
  ended(keeper) ? undefined : new Promise((resolveExit) => keeper.once('exit', () => resolveExit()));

type Ready = Extract<FromKeeper, { type: 'ready' }>;

/** Forks a keeper and waits until its server answers; rejects with the keeper's own reason. */
const startKeeper = async (options: KeeperOptions, keeper: ChildProcess): Promise<Ready> =>
  new Promise((resolveReady, reject) => {
    keeper.on('message', (message: FromKeeper) => {
      if (message.type === 'ready') resolveReady(message);
      if (message.type === 'failed') reject(new EmbeddedPostgresFailure(message.reason));
    });
    keeper.once('error', reject);
    keeper.once('exit', (code, signal) =>
      reject(new EmbeddedPostgresFailure(`the keeper of ${options.dataDir} ended with ${signal ?? `code ${code}`}`)),
    );
  });

/**
 * Starts the PostgreSQL of the data folder under a keeper. It ends with this process, however this process ends, and
 * is started again, on the same port, within a second of dying itself.
 */
export const startEmbeddedPostgres = async ({
  dataDir,
  waitMs = 15_000,
  settings = {},
  onRestart = () => undefined,
}: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> => {
  const base: KeeperOptions = { dataDir: resolve(dataDir), waitMs, settings };
  let stopping = false;
  let serverPid: number | undefined;

  const watch = (keeper: ChildProcess): void => {
    keeper.on('message', (message: FromKeeper) => {
      if (message.type === 'ready') serverPid = message.serverPid;
      if (message.type === 'restarting') onRestart(message.reason);
    });
  };

  let keeper = forkKeeper(base);
  watch(keeper);
  const { url, port } = await startKeeper(base, keeper);

  const revive = async (): Promise<void> => {
    while (!stopping) {
      const options = { ...base, port };
      keeper = forkKeeper(options);
      watch(keeper);
      try {
        await startKeeper(options, keeper);
        guard();
        return;
      } catch (error) {
        onRestart(error instanceof Error ? error.message : String(error));
        await exitOf(keeper);
        await delay(KEEPER_RETRY_MS);
      }
    }
  };
  const guard = (): void => {
    keeper.once('exit', () => {
      if (stopping) return;
      onRestart('the keeper of PostgreSQL died');
      void revive();
    });
  };
  guard();

  return {
    url,
    pids: () => ({ keeper: keeper.pid, server: serverPid }),
    stop: async () => {
      stopping = true;
      if (keeper.connected) keeper.send({ type: 'stop' } satisfies ToKeeper, () => undefined);
      await exitOf(keeper);
    },
  };
};

/** The address of the data folder's PostgreSQL if one is running there now. */
const findRunning = async (dataDir: string): Promise<string | undefined> => {
  const access = await readAccess(dataDir);
  if (access === undefined || (await findHolder(dataDir)) === undefined) return undefined;
  const url = urlOf(access);
  return (await answers(url)) ? url : undefined;
};

/** For commands beside `start`: works on the data folder's running PostgreSQL, or on one started just for this. */
export const useEmbeddedPostgres = async <T>(
  options: EmbeddedPostgresOptions,
  work: (url: string) => Promise<T>,
): Promise<T> => {
  makeFolder(options.dataDir);
  const dataDir = await realpath(options.dataDir);
  const running = await findRunning(dataDir);
  if (running !== undefined) return work(running);
  const own = await startEmbeddedPostgres({ ...options, dataDir });
  try {
    return await work(own.url);
  } finally {
    await own.stop();
  }
};
