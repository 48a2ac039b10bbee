import * as assert from 'uvu/assert';
import { suite } from 'uvu';
import { createLimiter } from '../../../src/platform/rate-limiter.ts';
import type { RateLimits } from '../../../src/http/server/limits/rate-limits.ts';
import { createApiKey } from '../../../src/platform/api-keys.ts';
import { anOrder, AUDITOR, MEERA, OTHER, startTestApi, type TestApi } from '../../support/api.ts';

const rates = suite('rate limits');
const NONE: RateLimits = { read: 0, write: 0, export: 0, auth: 0 };

const withLimits = async (
  limits: Partial<RateLimits>,
  work: (api: TestApi) => Promise<void>,
  sharedRates = false,
): Promise<void> => {
  const options = { rateLimits: { ...NONE, ...limits }, sharedRates };
  const api = await startTestApi({ projectors: false, options });
  try {
    await work(api);
  } finally {
    await api.close();
  }
};

rates('a caller that reads too much is told when to go on, and no other caller is limited', () =>
  withLimits({ read: 3, write: 1 }, async (api) => {
    const left: (string | null)[] = [];
    for (let n = 0; n < 3; n++) {
      const { status, headers } = await api.call('/orders', { as: MEERA });
      assert.is(status, 200);
      assert.is(headers.get('ratelimit-limit'), '3');
      left.push(headers.get('ratelimit-remaining'));
    }
    assert.equal(left, ['2', '1', '0']);
    const over = await api.call('/orders', { as: MEERA });
    assert.equal([over.status, over.problem.code], [429, 'rate.limited']);
    const wait = Number(over.headers.get('retry-after'));
    assert.ok(wait >= 1 && wait <= 60, String(wait));
    assert.is(over.headers.get('ratelimit-reset'), over.headers.get('retry-after'));
    assert.is((await api.call('/orders', { as: OTHER })).status, 200);
    assert.is(
      (await api.call('/orders', { as: MEERA, json: anOrder() })).status,
      201,
      'writes have a limit of their own',
    );
    const before = await api.countEvents();
    assert.is((await api.call('/orders', { as: MEERA, json: anOrder() })).status, 429);
    assert.is(await api.countEvents(), before);
    assert.is((await api.call('//health', { as: null })).status, 200);
  }),
);

rates('a caller who is rejected by role pays all the same', () =>
  withLimits({ write: 2 }, async (api) => {
    const place = () => api.call('/orders', { as: AUDITOR, json: anOrder() });
    assert.equal([(await place()).status, (await place()).status, (await place()).status], [403, 403, 429]);
  }),
);

rates('0 is no limit, and says nothing', () =>
  withLimits({}, async (api) => {
    for (let n = 0; n < 5; n++) {
      const { status, headers } = await api.call('/orders');
      assert.equal([status, headers.get('ratelimit-limit')], [200, null]);
    }
  }),
);

rates('guessing at a key slows down that key, and no other', () =>
  withLimits({ auth: 3 }, async (api) => {
    const make = () => createApiKey(api.core.db, { name: 'stock', scopes: ['orders:read'], expires_at: null });
    const [target, other] = [await make(), await make()];
    const ask = (key: string) =>
      api.call('/internal/customers/c-1/orders', { as: null, headers: { 'x-api-key': key } });
    const guesses: number[] = [];
    for (let n = 0; n < 5; n++) guesses.push((await ask(`wb_${target.id}_${String(n).repeat(43)}`)).status);
    assert.equal(guesses, [401, 401, 401, 429, 429]);
    assert.is((await ask(target.key)).status, 429, 'a right guess is not heard any more');
    assert.is((await ask(other.key)).status, 200);
    const bearer = (token: string) => api.call('/orders', { as: null, headers: { authorization: `Bearer ${token}` } });
    const tries: number[] = [];
    for (let n = 0; n < 5; n++) tries.push((await bearer('worn-out')).status);
    assert.equal(tries, [401, 401, 401, 429, 429]);
    assert.is((await bearer('another')).status, 401);
    assert.is((await api.call('/orders')).status, 200);
  }),
);

rates('processes that share a database count together', () =>
  withLimits(
    { read: 4 },
    async (api) => {
      const second = createLimiter({ kind: 'read', limit: 4, db: api.core.db });
      const first = await api.call('/orders');
      assert.is(first.headers.get('ratelimit-remaining'), '3');
      assert.is((await second('admin/admin')).remaining, 2);
      assert.is((await api.call('/orders')).headers.get('ratelimit-remaining'), '1');
      const spent = await Promise.all([second('admin/admin'), second('admin/admin'), second('admin/admin')]);
      assert.is(spent.filter(({ isOver }) => isOver).length, 2);
      assert.is((await api.call('/orders')).status, 429);
      const { rows } = await api.core.db.raw<{ rows: { key: string }[] }>('select key from rate_limits');
      assert.not.match(JSON.stringify(rows), 'admin');
    },
    true,
  ),
);

rates('forged tokens leave no rows, also where processes count together', () =>
  withLimits(
    { auth: 2 },
    async (api) => {
      const tries: number[] = [];
      for (const token of ['a', 'b', 'c', 'c', 'c']) {
        const headers = { authorization: `Bearer ${token}` };
        tries.push((await api.call('/orders', { as: null, headers })).status);
      }
      assert.equal(tries, [401, 401, 401, 401, 429]);
      assert.equal(await api.core.db('rate_limits').select(), []);
    },
    true,
  ),
);

rates('a database that is down limits no caller below their share', async () => {
  await withLimits(
    { read: 2 },
    async (api) => {
      await api.core.db.raw('drop table rate_limits');
      const statuses = [];
      for (let n = 0; n < 3; n++) statuses.push((await api.call('/orders')).status);
      assert.equal(statuses, [200, 200, 429]);
    },
    true,
  );
});

rates.run();
