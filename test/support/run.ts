/**
 * Runs the tests: `node --import tsx test/support/run.ts [words in paths …]`. One process per file, a few at a time, one
 * PostgreSQL for all of them, one seed for what is random. The last line is `N passed, N failed`: a file that failed is
 * not tried again, since the second try would only hide that the first failed.
 */
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { compileSuite } from './compile-suite.ts';
import { compiledMain } from './compiled.ts';
import { findTestFiles } from './find-test-files.ts';
import { askedLimitMs, runFile, type FileResult, type RunFileOptions } from './run-file.ts';
import { seed } from './random.ts';
import { runFolder } from './temporary.ts';
import { startTestCluster, type TestCluster } from './test-cluster.ts';

/** What waits for a database or a process leaves room for one more. */
const AT_ONCE = Math.min(4, availableParallelism() + 1);
const LIMIT_MS = 60_000;
const repository = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

const report = ({ file, passed, problem, output, ms }: FileResult): void => {
  const seconds = `${(ms / 1000).toFixed(1)} s`.padStart(7);
  if (problem === undefined) console.log(`ok    ${seconds}  ${file} (${passed})`);
  else console.log(`FAIL  ${seconds}  ${file}: ${problem}\n${output.trim().replace(/^/gm, '      | ')}`);
};

/** Those that ask for more time go first, so that none of them is left to run alone at the end. */
const slowFirst = async (files: readonly string[]): Promise<readonly string[]> => {
  const limits = new Map<string, number>();
  for (const file of files) limits.set(file, askedLimitMs(await readFile(file, 'utf8')) ?? 0);
  return files.toSorted((one, other) => (limits.get(other) ?? 0) - (limits.get(one) ?? 0));
};

const running = new Set<() => void>();
let interrupted = false;

const runAll = async (
  files: readonly string[],
  options: Pick<RunFileOptions, 'compiled' | 'env'>,
): Promise<readonly FileResult[]> => {
  const queue = [...files];
  const results: FileResult[] = [];
  const work = async (): Promise<void> => {
    for (let file = queue.shift(); file !== undefined && !interrupted; file = queue.shift()) {
      let end = (): void => undefined;
      const onStart = (endFile: () => void): void => {
        end = endFile;
        running.add(end);
      };
      const result = await runFile(file, { ...options, root: process.cwd(), limitMs: LIMIT_MS, onStart });
      running.delete(end);
      results.push(result);
      report(result);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return results;
};

/** A run inside another run of the repository uses what that one has compiled. */
const compiledAround = (): string | undefined =>
  process.cwd() === repository ? process.env['COMPILED_FOLDER'] : undefined;

/** Compiles, starts a database unless one is given, and runs the files. */
const runIn = async (files: readonly string[]): Promise<readonly FileResult[]> => {
  const compiled = compiledAround() ?? (await compileSuite(process.cwd(), files)).path;
  const given = process.env['TEST_DATABASE_URL'];
  const cluster: TestCluster | undefined = given === undefined ? await startTestCluster() : undefined;
  const env = { ...process.env, TEST_DATABASE_URL: cluster?.url ?? given, SEED: String(seed), FORCE_COLOR: '0' };
  try {
    return await runAll(await slowFirst(files), { compiled, env });
  } finally {
    await cluster?.stop();
  }
};

const interrupt = (): void => {
  interrupted = true;
  for (const end of running) end();
};

const main = async (): Promise<number> => {
  const words = process.argv.slice(2);
  const files = await findTestFiles(process.cwd(), words);
  if (files.length === 0) {
    console.log(`no test file matches ${words.join(', ')}\n0 passed, 1 failed`);
    return 1;
  }
  console.log(`seed ${seed}`);
  await compiledMain(); // once, before two files find that it has to be
  const room = await runFolder();
  process.env['TEST_FOLDER'] = room.path;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, interrupt);
  const results = await runIn(files).catch((error: unknown) =>
    console.log(error instanceof Error ? error.message : error),
  );
  await room.remove();
  if (results === undefined) {
    console.log('0 passed, 1 failed');
    return 1;
  }
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const failed = results.reduce((sum, result) => sum + result.failed, 0);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 && !interrupted ? 0 : 1;
};

process.exit(await main());
