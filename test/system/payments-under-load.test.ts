// time limit: 240 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runPaymentsUnderLoad } from '../faults/payments-under-load.ts';
import { compiledMain } from '../support/compiled.ts';
import { seed } from '../support/random.ts';
import { temporaryFolder } from '../support/temporary.ts';

const test = suite('fault injection: payment races with killed workers');

test('after concurrent requests and killed processes the log equals the gateway’s ledger, and documents the money, to the cent', async () => {
  const { path, remove } = await temporaryFolder();
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  const { orders, memos } = await runPaymentsUnderLoad({ seed, program: await compiledMain(), dataDir: path, print });
  assert.is(orders, 12);
  assert.ok(memos >= 3, `${memos} memos`);
  await remove();
});

test.run();
