import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { programArgs } from './compiled.ts';
import { eventually } from './eventually.ts';
import { temporaryFolder } from './temporary.ts';

const test = suite('npm run test:watch');
const watcher = programArgs(new URL('./watch.ts', import.meta.url));
const repository = fileURLToPath(new URL('../../', import.meta.url));

const PASSES = `import { suite } from 'uvu';\nconst test = suite('planted');\ntest('passes', () => {});\ntest.run();\n`;
const FAILS = PASSES.replace('() => {}', `() => { throw new Error('planted'); }`);

for (const words of [['rooms/one'], []])
  test(`a change runs ${words.length === 0 ? 'the tests beside it' : 'the named tests'} again`, async () => {
    const folder = await temporaryFolder();
    const write = (file: string, text: string) => writeFile(join(folder.path, file), text);
    for (const made of ['src/rooms', 'test/rooms']) await mkdir(join(folder.path, made), { recursive: true });
    await symlink(join(repository, 'node_modules'), join(folder.path, 'node_modules'));
    await write('package.json', '{"type":"module"}');
    await write('test/rooms/one.test.ts', PASSES);
    const env = { ...process.env, TEST_DATABASE_URL: 'postgres://not-needed.invalid/none' };
    const child = spawn(process.execPath, [...watcher, ...words], { cwd: folder.path, env });
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    const says = (text: string) => eventually(`it says ${text}`, () => out.includes(text), { within: 30_000 });
    try {
      await says('watching');
      if (words.length > 0) await says('1 passed, 0 failed');
      await write('test/rooms/one.test.ts', FAILS);
      await says('0 passed, 1 failed');
      await write('test/rooms/one.test.ts', PASSES);
      out = '';
      await write('src/rooms/room.ts', 'export const room = 1;\n');
      await says('1 passed, 0 failed');
    } finally {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      assert.equal(await ended, [0, null]);
      await folder.remove();
    }
  });

test.run();
