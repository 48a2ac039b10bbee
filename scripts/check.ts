/** `npm run check`: format, lint, types, import rules and what platform knows, two at a time; what they say only where they fail. */
import { spawn } from 'node:child_process';

/** What takes longest first. */
const CHECKS = ['check:lint', 'check:types', 'check:format', 'check:imports', 'check:platform', 'check:rooms'];
const AT_ONCE = 2;

const run = (script: string): Promise<boolean> =>
  new Promise((resolve) => {
    const child = spawn('npm', ['run', '--silent', script], { shell: process.platform === 'win32' });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.once('error', (error) => (output += error.message));
    child.once('close', (code) => {
      console.log(`${code === 0 ? 'ok  ' : 'FAIL'}  ${script}${code === 0 ? '' : `\n${output.trim()}`}`);
      resolve(code === 0);
    });
  });

const queue = [...CHECKS];

/** Takes one check after the other until none is left; answers whether all went well. */
const work = async (): Promise<boolean> => {
  const script = queue.shift();
  if (script === undefined) return true;
  const isGood = await run(script);
  return (await work()) && isGood;
};

const lanes = await Promise.all(Array.from({ length: AT_ONCE }, work));
process.exitCode = lanes.every(Boolean) ? 0 : 1;
