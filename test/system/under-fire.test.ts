// time limit: 240 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runUnderFire } from '../faults/under-fire.ts';
import { compiledMain } from '../support/compiled.ts';
import { seed } from '../support/random.ts';
import { temporaryFolder } from '../support/temporary.ts';

const test = suite('under fire');

test('api, projector, worker and PostgreSQL are killed under orders, and nothing is lost or double', async () => {
  const folder = await temporaryFolder();
  const report = await runUnderFire({
    seed,
    program: await compiledMain(),
    dataDir: folder.path,
    victims: ['api', 'projector', 'worker', 'postgres'],
    // Other tests run beside this one, now more and now less.
    leniency: 4,
    print: (line) => void process.stdout.write(`${line}\n`),
  });
  assert.ok(report.orders > 10 && report.invoices > 5, JSON.stringify(report));
  await folder.remove();
});

test.run();
