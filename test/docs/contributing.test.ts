// time limit: 300 s
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compiledMain } from '../support/compiled.ts';

const test = suite('commands of CONTRIBUTING.md');
const repository = fileURLToPath(new URL('../../', import.meta.url));
const read = (file: string): Promise<string> => readFile(new URL(`../../${file}`, import.meta.url), 'utf8');

/** Commands that are not run here, and where they are run instead. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'npm ci': '.ci/run',
  'npm run check': 'the first half of npm test; test/scripts/check.test.ts',
  'npm test': 'this very run',
  'npm run test:watch -- domain/order/pricing': 'test/support/watch.test.ts: it does not end by itself',
};

/**
 * Added to a command, since longer runs of the same are tests of their own (test/system, test/http/server/fuzz.test.ts): one
 * sequence, one kill of each kind while a client places orders, and two while each race for money runs once, with longer
 * limits because other tests run beside it.
 */
const LIGHTER: Readonly<Record<string, string>> = {
  'test:faults': '--sequences 1 --victims api,projector,worker,postgres --clients 1 --lives 1 --kills 2 --leniency 4',
  'test:fuzz': '--requests 25',
};

/** The last lines of each that say it went well. */
const SUCCESS = /^(\d+ passed, 0 failed|the contract held|.*: every promise held)$/m;

const commandsIn = (text: string): readonly string[] =>
  [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)]
    .flatMap(([, block = '']) => block.split('\n'))
    .map((line) => line.replace(/ +#.*$/, '').trim())
    .filter((line) => line !== '');

/**
 * What npm would run: the script and the words after `--`. Everything has been built already, and a run has compiled
 * its programs: the loader of `tsx` costs each of them two seconds of processor time.
 */
const asShell = (command: string, scripts: Readonly<Record<string, string>>): string => {
  const [, name = '', words = ''] = /^npm run ([\w:]+)(?: -- (.+))?$/.exec(command) ?? [];
  const script = scripts[name];
  assert.ok(script !== undefined, `${command}: package.json has no script ${name}`);
  const built = script.replace(/^npm run build && /, '');
  const compiled = process.env['COMPILED_FOLDER'];
  const program =
    compiled === undefined ? built : built.replace(/^node --import tsx (\S+)\.ts$/, `node ${compiled}/$1.js`);
  return [program, words, LIGHTER[name] ?? ''].join(' ');
};

test('every command of the page does what it is there for', async () => {
  const { scripts } = JSON.parse(await read('package.json')) as { scripts: Readonly<Record<string, string>> };
  const commands = commandsIn(await read('CONTRIBUTING.md'));
  for (const command of Object.keys(ELSEWHERE)) assert.ok(commands.includes(command), `${command} is gone`);
  await compiledMain();
  const PATH = `${dirname(process.execPath)}:${process.env['PATH']}`;
  for (const command of commands.filter((each) => !(each in ELSEWHERE))) {
    const options = { cwd: repository, env: { ...process.env, PATH } };
    const child = spawn('sh', ['-ec', asShell(command, scripts)], options);
    let out = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (out += text));
    const [code] = (await once(child, 'close')) as [number | null];
    assert.is(code, 0, `${command}\n${out}`);
    assert.match(out, SUCCESS, command);
  }
});

test.run();
