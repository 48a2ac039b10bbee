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
  missingKeys: () => Promise.resolve(0),
  drift: () => Promise.resolve([]),
  needs: () => Promise.resolve({ resolution: 0, payout: 0, held: 0 }),
  isLogRecorded: () => Promise.resolve(true),
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

parts.run();
