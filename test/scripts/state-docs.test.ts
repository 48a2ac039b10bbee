import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readStates, renderStates } from '../../scripts/state-docs.ts';

const test = suite('docs/states.md');

test('says what the transition tables say; `npm run docs:states` makes it so', async () => {
  assert.is(await readStates(), await renderStates());
});

test('names every status as a diagram and a table', async () => {
  const text = await renderStates();
  for (const part of [
    '[*] --> pending: place',
    '| `pending`',
    'cancelled --> [*]',
    'return_requested --> returned',
    '[*] --> shipped: ship',
    'lost --> [*]',
  ]) {
    assert.ok(text.includes(part), part);
  }
});

test.run();
