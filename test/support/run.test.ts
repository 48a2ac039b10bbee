import { execFile } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compileSuite } from './compile-suite.ts';
import { programArgs } from './compiled.ts';
import { findTestFiles } from './find-test-files.ts';
import { runFile } from './run-file.ts';
import { temporaryFolder, type TemporaryFolder } from './temporary.ts';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const runner = programArgs(new URL('./run.ts', import.meta.url));
const test = suite('test runner');

const HEAD = `import { suite } from 'uvu';\nimport * as assert from 'uvu/assert';\nconst test = suite('planted');\n`;
const PASSES = `test('passes', () => assert.is(1, 1));\n`;
const PASSING = `${HEAD}${PASSES}test.run();\n`;

let folder: TemporaryFolder;

const plant = async (file: string, source: string): Promise<string> => {
  await mkdir(dirname(join(folder.path, file)), { recursive: true });
  await writeFile(join(folder.path, file), source);
  return file;
};

const problemOf = async (source: string, limitMs = 20_000): Promise<string | undefined> => {
  const file = await plant('test/planted.test.ts', source);
  const compiled = await compileSuite(folder.path);
  const options = { root: folder.path, compiled: compiled.path, env: process.env, limitMs };
  try {
    const { problem, failed } = await runFile(file, options);
    assert.is(problem === undefined, failed === 0);
    return problem;
  } finally {
    await compiled.remove();
  }
};

type Run = { readonly code: number; readonly lines: readonly string[] };

const runRunner = async (words: readonly string[] = [], seed?: string): Promise<Run> =>
  new Promise((resolve) => {
    const args = [...runner, ...words];
    const env = { ...process.env, TEST_DATABASE_URL: 'postgres://not-needed.invalid/none', SEED: seed };
    execFile(process.execPath, args, { cwd: folder.path, env }, (error, stdout) =>
      resolve({ code: error === null ? 0 : Number(error.code), lines: stdout.trimEnd().split('\n') }),
    );
  });

test.before.each(async () => {
  folder = await temporaryFolder();
  await symlink(join(repository, 'node_modules'), join(folder.path, 'node_modules'));
  await writeFile(join(folder.path, 'package.json'), '{"type":"module"}');
});
test.after.each(() => folder.remove());

test('a file whose tests pass passes', async () => {
  assert.is(await problemOf(PASSING), undefined);
});

test('a file that forgot `.run()` fails, though uvu ends with 0', async () => {
  assert.match(String(await problemOf(`${HEAD}${PASSES}`)), /ran no test|printed no total/);
});

test('a file whose `before` throws fails, though uvu ends with 0', async () => {
  const source = `${HEAD}test.before(() => { throw new Error('no server'); });\n${PASSES}test.run();\n`;
  assert.match(String(await problemOf(source)), /1 of 1 did not pass/);
});

test('a file with a failing test fails', async () => {
  const source = `${HEAD}${PASSES}test('fails', () => assert.is(1, 2));\ntest.run();\n`;
  assert.is(await problemOf(source), '1 of 2 did not pass');
});

test('a file that ends with another exit code fails', async () => {
  const source = `${PASSING}process.on('exit', () => { process.exitCode = 3; });\n`;
  assert.match(String(await problemOf(source)), /exit code 3/);
});

test('a file that does not load fails', async () => {
  assert.match(String(await problemOf(`import './missing.ts';\n${PASSING}`)), /printed no total/);
});

test('a file that leaves something open fails at its time limit', async () => {
  assert.match(String(await problemOf(`${PASSING}setInterval(() => {}, 1000);\n`, 2_000)), /not done after 2 s/);
});

test('a file may ask for a longer time limit', async () => {
  const source = `// time limit: 30 s\n${HEAD}test('slow', () => new Promise((r) => setTimeout(r, 1500)));\ntest.run();\n`;
  assert.is(await problemOf(source, 500), undefined);
});

test('a forgotten `test.only` fails', async () => {
  const source = `${HEAD}${PASSES}test.only('alone', () => {});\ntest.run();\n`;
  assert.match(String(await problemOf(source)), /test\.only/);
});

test('the last line counts tests, and one failure fails the run', async () => {
  await plant('test/a.test.ts', PASSING);
  await plant('test/deep/b.test.ts', `${HEAD}${PASSES}test('fails', () => assert.is(1, 2));\ntest.run();\n`);
  const { code, lines } = await runRunner();
  assert.is(lines.at(-1), '2 passed, 1 failed');
  assert.is(code, 1);
  assert.equal(await runRunner(['a.test']).then(({ code: ofA, lines: linesOfA }) => [ofA, linesOfA.at(-1)]), [
    0,
    '1 passed, 0 failed',
  ]);
});

test('a file that fails once has failed, whether or not it would pass the next time', async () => {
  const flaky = `import { existsSync, writeFileSync } from 'node:fs';\n${HEAD}test('fails the first time', () => {
    const isSecond = existsSync('tried');
    writeFileSync('tried', '');
    assert.ok(isSecond);
  });\ntest.run();\n`;
  await plant('test/flaky.test.ts', flaky);
  await plant('test/good.test.ts', PASSING);
  const { code, lines } = await runRunner();
  assert.equal([code, lines.at(-1)], [1, '1 passed, 1 failed']);
});

test('all files draw from one seed: the same in every run, or the one that is asked for', async () => {
  await plant('test/a.test.ts', `${HEAD}test('seed ' + process.env.SEED, () => assert.ok(false));\ntest.run();\n`);
  const seedsOf = async (seed?: string): Promise<readonly (string | undefined)[]> => {
    const { lines } = await runRunner([], seed);
    return [/^seed (\d+)$/.exec(lines[0] ?? '')?.[1], /"seed (\d+)"/.exec(lines.join('\n'))?.[1]];
  };
  assert.equal(await seedsOf(), ['1', '1']);
  assert.equal(await seedsOf('1898121355'), ['1898121355', '1898121355']);
  const [drawn, given] = await seedsOf('fresh');
  assert.match(drawn ?? '', /^\d+$/);
  assert.is(given, drawn);
});

test('a file that is not TypeScript fails the run, which says where', async () => {
  await plant('test/a.test.ts', PASSING);
  await plant('src/broken.ts', 'export const = 1;');
  const { code, lines } = await runRunner();
  assert.equal([code, lines.at(-1)], [1, '0 passed, 1 failed']);
  assert.match(lines.join('\n'), /src\/broken\.ts:1:13: ERROR/);
});

test('a word that matches nothing is a failure, not an empty success', async () => {
  await plant('test/a.test.ts', PASSING);
  const { code, lines } = await runRunner(['misspelt']);
  assert.equal([code, lines.at(-1)], [1, '0 passed, 1 failed']);
});

test('longer suites run only when they are named', async () => {
  for (const file of ['test/a.test.ts', 'test/faults/kill.test.ts', 'test/containers/c.test.ts'])
    await plant(file, PASSING);
  assert.equal(await findTestFiles(folder.path, []), ['test/a.test.ts']);
  assert.equal(await findTestFiles(folder.path, ['test/faults']), ['test/faults/kill.test.ts']);
  assert.equal(await findTestFiles(folder.path, ['test/faults/kill.test.ts']), ['test/faults/kill.test.ts']);
});

test.run();
