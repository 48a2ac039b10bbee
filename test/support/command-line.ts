import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { compiledMain } from './compiled.ts';
import { eventually } from './eventually.ts';

export type Ended = { readonly code: number | null; readonly out: string; readonly err: string };

export type CommandLine = {
  /** Runs `main.js ...words` to its end. More variables win over the given ones. */
  readonly run: (words: readonly string[], more?: NodeJS.ProcessEnv) => Promise<Ended>;
  /** Begins `main.js ...words`, to be killed before its end. */
  readonly begin: (
    words: readonly string[],
    more?: NodeJS.ProcessEnv,
  ) => Promise<{ readonly kill: () => Promise<void> }>;
  /** Runs `start` with these roles, or all, ready when it has said where it listens. */
  readonly start: (...roles: readonly string[]) => Promise<Service>;
  /** Command lines of what was started here and is still alive. */
  readonly leftOver: () => readonly string[];
};

export type Service = {
  readonly url: string;
  readonly pid: number;
  /** What it has said on standard output, without log lines. */
  readonly said: () => readonly string[];
  /** Asks it to stop, as Ctrl-C in a terminal does: every process of the group hears it. Resolves to the exit code. */
  readonly interrupt: () => Promise<number | null>;
};

/** Processes whose environment carries the mark, wherever they have moved to. */
const marked = (mark: string): readonly string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        if (!readFileSync(`/proc/${pid}/environ`, 'utf8').includes(mark)) return [];
        return [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')];
      } catch {
        return []; // It has just ended, or belongs to another user.
      }
    });

const collect = (child: ChildProcess) => {
  const text = { out: '', err: '' };
  child.stdout?.setEncoding('utf8').on('data', (more: string) => (text.out += more));
  child.stderr?.setEncoding('utf8').on('data', (more: string) => (text.err += more));
  return text;
};

const endOf = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => child.once('close', (code) => resolve(code)));

/**
 * The command line as people use it: real processes, which see these variables and nothing else of ours. They run in
 * `folder`, so that no `.env` of the developer's decides anything.
 */
export const commandLine = (folder: string, variables: NodeJS.ProcessEnv): CommandLine => {
  const mark = `WAYBILL_TEST=${randomBytes(12).toString('hex')}`;
  const [markName = '', markValue] = mark.split('=');

  const spawnMain = async (words: readonly string[], more: NodeJS.ProcessEnv): Promise<ChildProcess> =>
    spawn(process.execPath, [await compiledMain(), ...words], {
      cwd: folder,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], [markName]: markValue, ...variables, ...more },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });

  const run: CommandLine['run'] = async (words, more = {}) => {
    const child = await spawnMain(words, more);
    const text = collect(child);
    const code = await endOf(child);
    return { code, out: text.out, err: stripVTControlCharacters(text.err) };
  };

  const begin: CommandLine['begin'] = async (words, more = {}) => {
    const child = await spawnMain(words, more);
    const ended = endOf(child);
    return {
      kill: async () => {
        child.kill('SIGKILL');
        await ended;
      },
    };
  };

  const start: CommandLine['start'] = async (...roles) => {
    const child = await spawnMain(['start', ...roles], {});
    const text = collect(child);
    const ended = endOf(child);
    const said = (): readonly string[] => text.out.split('\n').filter((line) => line !== '' && !line.startsWith('{'));
    const url = await eventually(
      'it says where it listens',
      () => {
        if (child.exitCode !== null) return `it ended: ${text.err}`;
        return /listens on (http\S+)\n/.exec(text.out)?.[1];
      },
      { within: 60_000 },
    );
    const { pid } = child;
    if (pid === undefined || !url.startsWith('http')) throw new Error(url);
    return {
      url,
      pid,
      said,
      interrupt: async () => {
        process.kill(-pid, 'SIGINT');
        return ended;
      },
    };
  };

  return { run, begin, start, leftOver: () => marked(mark) };
};
