import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { sendSignal } from '../../../src/platform/embedded-postgres/processes.ts';
import { eventually } from '../../support/eventually.ts';
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

export type MachineOptions = {
  /** The file that `node` runs: `dist/main.js`, or the source. */
  readonly program: string;
  /** Beside the environment of this process. */
  readonly env: Readonly<Record<string, string>>;
};

/** Starts all roles on a free port, in a process group of its own as in a terminal; resolves once the API listens. */
export const startMachine = async ({ program, env }: MachineOptions): Promise<Machine> => {
  const startedAt = Date.now();
  const loader = program.endsWith('.ts') ? process.execArgv : [];
  const child = spawn(process.execPath, [...loader, program, 'start'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    // A developer's own settings must not apply here.
    env: { ...process.env, DATABASE_URL: '', EVENTSTORE_URL: '', PORT: '0', LOG_LEVEL: 'info', ...env },
  });
  const pids = new Map<Role, number>();
  const problems = createLogProblems();
  let address = '';
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = parse(text);
    if (line?.started !== undefined && line.child_pid !== undefined) pids.set(line.started, line.child_pid);
    if (line !== undefined) problems.note(text, line);
    address = /^Waybill listens on (\S+)/.exec(text)?.[1] ?? address;
  });
  createInterface({ input: child.stderr }).on('line', (text) => problems.note(text, undefined));
  const end = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  let hasEnded = false;
  void end.then(() => (hasEnded = true));
  await eventually('the API listens', () => address !== '' || hasEnded, { within: 120_000 });
  if (address === '' || child.pid === undefined)
    throw new Error(`Waybill did not start:\n${problems.lines().join('\n')}`);
  return {
    address,
    supervisor: child.pid,
    pid: (role) => pids.get(role) ?? 0,
    startMs: Date.now() - startedAt,
    problems,
    end,
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
