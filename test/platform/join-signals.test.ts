import { getEventListeners } from 'node:events';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { joinSignals } from '../../src/platform/join-signals.ts';

const test = suite('joined signals');

test('it is aborted with any of them', () => {
  const one = new AbortController();
  const other = new AbortController();
  const { signal } = joinSignals(one.signal, other.signal);
  assert.not.ok(signal.aborted);
  other.abort();
  assert.ok(signal.aborted);
});

test('it is aborted at once where one of them is', () => {
  assert.ok(joinSignals(new AbortController().signal, AbortSignal.abort()).signal.aborted);
});

test('let go, it leaves nothing at those that live on', () => {
  const { signal: lasting } = new AbortController();
  joinSignals(lasting, new AbortController().signal).letGo();
  assert.equal(getEventListeners(lasting, 'abort'), []);
});

test.run();
