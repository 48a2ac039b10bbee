import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary.ts';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const test = suite('npm run check');

/** Neither linted nor formatted well. */
const UGLY = 'export const  ugly: any  = 1\n';

/** What runs of the program, the tests and their tools leave in a clone. */
const LEFT_BEHIND = [
  '.cache/programs/planted.mjs',
  '.cache/programs/planted.ts',
  'coverage/planted.ts',
  'data/planted.ts',
  'demo-output/planted.ts',
  'dist/planted.ts',
];

/** Faults by the rule that has to find them: rules with types, and one of a plugin written for ESLint. */
const FAULTS: Readonly<Record<string, string>> = {
  'no-floating-promises': 'later();',
  'no-misused-promises': 'export const every = [1].filter(() => later());',
  'no-unsafe-assignment': "export const parsed = JSON.parse('1');",
  'no-unnecessary-condition': 'export const chosen = kind ? 1 : 2;',
  'switch-exhaustiveness-check': "switch (kind) {\n  case 'a':\n}",
  'no-unnecessary-type-assertion': "export const same = (kind as 'a' | 'b') + '';",
  'restrict-template-expressions': 'export const text = `${{ a: 1 }}`;',
  'only-throw-error': "export const fail = (): never => {\n  throw 'it';\n};",
  'no-super-linear-backtracking': 'export const slow = /^(a+)+$/u.test(kind);',
  'no-restricted-properties': "export const path = process.env['PATH'];",
  'no-deprecated': '/** @deprecated */\nconst old = 1;\nexport const used = old;',
};

const CONFIGURATION = ['.gitignore', '.oxfmtrc.json', '.oxlintrc.json', 'package.json', 'tsconfig.json'];

let folder: TemporaryFolder;

const plant = async (file: string, source: string): Promise<void> => {
  await mkdir(dirname(join(folder.path, file)), { recursive: true });
  await writeFile(join(folder.path, file), source);
};

/** What a script of package.json says, and its exit code, in the planted clone. */
const run = async (script: string): Promise<{ readonly code: number; readonly output: string }> => {
  const { scripts } = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  return new Promise((resolve) => {
    const PATH = `${join(folder.path, 'node_modules/.bin')}:${process.env['PATH']}`;
    const options = { cwd: folder.path, env: { ...process.env, PATH } };
    execFile('sh', ['-c', scripts[script] ?? 'exit 64'], options, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr }),
    );
  });
};

test.before.each(async () => {
  folder = await temporaryFolder();
  for (const file of CONFIGURATION) await cp(join(repository, file), join(folder.path, file));
  await symlink(join(repository, 'node_modules'), join(folder.path, 'node_modules'));
  await plant('src/fine.ts', 'export const fine = 1;\n');
});
test.after.each(() => folder.remove());

for (const script of ['check:lint', 'check:format'])
  test(`${script} passes again after a run has left its files behind, until a source is not right any more`, async () => {
    for (const file of LEFT_BEHIND) await plant(file, UGLY);
    const good = await run(script);
    assert.is(good.code, 0, good.output);
    await plant('src/fine.ts', UGLY);
    const bad = await run(script);
    assert.is(bad.code, 1, bad.output);
    assert.match(bad.output, 'src/fine.ts');
  });

test('check:lint finds what can only be seen with types, and slow patterns', async () => {
  const before = ["declare const kind: 'a' | 'b';", 'const later = (): Promise<boolean> => Promise.resolve(true);'];
  await plant('src/faults.ts', [...before, ...Object.values(FAULTS), ''].join('\n'));
  const { code, output } = await run('check:lint');
  assert.is(code, 1, output);
  for (const rule of Object.keys(FAULTS)) assert.match(output, `(${rule})`, output);
});

test.run();
