import { fork, type ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import type { FromRole, ToRole } from './role-channel.ts';

/** A role cannot start; the message is the role's own explanation. */
export class BootFailure extends Error {
  override readonly name = 'BootFailure';
}

export type SupervisorOptions<R extends string> = {
  /** They start together and stop one after the other, in this order. */
  readonly roles: readonly R[];
  /** Starts the role's process, with a channel to it: see `forkRole`. */
  readonly spawn: (role: R) => ChildProcess;
  /** How long a role may take to stop, in milliseconds; then it is killed. Default 15000. */
  readonly stopLimitMs?: number;
  /** A role that says nothing for so long is frozen: it is killed and started again. Milliseconds, default 20 000. */
  readonly silentMs?: number;
  /** Called whenever a role died, and is started again after this pause. Default: ignored. */
  readonly onRestart?: (role: R, reason: string, pauseMs: number) => void;
};

export type Supervisor<R extends string> = {
  /** Resolves when every role is ready, with the detail each reported; rejects with the first `BootFailure`. */
  readonly ready: Promise<ReadonlyMap<R, string>>;
  readonly pids: () => ReadonlyMap<R, number>;
  /** Stops the roles in order; another call waits for the same end. */
  readonly stop: () => Promise<void>;
};

/** Longest pause between two starts of a role that dies again and again: to start one takes half a second of processor time. */
const MAX_BACKOFF_MS = 10_000;
const FIRST_BACKOFF_MS = 100;
/** A role that served for so long does not die of its start. */
const STEADY_MS = 10_000;
/** A signal to the whole group reaches role and supervisor in any order. After this long it was meant for the role. */
const SIGNAL_GRACE_MS = 300;

/** Runs `file ...args role` as a child in this process group, by default with this environment. */
export const forkRole = (
  file: string,
  {
    role,
    args = [],
    env,
  }: { readonly role: string; readonly args?: readonly string[]; readonly env?: NodeJS.ProcessEnv },
): ChildProcess =>
  fork(file, [...args, role], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    ...(env === undefined ? {} : { env }),
  });

const hasEnded = (child: ChildProcess): boolean =>
  child.exitCode !== null || child.signalCode !== null || child.pid === undefined;

const endOf = async (child: ChildProcess): Promise<void> =>
  hasEnded(child) ? undefined : new Promise((resolve) => child.once('exit', () => resolve()));

const tellRole = (child: ChildProcess, message: ToRole): void => {
  if (child.connected) child.send(message, () => undefined);
};

const stopRole = async (child: ChildProcess, limitMs: number): Promise<void> => {
  tellRole(child, { type: 'stop' });
  const limit = setTimeout(() => child.kill('SIGKILL'), limitMs);
  await endOf(child);
  clearTimeout(limit);
};

/** So often it is looked whether a role has said something. */
const LOOKS = 10;

/** Kills a role that has begun to report and then says nothing. A frozen process takes no other signal. */
const watchSilence = (child: ChildProcess, silentMs: number, onSilent: () => void): void => {
  const everyMs = silentMs / LOOKS;
  let heardAt: number | undefined;
  let lookedAt = performance.now();
  child.on('message', () => (heardAt = performance.now()));
  const timer = setInterval(() => {
    const now = performance.now();
    // Late, the supervisor was frozen itself, and what the role said meanwhile is still to be read.
    if (now - lookedAt > 2 * everyMs && heardAt !== undefined) heardAt = now;
    lookedAt = now;
    if (heardAt === undefined || now - heardAt <= silentMs) return;
    onSilent();
    child.kill('SIGKILL');
  }, everyMs);
  child.once('exit', () => clearInterval(timer));
};

type Life = {
  /** From the moment it was ready, milliseconds; undefined if it never was. */
  readonly servedMs: number | undefined;
  readonly reason: string;
};

/** The pause before the next start, after a life that followed this pause. */
const pauseAfter = ({ servedMs = 0 }: Life, pauseMs: number): number =>
  servedMs >= STEADY_MS ? 0 : Math.min(MAX_BACKOFF_MS, Math.max(FIRST_BACKOFF_MS, pauseMs * 2));

/** Follows one process from its start to its end. */
const follow = async (
  child: ChildProcess,
  {
    silentMs,
    onReady,
    onSignalled,
  }: { readonly silentMs: number; readonly onReady: (detail: string) => void; readonly onSignalled: () => void },
): Promise<Life> => {
  let readyAt: number | undefined;
  let failure: string | undefined;
  watchSilence(child, silentMs, () => (failure = `was frozen: it did not report for ${silentMs / 1_000} s`));
  child.on('message', (message: FromRole) => {
    if (message.type === 'failed') failure = message.reason;
    if (message.type === 'signalled') onSignalled();
    if (message.type === 'ready') {
      readyAt = performance.now();
      onReady(message.detail);
    }
  });
  child.once('error', (error) => (failure = error.message));
  await endOf(child);
  return {
    servedMs: readyAt === undefined ? undefined : performance.now() - readyAt,
    reason: failure ?? `ended with ${child.signalCode ?? `code ${child.exitCode ?? 'none'}`}`,
  };
};

/**
 * Keeps one process per role alive. A role that dies after it served for a while is started again at once; one that dies
 * earlier, time after time, is started again after growing pauses. During the first start, a role that cannot start stops everything, and its
 * explanation is the failure.
 */
export const supervise = <R extends string>({
  roles,
  spawn,
  stopLimitMs = 15_000,
  silentMs = 20_000,
  onRestart = () => undefined,
}: SupervisorOptions<R>): Supervisor<R> => {
  const children = new Map<R, ChildProcess>();
  const details = new Map<R, string>();
  const stopping = new AbortController();
  const isStopping = (): boolean => stopping.signal.aborted;
  let stopped: Promise<void> | undefined;
  let settle: { readonly serve: () => void; readonly fail: (failure: BootFailure) => void };
  let firstStart = true;

  const stop = (): Promise<void> => {
    stopping.abort();
    return (stopped ??= (async () => {
      for (const role of roles) {
        const child = children.get(role);
        if (child !== undefined) await stopRole(child, stopLimitMs);
      }
    })());
  };

  const ready = new Promise<ReadonlyMap<R, string>>((resolve, reject) => {
    settle = { serve: () => resolve(details), fail: (failure) => void stop().then(() => reject(failure)) };
  });

  const markReady = (role: R, detail: string): void => {
    details.set(role, detail);
    if (details.size < roles.length || !firstStart) return;
    firstStart = false;
    settle.serve();
  };

  const start = (role: R): Promise<Life> => {
    const child = spawn(role);
    children.set(role, child);
    const onSignalled = (): void =>
      void delay(SIGNAL_GRACE_MS).then(() => (isStopping() ? undefined : tellRole(child, { type: 'stop' })));
    return follow(child, { silentMs, onReady: (detail) => markReady(role, detail), onSignalled });
  };

  const keepAlive = async (role: R): Promise<void> => {
    let pauseMs = 0;
    for (;;) {
      const life = await start(role);
      if (isStopping()) return;
      if (firstStart && life.servedMs === undefined) {
        settle.fail(new BootFailure(life.reason));
        return;
      }
      pauseMs = pauseAfter(life, pauseMs);
      onRestart(role, life.reason, pauseMs);
      await delay(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (isStopping()) return;
    }
  };

  for (const role of roles) void keepAlive(role);

  return {
    ready,
    pids: () => new Map([...children].flatMap(([role, { pid }]) => (pid === undefined ? [] : [[role, pid] as const]))),
    stop,
  };
};
