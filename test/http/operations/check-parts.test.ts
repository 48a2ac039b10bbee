import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createCheckParts, type CheckPartsDeps } from '../../../src/http/operations/check-parts.ts';

const parts = suite('parts of the server');

const WELL: CheckPartsDeps = {
  pingDatabase: () => Promise.resolve(),
  probeWrites: () => Promise.resolve(),
  probeAppends: () => Promise.resolve(),
  messageLag: () => Promise.resolve({ lag_events: 0, lag_seconds: 0 }),
  queueHealth: () => Promise.resolve({ workers: 1, waiting: 0, running: 0, failed: 0, oldest_waiting_seconds: 0 }),
  store: { head: () => Promise.resolve(0n) },
  projections: () => Promise.resolve([]),
  missingKeys: () => Promise.resolve({ data: 0, search: false }),
  drift: () => Promise.resolve([]),
  needs: () => Promise.resolve({ resolution: 0, payout: 0, held: 0 }),
  logState: () => Promise.resolve('kept'),
  verification: () => Promise.resolve({ state: 'passed', last_passed_at: null, findings: 0 }),
  checkMail: undefined,
};

const states = async (deps: Partial<CheckPartsDeps>) => {
  const found = await createCheckParts({ ...WELL, ...deps })();
  return Object.fromEntries(
    found.map(({ name, state, reason }) => [name, reason === undefined ? state : `${state}: ${reason}`]),
  );
};

parts('an event store that answers and takes no appends is down', async () => {
  assert.is((await states({}))['event_store'], 'up');
  const unable = await states({ probeAppends: () => Promise.reject(new Error('no leader')) });
  assert.equal([unable['event_store'], unable['database']], ['down: takes no appends', 'up']);
});

parts('a log that is not recorded, not signed or not verified is told, and what is worst comes first', async () => {
  const logOf = async (deps: Partial<CheckPartsDeps>) => (await states(deps))['log'] ?? 'no part';
  const failed: CheckPartsDeps['verification'] = () =>
    Promise.resolve({ state: 'failed', last_passed_at: null, findings: 1 });
  assert.is(await logOf({}), 'up');
  assert.match(
    await logOf({ logState: () => Promise.resolve('contradicted'), verification: failed }),
    'npm run verify',
  );
  assert.match(
    await logOf({ logState: () => Promise.resolve('unsigned'), verification: failed }),
    /^behind: its heads cannot be signed: npm run log -- head says why$/,
  );
  assert.match(await logOf({ verification: failed }), 'the last verification found differences');
});

parts.run();
