// time limit: 240 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runMoneyUnderFire } from '../faults/money-under-fire.ts';
import { compiledMain } from '../support/compiled.ts';
import { seed } from '../support/random.ts';
import { temporaryFolder } from '../support/temporary.ts';

const test = suite('money under fire');

test('whatever races and whichever worker dies, the log equals the gateway’s books to the cent', async () => {
  const { path, remove } = await temporaryFolder();
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  const { orders, memos } = await runMoneyUnderFire({ seed, program: await compiledMain(), dataDir: path, print });
  assert.is(orders, 8);
  assert.is(memos, 3);
  await remove();
});

test.run();
