import { getEventListeners } from 'node:events';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { joinSignals } from '../../src/platform/join-signals.ts';

const test = suite('joined signals');

test('it is aborted when one of its signals is', () => {
  const one = new AbortController();
  const other = new AbortController();
  const { signal } = joinSignals(one.signal, other.signal);
  assert.not.ok(signal.aborted);
  other.abort();
  assert.ok(signal.aborted);
});

test('it is aborted at once if one of its signals already is', () => {
  assert.ok(joinSignals(new AbortController().signal, AbortSignal.abort()).signal.aborted);
});

test('after its release it leaves no listener on the other signals', () => {
  const { signal: lasting } = new AbortController();
  joinSignals(lasting, new AbortController().signal).letGo();
  assert.equal(getEventListeners(lasting, 'abort'), []);
});

test.run();
