export const projectionExample = {
  name: 'order_list',
  version: 1,
  position: '4711',
  head: '4711',
  lag_events: 0,
  lag_seconds: 0,
  state: 'running',
  failure: null,
};

export const projectionDetailExample = {
  ...projectionExample,
  rebuild: {
    state: 'building',
    swaps: true,
    position: '2100',
    head: '4711',
    events: 2080,
    events_per_second: 1040,
    eta_seconds: 3,
    error: null,
    begun_at: '2026-03-01T12:05:00.000Z',
    updated_at: '2026-03-01T12:05:02.000Z',
  },
  kept: null,
  drift: { count: 0, first: [] },
};

export const diffExample = {
  projection: 'order_list',
  position: '4711',
  compared: 'rebuild',
  old: { rows: 812, checksum: '-48152011720' },
  new: { rows: 812, checksum: '-48152011720' },
  differences: { rows: 0, counters: 0, sums: 0 },
  rows: [],
  counters: [],
  sums: [],
};

export const jobExample = {
  id: '17',
  task: 'issue-invoice',
  key: 'invoice-0195513c-6c00-7000-8000-000000000001',
  payload: {},
  state: 'failed',
  attempts: 3,
  max_attempts: 25,
  reason: 'the event store cannot be reached',
  created_at: '2026-03-01T12:05:00.000Z',
  next_try_at: '2026-03-01T12:06:00.000Z',
};

export const clockRunExample = {
  id: '812',
  task: 'process-waiting-orders',
  started_at: '2026-03-01T12:05:00.040Z',
  finished_at: '2026-03-01T12:05:00.310Z',
  moved: 14,
  failed: 0,
  failures: [],
  reason: null,
};

export const verificationStartedExample = {
  state: 'running',
  requested_by: 'ops-1',
  started_at: '2026-03-01T02:41:00.000Z',
  finished_at: null,
  progress: { done: 0, total: 0 },
  result: null,
  reason: null,
  last_passed_at: '2026-02-28T02:41:09.000Z',
};

export const verificationExample = {
  ...verificationStartedExample,
  state: 'failed',
  finished_at: '2026-03-01T02:41:09.000Z',
  progress: { done: 412_007, total: 412_007 },
  result: {
    since: 0,
    events: 412_007,
    recorded: 412_007,
    streams: 61_200,
    heads: 128,
    is_signed: true,
    restores: [],
    counts: { changed: 1 },
    findings: [
      {
        kind: 'changed',
        stream: 'order-0195513c-6c00-7000-8000-000000000001',
        revision: 2,
        index: 90_112,
        detail: 'its content does not match its hash',
        between: { from: '2026-01-03T00:00:00.000Z', to: '2026-01-04T00:00:00.000Z' },
      },
    ],
  },
};
