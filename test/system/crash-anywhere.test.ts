// time limit: 120 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { crashAnywhere } from '../faults/crash-anywhere.ts';
import { seed } from '../support/random.ts';

const test = suite('fault injection: a crash at any step');

test('after a crash at any step nothing acknowledged is lost and nothing happens twice', async () => {
  const tally = await crashAnywhere({ sequences: 150, seed });
  assert.ok(
    tally.deaths > 500 && tally.losses > 200 && tally.invoices > 50 && tally.parcels > 50,
    JSON.stringify(tally),
  );
});

test('finds projectors that do not check the checkpoint when they write', async () => {
  const found = await crashAnywhere({ sequences: 100, seed, isFenced: false }).catch((error: unknown) => error);
  assert.match(String(found), /Property failed/);
});

test.run();
