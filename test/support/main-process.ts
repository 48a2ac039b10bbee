import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { compiledMain } from './compiled.ts';
import { eventually } from './eventually.ts';

export type MainOptions = {
  /** All that the process sees of the environment. */
  readonly env: NodeJS.ProcessEnv;
  /** Its working folder: `.env` is read there. Default: that of this process. */
  readonly cwd?: string;
  /** Takes all that it says, where this process has no time to read it meanwhile. */
  readonly logFile?: string;
  /** False: Ctrl-C in a terminal ends it together with this process. Default: it has a process group of its own. */
  readonly ownGroup?: boolean;
  /** Called for each line that it says, unless there is a log file. */
  readonly onLine?: (line: string, stream: 'out' | 'err') => void;
};

/** A process of the compiled program. */
export type MainProcess = {
  readonly pid: number;
  /** What it has said so far; with a log file, `out` has both. */
  readonly out: () => string;
  readonly err: () => string;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** The same to every process of its group, as a terminal does. */
  readonly signalGroup: (signal: NodeJS.Signals) => void;
  /** Resolves with the exit code as soon as it has ended, null where a signal ended it; processes below it may go on. */
  readonly exited: Promise<number | null>;
  /** The same once all that it said has been read. */
  readonly closed: Promise<number | null>;
  /** Resolves with the address of its API. @throws what it said, if it ends before */
  readonly listens: () => Promise<string>;
};

const LISTENS_WITHIN_MS = 120_000;
const LISTENS = /listens on (http\S+)\n/;

/** Starts `main.js ...words`. */
export const startMain = async (
  words: readonly string[],
  { env, cwd, logFile, ownGroup = true, onLine }: MainOptions,
): Promise<MainProcess> => {
  const log = logFile === undefined ? 'pipe' : openSync(logFile, 'a');
  const child = spawn(process.execPath, [await compiledMain(), ...words], {
    env,
    ...(cwd !== undefined && { cwd }),
    stdio: ['ignore', log, log],
    detached: ownGroup,
  });
  if (log !== 'pipe') closeSync(log);
  const said = { out: '', err: '' };
  const streams = { out: child.stdout, err: child.stderr };
  for (const name of ['out', 'err'] as const) {
    const stream = streams[name];
    stream?.setEncoding('utf8').on('data', (more: string) => (said[name] += more));
    if (stream !== null && onLine !== undefined)
      createInterface({ input: stream }).on('line', (line) => onLine(line, name));
  }
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  let hasExited = false;
  void exited.then(() => (hasExited = true));
  const { pid } = child;
  if (pid === undefined) throw new Error(`${process.execPath} cannot be started`);
  const out = (): string => (logFile === undefined ? said.out : readFileSync(logFile, 'utf8'));
  return {
    pid,
    out,
    err: () => said.err,
    signal: (signal) => void child.kill(signal),
    signalGroup: (signal) => void process.kill(-pid, signal),
    exited,
    closed,
    listens: async () => {
      const address = (): string | undefined => LISTENS.exec(out())?.[1];
      const options = { within: LISTENS_WITHIN_MS, every: 5 };
      await eventually('it listens or ends', () => hasExited || address() !== undefined, options);
      const found = address();
      if (found !== undefined) return found;
      await closed;
      throw new Error(`it ended before it listened:\n${out()}${said.err}`);
    },
  };
};
