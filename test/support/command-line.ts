import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { startMain, type MainProcess } from './main-process.ts';

export type Ended = { readonly code: number | null; readonly out: string; readonly err: string };

export type CommandLine = {
  /** Runs `main.js ...words` to its end. More variables win over the given ones. */
  readonly run: (words: readonly string[], more?: NodeJS.ProcessEnv) => Promise<Ended>;
  /** Begins `main.js ...words`, to be killed before its end. */
  readonly begin: (words: readonly string[], more?: NodeJS.ProcessEnv) => Promise<MainProcess>;
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

/**
 * The command line as people use it: real processes, which see these variables and nothing else of ours. They run in
 * `folder`, so that no `.env` of the developer's decides anything.
 */
export const commandLine = (folder: string, variables: NodeJS.ProcessEnv): CommandLine => {
  const mark = `WAYBILL_TEST=${randomBytes(12).toString('hex')}`;
  const [markName = '', markValue] = mark.split('=');

  const begin = (words: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<MainProcess> => {
    const { PATH, HOME } = process.env;
    return startMain(words, { cwd: folder, env: { PATH, HOME, [markName]: markValue, ...variables, ...more } });
  };

  return {
    begin,
    run: async (words, more) => {
      const { closed, out, err } = await begin(words, more);
      const code = await closed;
      return { code, out: out(), err: stripVTControlCharacters(err()) };
    },
    start: async (...roles) => {
      const { pid, out, listens, signalGroup, exited } = await begin(['start', ...roles]);
      return {
        url: await listens(),
        pid,
        said: () =>
          out()
            .split('\n')
            .filter((line) => line !== '' && !line.startsWith('{')),
        interrupt: () => {
          signalGroup('SIGINT');
          return exited;
        },
      };
    },
    leftOver: () => marked(mark),
  };
};
