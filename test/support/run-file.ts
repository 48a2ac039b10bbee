import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

export type FileResult = {
  readonly file: string;
  readonly passed: number;
  /** At least 1 when the file failed in whatever way. */
  readonly failed: number;
  /** Why the file failed although uvu may not have said so. */
  readonly problem?: string;
  readonly output: string;
  readonly ms: number;
};

export type RunFileOptions = {
  /** Folder that the file's path starts from. */
  readonly root: string;
  /** Where the file stands compiled, with all that it imports ({@link compileSuite}). */
  readonly compiled: string;
  readonly env: NodeJS.ProcessEnv;
  /** Time limit in milliseconds, unless the file asks for more by a line `// time limit: 120 s`. */
  readonly limitMs: number;
  /** Told how to end the file's processes early. */
  readonly onStart?: (end: () => void) => void;
};

type Ending = { readonly output: string; readonly code: number | null; readonly late: boolean };

const numberAfter = (label: string, output: string): number | undefined => {
  const found = new RegExp(`^\\s*${label}:\\s+(\\d+)`, 'm').exec(output)?.[1];
  return found === undefined ? undefined : Number(found);
};

/**
 * uvu ends with code 0 when `.run()` is missing and when `before` throws, so its word is not taken: a file has passed
 * when it ran at least one test and all it has.
 */
export const judge = ({ output, code, late }: Ending, limitMs: number): Omit<FileResult, 'file' | 'output' | 'ms'> => {
  const total = numberAfter('Total', output);
  const passed = numberAfter('Passed', output) ?? 0;
  const problem = late
    ? `not done after ${limitMs / 1000} s: does it close what it opens?`
    : total === undefined
      ? `printed no total (exit code ${code ?? 'none'})`
      : total === 0
        ? 'ran no test: is `.run()` missing?'
        : passed !== total
          ? `${total - passed} of ${total} did not pass`
          : code !== 0
            ? `ended with exit code ${code ?? 'none'}`
            : undefined;
  return problem === undefined
    ? { passed, failed: 0 }
    : { passed, failed: Math.max(1, (total ?? 0) - passed), problem };
};

/** Ends the file's process and all that it started and left behind. */
export const endGroup = (pid: number | undefined): void => {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // No process is left.
  }
};

const execute = async (
  file: string,
  { root, compiled, env, onStart }: RunFileOptions,
  limitMs: number,
): Promise<Ending> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, ['--enable-source-maps', join(compiled, file.replace(/ts$/, 'js'))], {
      cwd: root,
      env: { ...env, COMPILED_FOLDER: compiled },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    onStart?.(() => endGroup(child.pid));
    let output = '';
    let late = false;
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    const limit = setTimeout(() => {
      late = true;
      endGroup(child.pid);
    }, limitMs);
    child.once('exit', () => endGroup(child.pid));
    child.once('close', (code) => {
      clearTimeout(limit);
      resolve({ output: stripVTControlCharacters(output), code, late });
    });
  });

/** The time limit that a file asks for itself, in milliseconds. */
export const askedLimitMs = (source: string): number | undefined => {
  const seconds = /^\/\/ time limit: (\d+) s$/m.exec(source)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
};

/** Runs one test file in a process group of its own. */
export const runFile = async (file: string, options: RunFileOptions): Promise<FileResult> => {
  const started = Date.now();
  const source = await readFile(join(options.root, file), 'utf8');
  const limitMs = askedLimitMs(source) ?? options.limitMs;
  const ending = await execute(file, options, limitMs);
  const verdict = judge(ending, limitMs);
  // A forgotten `.only` would leave the rest of the file out in silence.
  const only = /^\s*test\.only\(/m.test(source) && verdict.failed === 0;
  const result = only ? { ...verdict, failed: 1, problem: '`test.only` leaves the other tests out' } : verdict;
  return { file, ...result, output: ending.output, ms: Date.now() - started };
};
