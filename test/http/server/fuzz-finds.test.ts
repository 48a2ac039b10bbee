import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ApiDeps } from '../../../src/http/api.ts';
import { fuzz } from '../../fuzz/fuzz.ts';
import { startFuzzedApi } from '../../fuzz/start.ts';
import type { TestApi } from '../../support/api.ts';
import { seed } from '../../support/random.ts';

const finds = suite('what the fuzzer finds');

/** An API with four holes in it. */
const withHoles = (deps: ApiDeps): ApiDeps => ({
  ...deps,
  admin: { ...deps.admin, projections: () => Promise.reject(new TypeError('a bug')) },
  customers: { ...deps.customers, customerTotals: () => Promise.resolve({ order_count: 'many' } as never) },
  kernel: {
    ...deps.kernel,
    keys: { ...deps.kernel.keys, free: () => Promise.resolve() },
    authenticate: (headers) =>
      headers.authorization === undefined && headers['x-api-key'] === undefined
        ? { id: 'admin', role: 'admin', email: null, name: null }
        : deps.kernel.authenticate(headers),
  },
});

let api: TestApi;
finds.before(async () => {
  api = await startFuzzedApi({}, withHoles);
});
finds.after(() => api.close());

finds('a bug, a wrong body, a write of what was rejected, and a caller admitted without credentials', async () => {
  const only = ['listProjections', 'cancelOrder', 'assignDelivery', 'countCustomerOrders'];
  const { faults } = await fuzz(api, { requests: 400, seed, only });
  for (const kind of [
    /^answered 500/,
    /count → 200 is not as documented/,
    /and wrote all the same/,
    /^answered (?!401)\d+ where 401 is due/,
  ])
    assert.ok(
      faults.some((fault) => kind.test(fault)),
      `${String(kind)} in seed ${seed}:\n${faults.join('\n')}`,
    );
});

finds.run();
