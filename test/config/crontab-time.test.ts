import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { crontabTime } from '../../src/config/crontab-time.ts';

const test = suite('crontab times');

test('five fields of stars, steps, numbers, ranges and lists are taken', () => {
  for (const time of ['* * * * *', '*/5 * * * *', '0 6 * * 1-5', '0,30 8-17 1 1,7 0', '59 23 31 12 6'])
    assert.is(crontabTime.parse(time), time);
  assert.is(crontabTime.parse('*/5  *\t* * *'), '*/5 * * * *');
});

test('what the queue would not take, or never reach, is rejected at boot', () => {
  for (const time of ['', '* * * *', '* * * * * *', '60 * * * *', '* 24 * * *', '* * 0 * *', '* * * 13 *', '* * * * 7'])
    assert.is(crontabTime.parse(time), undefined, time);
  for (const time of ['*/0 * * * *', '5-1 * * * *', '1/5 * * * *', 'a * * * *', '-1 * * * *', '1, * * * *', '@daily'])
    assert.is(crontabTime.parse(time), undefined, time);
});

test.run();
