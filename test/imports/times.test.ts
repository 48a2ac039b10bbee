import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isZone, openTimes, timePattern } from '../../src/imports/values/times.ts';

const test = suite('reading times');

const BERLIN = { zone: 'Europe/Berlin' };
const at = (text: string, how: Parameters<typeof openTimes>[0] = {}): string => {
  const read = openTimes(how)(text);
  return 'problem' in read ? 'problem' : read.at;
};

test('each time uses its own offset, also where they change inside a file', () => {
  assert.is(at('2026-03-28 23:29:10 +0100'), '2026-03-28T22:29:10.000Z');
  assert.is(at('2026-03-29 09:59:00 +0200'), '2026-03-29T07:59:00.000Z');
});

test('ISO 8601 and its relatives', () => {
  assert.is(at('2026-04-11T14:42:00Z'), '2026-04-11T14:42:00.000Z');
  assert.is(at('2026-04-11T14:42:00.1234567+05:30'), '2026-04-11T09:12:00.123Z');
  assert.is(at('2026/4/1 9:05:00 UTC'), '2026-04-01T09:05:00.000Z');
  assert.is(at('2026-04-11 14:42 -08'), '2026-04-11T22:42:00.000Z');
});

test('a time without an offset is the zone’s, in summer and in winter', () => {
  assert.is(at('2026-01-15 18:20:00', BERLIN), '2026-01-15T17:20:00.000Z');
  assert.is(at('2026-07-15 18:20:00', BERLIN), '2026-07-15T16:20:00.000Z');
  assert.is(at('2026-07-15', BERLIN), '2026-07-14T22:00:00.000Z');
  assert.is(at('2026-01-15 18:20:00', { zone: 'Asia/Kathmandu' }), '2026-01-15T12:35:00.000Z');
});

test('without a zone it is a problem, since it could be a day off', () => {
  const read = openTimes({})('2026-01-15 18:20:00');
  assert.ok('problem' in read && read.problem.includes('--zone'));
});

test('a local time that was skipped becomes the hour after it, with a warning', () =>
  assert.equal(openTimes(BERLIN)('2026-03-29 02:30:00'), { at: '2026-03-29T01:30:00.000Z', shown: 0 }));

test('of a local time that occurred twice, the first is used, with a warning', () =>
  assert.equal(openTimes(BERLIN)('2026-10-25 02:30:00'), { at: '2026-10-25T00:30:00.000Z', shown: 2 }));

test('times of a format of their own', () => {
  const german = { format: 'd.M.yyyy H:mm', ...BERLIN };
  assert.is(at('1.5.2026 14:03', german), '2026-05-01T12:03:00.000Z');
  assert.is(at('02.05.2026 00:10', german), '2026-05-01T22:10:00.000Z');
  const american = { format: 'MM/dd/yy h:mm a', zone: 'America/New_York' };
  assert.is(at('05/01/26 12:03 AM', american), '2026-05-01T04:03:00.000Z');
  assert.is(at('05/01/26 2:03 pm', american), '2026-05-01T18:03:00.000Z');
  assert.is(at('1.5.2026 14:03 +02:00', { format: 'd.M.yyyy H:mm XXX' }), '2026-05-01T12:03:00.000Z');
});

for (const text of [
  '',
  'yesterday',
  '2026-02-30 10:00:00Z',
  '2026-13-01 10:00:00Z',
  '2026-01-01 25:00:00Z',
  '01.02.2026',
])
  test(`${JSON.stringify(text)} is no time`, () => assert.is(at(text, BERLIN), 'problem'));

test('a format needs a day, a month and a year, each once', () => {
  assert.is(timePattern('H:mm'), undefined);
  assert.is(timePattern('d.d.M.yyyy'), undefined);
  assert.ok(timePattern('yyyyMMdd'));
});

test('zones are known by their names', () => {
  assert.ok(isZone('Europe/Berlin'));
  assert.not.ok(isZone('Europe/Bielefeld'));
});

test.run();
