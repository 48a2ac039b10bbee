// time limit: 180 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createProcessLogger } from '../../../src/app/process-logger.ts';
import { fuzz } from '../../fuzz/fuzz.ts';
import { startFuzzedApi } from '../../fuzz/start.ts';
import { PLANTED, toldBy } from '../../fuzz/planted.ts';
import type { TestApi } from '../../support/api.ts';
import { seed } from '../../support/random.ts';

const REQUESTS = 1_000;

const contract = suite('the contract, fuzzed');
let api: TestApi;

const log: string[] = [];

contract.before(async () => {
  const logger = createProcessLogger({ level: 'trace', role: 'api', stream: { write: (line) => void log.push(line) } });
  api = await startFuzzedApi({ logger });
});
contract.after(() => api.close());

contract(
  'a thousand requests, good and bad, break no promise of the served document, and tell the log nothing',
  async () => {
    const { faults, operations, statuses, secrets } = await fuzz(api, { requests: REQUESTS, seed });
    assert.is(faults.length, 0, `seed ${seed}:\n${faults.join('\n')}`);
    const answered = [...operations.values()].filter(({ done }) => done > 0).length;
    assert.ok(answered > operations.size / 2, `only ${answered} of ${operations.size} operations answered 2xx`);
    for (const status of [200, 201, 400, 401, 403, 404, 409, 412, 415, 422])
      assert.ok((statuses.get(status) ?? 0) > 0, `nothing was answered ${status}`);
    assert.ok(log.length >= REQUESTS, `${log.length} lines`);
    assert.equal(toldBy(log.join(''), [...Object.values(PLANTED), ...secrets]), [], 'the log contains secrets');
  },
);

contract.run();
