/**
 * `npm run test:watch -- [words in paths …]`: runs the test files whose path contains a word, and again after each
 * change of `src`, `test` or `migrations`. Without words it runs what was changed: the test file, or the tests that stand
 * where the source does.
 */
import { spawn } from 'node:child_process';
import { existsSync, watch } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endGroup } from './run-file.ts';

const runner = fileURLToPath(new URL('./run.ts', import.meta.url));
const FOLDERS = ['src', 'test', 'migrations'];
/** An editor saves, and a checkout writes, several files at once. */
const SETTLED_MS = 200;

const words = process.argv.slice(2);
let changed = new Set<string>();
let timer: NodeJS.Timeout | undefined;
let running: number | undefined;

/** The nearest folder of tests for a source: `src/http/orders/list.ts` → `test/http/orders/`. */
const testsOf = (file: string): string => {
  if (file.endsWith('.test.ts')) return file;
  for (let folder = dirname(file).replace(/^src/, 'test'); folder !== '.'; folder = dirname(folder))
    if (existsSync(folder)) return `${folder}/`;
  return 'test/';
};

const run = (asked: readonly string[]): void => {
  endGroup(running);
  console.log(`\n${new Date().toTimeString().slice(0, 8)}  ${asked.join(' ')}`);
  const child = spawn(process.execPath, ['--import', 'tsx', runner, ...asked], { stdio: 'inherit', detached: true });
  running = child.pid;
  child.once('exit', () => {
    if (running === child.pid) running = undefined;
  });
};

const rerun = (): void => {
  const files = [...changed];
  changed = new Set();
  run(words.length > 0 ? words : [...new Set(files.map(testsOf))]);
};

for (const folder of FOLDERS.filter((each) => existsSync(each)))
  watch(folder, { recursive: true }, (_event, name) => {
    if (name === null || !/\.(ts|sql|json|liquid|ya?ml)$/.test(name)) return;
    changed.add(join(folder, name));
    clearTimeout(timer);
    timer = setTimeout(rerun, SETTLED_MS);
  });

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    endGroup(running);
    process.exit(0);
  });

console.log(`watching ${FOLDERS.join(', ')}`);
if (words.length > 0) run(words);
