const id = '0195513c-6c00-7000-8000-00000000000e';
const at = '2026-03-01T12:00:01.000Z';

export const planExample = {
  customer_id: 'c-1',
  orders: 3,
  streams: 11,
  keys: 1,
  kept: [{ year: 2026, documents: 2, until: '2037-01-01' }],
  open_business: [],
};

export const runningExample = {
  id,
  customer_id: 'c-1',
  state: 'running',
  mode: 'now',
  reason: 'Asked for by the customer',
  requested_by: 'ops-1',
  requested_at: '2026-03-01T12:00:00.000Z',
  finished_at: null,
  failure: null,
  open_business: [],
  steps: {},
  late_events: [],
  certificate: null,
};

export const doneExample = {
  ...runningExample,
  state: 'done',
  finished_at: at,
  steps: {
    record: { at },
    destroy: { at },
    acknowledge: { at, waited_ms: 40 },
    delete: { at, files: 4 },
    search: { at, orders: 3 },
    look_again: { at, streams: 11, events: 42 },
  },
  certificate: {
    content: {
      format: 'waybill-erasure/v1',
      erasure: id,
      destroyed_at: at,
      destroyed: { keys: ['0195513c-6c00-7000-8000-00000000000f'], rows: { devices: 1 }, files: 4 },
      kept: [
        {
          what: 'documents',
          year: 2026,
          documents: 2,
          until: '2037-01-01',
          why: 'an invoice must name its buyer for as long as books must be kept; only admins and auditors can read it',
        },
      ],
      residual: [{ what: ['ship_country'], why: 'a country alone names no person; the reports by country need it' }],
      looked_again: { streams: 11, events: 42, since: 0, late: 0 },
      backups: { made_before: at, unreadable_since: null },
    },
    note: 'waybill-erasure/v1\n{…}\n\n— waybill/0123456789abcdef ABEi…\n',
  },
};
