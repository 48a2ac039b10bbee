import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readSpan } from '../../../src/http/server/schemas/business-days.ts';
import { readQueryInstant } from '../../../src/http/server/schemas/fields.ts';

const test = suite('days of the shop');

const day = (date: string, timeZone: string) => {
  const { from, to } = readSpan({ from: date, to: date }, timeZone);
  return [from, to];
};

test('a date from and to is that whole day in the shop’s zone', () => {
  assert.equal(day('2026-03-01', 'UTC'), ['2026-03-01T00:00:00.000Z', '2026-03-01T23:59:59.999Z']);
  assert.equal(day('2026-03-01', 'Asia/Kolkata'), ['2026-02-28T18:30:00.000Z', '2026-03-01T18:29:59.999Z']);
  assert.equal(day('2026-03-01', 'America/New_York'), ['2026-03-01T05:00:00.000Z', '2026-03-02T04:59:59.999Z']);
});

test('days on which clocks change have 23 or 25 hours, and may begin at one', () => {
  assert.equal(day('2026-03-29', 'Europe/Berlin'), ['2026-03-28T23:00:00.000Z', '2026-03-29T21:59:59.999Z']);
  assert.equal(day('2026-10-25', 'Europe/Berlin'), ['2026-10-24T22:00:00.000Z', '2026-10-25T22:59:59.999Z']);
  // Beirut's clocks go from 24:00 to 01:00: the day begins at 01:00 local time, 22:00 UTC.
  assert.equal(day('2026-03-29', 'Asia/Beirut')[0], '2026-03-28T22:00:00.000Z');
  assert.equal(day('2026-03-28', 'Asia/Beirut')[1], '2026-03-28T21:59:59.999Z');
});

test('the last day there is ends within year 9999, in every zone', () => {
  for (const timeZone of ['Pacific/Pago_Pago', 'America/New_York', 'UTC', 'Pacific/Kiritimati'])
    assert.match(day('9999-12-31', timeZone)[1] ?? '', /^9999-12-31T/, timeZone);
});

test('a date and time is taken as it is', () => {
  const at = '2026-03-01T12:00:00+01:00';
  assert.equal(readSpan({ from: at, to: undefined }, 'Asia/Kolkata'), {
    from: '2026-03-01T11:00:00.000Z',
    to: undefined,
  });
});

test('years outside 1970 to 9999 are no dates', () => {
  for (const text of ['1969-12-31', '0000-01-01', '0001-01-01T00:00:00Z', '2026-02-30', '10000-01-01'])
    assert.is(readQueryInstant(text), undefined, text);
  assert.is(readQueryInstant('1970-01-01'), '1970-01-01T00:00:00.000Z');
});

test.run();
