import { beginHeartbeat, isSupervised, notifySupervisor, type ToRole } from './role-channel.ts';

export type ShutdownOptions = {
  /** How long all steps together may take, in milliseconds; then the process ends regardless. Default 10000. */
  readonly limitMs?: number;
  /** Receives the error of a step that failed. Default: ignored. */
  readonly onProblem?: (problem: unknown) => void;
};

export type Shutdown = {
  /** Registers a step. Steps run in reverse order: the resource opened last is closed first. */
  readonly onShutdown: (step: () => void | Promise<void>) => void;
  /** Aborted as soon as the shutdown begins. */
  readonly signal: AbortSignal;
  /** Begins the shutdown, which ends the process. Further calls do nothing. Default code 0. */
  readonly begin: (code?: number) => void;
};

/** A role outlives its supervisor by at most a second. */
const ORPHAN_LIMIT_MS = 800;

const runSteps = async (
  steps: readonly (() => void | Promise<void>)[],
  onProblem: (problem: unknown) => void,
): Promise<boolean> => {
  let clean = true;
  for (const step of [...steps].reverse()) {
    try {
      await step();
    } catch (problem) {
      clean = false;
      onProblem(problem);
    }
  }
  return clean;
};

/**
 * Stops this process in order: on a signal or, under a supervisor, on its message. A Ctrl-C reaches every process of
 * the terminal; waiting for the supervisor's message keeps the roles from all stopping at once.
 */
export const createShutdown = ({ limitMs = 10_000, onProblem = () => undefined }: ShutdownOptions = {}): Shutdown => {
  const steps: (() => void | Promise<void>)[] = [];
  const beginning = new AbortController();

  const finish = (code: number): never => process.exit(code);
  const limit = (ms: number): void => void setTimeout(() => finish(1), ms);

  const begin = (code = 0): void => {
    if (beginning.signal.aborted) return;
    limit(limitMs);
    beginning.abort();
    void runSteps(steps, onProblem).then((clean) => finish(clean ? code : 1));
  };

  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(name, () => {
      if (isSupervised()) void notifySupervisor({ type: 'signalled' });
      else begin();
    });

  if (isSupervised()) {
    beginHeartbeat();
    const orphaned = (): void => {
      limit(ORPHAN_LIMIT_MS);
      begin();
    };
    process.on('message', (_stop: ToRole) => begin());
    process.once('disconnect', orphaned);
    if (!process.connected) orphaned();
  }

  return { onShutdown: (step) => void steps.push(step), signal: beginning.signal, begin };
};
