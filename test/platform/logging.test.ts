import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createProcessLogger } from '../../src/app/process-logger.ts';
import { createLogger } from '../../src/platform/logging.ts';

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

test.run();
