import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createProgress } from '../../src/platform/progress.ts';

const test = suite('progress of long tasks');

const watch = (how: { readonly isTTY: boolean; readonly json?: boolean }) => {
  let at = 0;
  let screen = '';
  const printed: string[] = [];
  const progress = createProgress({
    label: 'Importing',
    total: 1_000,
    unit: 'orders',
    out: { isTTY: how.isTTY, columns: 100, write: (text) => (screen += text) },
    print: (line) => {
      printed.push(line);
      screen += `${line}\n`;
    },
    json: how.json ?? false,
    now: () => at,
  });
  return {
    progress,
    printed,
    wait: (ms: number) => (at += ms),
    /** What is written since the last look. */
    seen: () => {
      const text = screen;
      screen = '';
      return text;
    },
  };
};

test('a terminal has a bar, drawn at most ten times a second', () => {
  const { progress, wait, seen } = watch({ isTTY: true });
  wait(1_000);
  progress.update(250);
  assert.is(seen(), '\r\u001b[KImporting [######..................] 25 % (250 of 1000 orders, 250/s, 0:03 left)');
  wait(50);
  progress.update(260);
  assert.is(seen(), '');
  wait(60);
  progress.update(270);
  assert.match(seen(), '27 %');
  progress.update(1_000);
  progress.end();
  assert.match(seen(), /100 % \(1000 of 1000 orders, \d+\/s\)\n$/);
});

test('a line that stays is printed above the bar, which is drawn again', () => {
  const { progress, wait, seen } = watch({ isTTY: true });
  wait(1_000);
  progress.update(500);
  seen();
  progress.print('error: line 3');
  assert.match(seen(), /^\r\u001b\[Kerror: line 3\n\r\u001b\[KImporting \[/);
});

test('elsewhere there is a line every five seconds, and none for what is done sooner', () => {
  const { progress, wait, seen } = watch({ isTTY: false });
  progress.update(1);
  wait(4_999);
  progress.update(400);
  assert.is(seen(), '');
  wait(1);
  progress.update(500);
  assert.is(seen(), 'Importing: 50 % (500 of 1000 orders, 100/s, 0:05 left)\n');
  progress.end();
  assert.is(seen(), '');
});

test('as JSON it is a line among the results, also on a terminal', () => {
  const { progress, wait, printed } = watch({ isTTY: true, json: true });
  progress.update(1);
  wait(5_000);
  progress.update(500);
  progress.end();
  assert.equal(
    printed.map((line) => JSON.parse(line) as unknown),
    [{ type: 'progress', task: 'Importing', done: 500, total: 1_000, unit: 'orders', per_second: 100 }],
  );
});

test('a task without anything to do is done', () => {
  let text = '';
  const out = { isTTY: true, write: (more: string) => (text += more) };
  createProgress({ label: 'Importing', total: 0, unit: 'orders', out, print: () => undefined, now: () => 0 }).end();
  assert.match(text, '100 %');
});

test.run();
