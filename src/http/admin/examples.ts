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
