import { sendSignal } from '../../../src/platform/embedded-postgres/processes.ts';
import { startMain } from '../../support/main-process.ts';
import { createLogProblems, type LogProblems } from './log-problems.ts';

export const ROLES = ['api', 'projector', 'worker'] as const;
export type Role = (typeof ROLES)[number];

/** A supervisor and its roles, as `npm start` runs them. */
export type Machine = {
  /** Of its API, e.g. `http://127.0.0.1:41873`. */
  readonly address: string;
  readonly supervisor: number;
  /** Id of the role's present process, or of its last one. */
  readonly pid: (role: Role) => number;
  /** Time from the start until it listened, milliseconds. */
  readonly startMs: number;
  readonly problems: LogProblems;
  /** Resolves with the exit code of the supervisor, null where a signal ended it. */
  readonly end: Promise<number | null>;
};

type LogLine = { readonly level?: string; readonly msg?: string; readonly started?: Role; readonly child_pid?: number };

const parse = (line: string): LogLine | undefined => {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return undefined;
  }
};

/**
 * Starts all roles on a free port, with these variables beside the environment of this process; resolves once the API
 * listens.
 */
export const startMachine = async (env: Readonly<Record<string, string>>): Promise<Machine> => {
  const startedAt = Date.now();
  const pids = new Map<Role, number>();
  const problems = createLogProblems();
  const main = await startMain(['start'], {
    // A developer's own settings must not apply here.
    env: { ...process.env, DATABASE_URL: '', EVENTSTORE_URL: '', PORT: '0', LOG_LEVEL: 'info', ...env },
    onLine: (text, stream) => {
      const line = stream === 'out' ? parse(text) : undefined;
      if (line?.started !== undefined && line.child_pid !== undefined) pids.set(line.started, line.child_pid);
      if (line !== undefined || stream === 'err') problems.note(text, line);
    },
  });
  return {
    address: await main.listens(),
    supervisor: main.pid,
    pid: (role) => pids.get(role) ?? 0,
    startMs: Date.now() - startedAt,
    problems,
    end: main.exited,
  };
};

/** Stops the machine with SIGTERM and resolves with its exit code. */
export const stopMachine = ({ supervisor, end }: Machine): Promise<number | null> => {
  sendSignal(supervisor, 'SIGTERM');
  return end;
};

/** Duration of a start on existing data, milliseconds, on an idle machine. */
const USUAL_START_MS = 3_000;

/** Factor for time limits on a busy machine: how many times longer than usual the start took. */
export const slownessOf = ({ startMs }: Machine): number => Math.max(1, startMs / USUAL_START_MS);
