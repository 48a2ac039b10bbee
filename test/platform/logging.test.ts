import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createProcessLogger } from '../../src/app/process-logger.ts';
import { createLogger } from '../../src/platform/logging.ts';
import { forTerminal } from '../../src/platform/terminal-log.ts';

const test = suite('logging');

const capture = (): { readonly lines: string[]; readonly write: (line: string) => void } => {
  const lines: string[] = [];
  return { lines, write: (line) => void lines.push(line) };
};

test('a line is JSON with level, time, role and what was said', () => {
  const stream = capture();
  createLogger({ level: 'info', role: 'api', stream }).info({ order_id: '1' }, 'order placed');
  const line = JSON.parse(stream.lines[0] ?? '') as Record<string, unknown>;
  assert.is(line['level'], 'info');
  assert.is(line['role'], 'api');
  assert.is(line['msg'], 'order placed');
  assert.match(String(line['time']), /^\d{4}-\d\d-\d\dT/);
});

test('lines below the level are not written', () => {
  const stream = capture();
  createLogger({ level: 'warn', role: 'api', stream }).info('too quiet');
  assert.equal(stream.lines, []);
});

test('credentials and personal data are hidden at every depth', () => {
  const stream = capture();
  const planted = 'Eleni-planted';
  const logger = createProcessLogger({ level: 'info', role: 'api', stream });
  logger.info({ token: planted, headers: { authorization: planted, 'x-api-key': planted } }, 'one');
  logger.info({ event: { data: { personal: { name: planted } } } }, 'two');
  logger.info({ req: { headers: { authorization: planted, 'x-api-key': planted } } }, 'three');
  logger.child({ customer_email: planted }).info({ order: { customer_name: planted } }, 'four');
  assert.is(stream.lines.length, 4);
  assert.not.match(stream.lines.join(''), planted);
  assert.match(stream.lines.join(''), /\[hidden\]/);
});

test('on a terminal a line reads without tools, and text from outside neither moves it nor begins a line', () => {
  const stream = capture();
  const logger = createLogger({ level: 'info', role: 'api', stream: forTerminal(stream, false) });
  logger.warn({ order_id: 'a\u001b[2J\u009b1A\rb\n"c"\\d\u0007' }, 'order placed');
  logger.error({ err: new Error('no\u001b]0;way'), token: 'Eleni-planted' }, 'request failed');
  const [line = '', failure = ''] = stream.lines;
  assert.match(line, /^\[\d\d:\d\d:\d\d\.\d{3}\] WARN: api: order placed \{"order_id":"a.*b\\n\\"c\\".*"\}\n$/);
  assert.match(failure, /ERROR: api: request failed/);
  assert.match(failure, /logging\.test\.ts:\d+/, 'the stack is there');
  for (const text of [line, failure]) {
    assert.not.match(text, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
    assert.not.match(text, 'Eleni-planted');
  }
});

test.run();
