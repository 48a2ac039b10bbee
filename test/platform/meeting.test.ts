import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createMeeting } from '../../src/platform/meeting.ts';

const test = suite('callers that wait for each other');

const LONG = 60_000;

test('all go on when the last one has come', async () => {
  const meeting = createMeeting(LONG);
  const [one, other] = [meeting.enter(), meeting.enter()];
  let wentOn = false;
  const first = one.meet().then(() => (wentOn = true));
  await Promise.resolve();
  assert.not.ok(wentOn);
  await Promise.all([first, other.meet()]);
});

test('the others do not wait for one that has left', async () => {
  const meeting = createMeeting(LONG);
  const [one, other] = [meeting.enter(), meeting.enter()];
  const met = one.meet();
  other.leave();
  await met;
});

test('one alone does not wait', async () => {
  await createMeeting(LONG).enter().meet();
});

test('a caller goes on after the longest wait without the others', async () => {
  const meeting = createMeeting(5);
  const one = meeting.enter();
  meeting.enter();
  await one.meet();
});

test.run();
