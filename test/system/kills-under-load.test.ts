// time limit: 240 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runKillsUnderLoad } from '../faults/kills-under-load.ts';
import { compiledMain } from '../support/compiled.ts';
import { seed } from '../support/random.ts';
import { temporaryFolder } from '../support/temporary.ts';

const test = suite('fault injection: kills real processes under load');

test('after kills of API, projector, worker and PostgreSQL no order or invoice is lost or doubled', async () => {
  const folder = await temporaryFolder();
  const report = await runKillsUnderLoad({
    seed,
    program: await compiledMain(),
    dataDir: folder.path,
    victims: ['api', 'projector', 'worker', 'postgres'],
    // Other tests run at the same time and slow this one down.
    leniency: 4,
    print: (line) => void process.stdout.write(`${line}\n`),
  });
  assert.ok(report.orders > 10 && report.invoices > 5, JSON.stringify(report));
  await folder.remove();
});

test.run();
