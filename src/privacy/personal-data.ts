/**
 * The one map of personal data: where a person may be named, whether the person gets a copy of it, and what an erasure does
 * to it. Erasure, subject access and the tests read this map; a text field that it does not name fails a test.
 */
export type Treatment = {
  /** Whether it is in the person's copy of their data. */
  readonly export: boolean;
  /**
   * `key`: it is sealed, and gone with the key. `delete`: its row or file is deleted. `replace`: it is blanked.
   * `retain`: it stays, because it names no person, or for the reason that `why` gives.
   */
  readonly erase: 'key' | 'delete' | 'replace' | 'retain';
  /** Of something that stays and may lead to a person. */
  readonly why?: string;
};

const ours: Treatment = { export: false, erase: 'retain' };
const shared: Treatment = { export: true, erase: 'retain' };
const sealed: Treatment = { export: true, erase: 'key' };
const deleted: Treatment = { export: false, erase: 'delete' };
/** What sealed events are folded to: the copy has the events. */
const folded: Treatment = { export: false, erase: 'key' };

/** Data that stays in clear and may lead to a person: what the documentation calls residual. */
const residual = (why: string): Treatment => ({ export: true, erase: 'retain', why });
const CUSTOMER_ID = residual('a pseudonym: it names no person without the shop’s own list of customers');
const COURIER_OR_STAFF = residual('the id of a courier or of staff, who are no customers');
const CARRIER_NUMBER = residual('the number of a parcel at its carrier, which deletes its own data');
const TRACKING_LINK = residual('the page of a parcel at its carrier; staff are told to name no person in it');
const GATEWAY_NUMBER = residual('the number of a payment at its service, needed to prove the books');
const GATEWAY_REASON = residual('a reason that the payment service gave, such as insufficient funds');
const COUNTRY = residual('a country alone names no person; the reports by country need it');
const STAFF_TEXT = residual('written by staff, who are told to name no person in it');
/** The same of something that is no customer's. */
const ofNoCustomer = (treatment: Treatment): Treatment => ({ ...treatment, export: false });

/**
 * Text fields of events, by path, or by type and path where a name means different things. `personal` is the one place of
 * names, addresses and free text: sealed as a whole, in every event.
 */
export const EVENT_FIELDS: Readonly<Record<string, Treatment>> = {
  personal: sealed,
  customer_id: CUSTOMER_ID,
  delivery_partner_id: COURIER_OR_STAFF,
  ship_country: COUNTRY,
  tracking_number: CARRIER_NUMBER,
  tracking_url: TRACKING_LINK,
  transaction_id: GATEWAY_NUMBER,
  failure_reason: GATEWAY_REASON,
  'exchange_of.return_number': shared,
  'exchange_of.order_number': shared,
  'external.source': shared,
  'external.number': residual('the number of an imported order in the system that it came from'),
  'external_documents[].number': shared,
  order_number: shared,
  return_number: shared,
  payment_number: shared,
  number: shared,
  file_name: shared,
  locale: shared,
  payment_method: shared,
  carrier: shared,
  reason_category: shared,
  currency: shared,
  'lines[].product_id': shared,
  'lines[].product_name': shared,
  'lines[].product_sku': shared,
  'lines[].product_description': shared,
  'items[].product_id': shared,
  'items[].product_name': shared,
  'items[].product_sku': shared,
  zone: ours,
  origin: ours,
  previous_origin: ours,
  'old[]': ours,
  'new[]': ours,
  'LogRestored.reason': ofNoCustomer(STAFF_TEXT),
};

/** Text of the metadata of events. Its `personal`, address and user agent of a request, is sealed as well. */
export const METADATA_FIELDS: Readonly<Record<string, Treatment>> = {
  'actor.id': residual('the id of the customer, courier or member of staff who did it'),
  'actor.role': shared,
  correlation_id: residual('the request id, which the caller may choose'),
  causation_id: ours,
  recorded_at: shared,
  occurred_at: shared,
  hash: ours,
  personal: sealed,
};

/** Rows that an erasure deletes, or blanks with `replace`: which column says that they are the customer's. */
export type Cleared = {
  readonly by: 'customer_id' | 'order_id' | 'payment_id' | 'stream' | 'key_id';
  readonly replace?: Readonly<Record<string, null>>;
};

export const TABLES_CLEARED: Readonly<Record<string, Cleared>> = {
  devices: { by: 'customer_id' },
  order_templates: { by: 'customer_id' },
  local_carts: { by: 'customer_id' },
  checkouts: { by: 'customer_id' },
  delivery_positions: { by: 'order_id' },
  delivery_trail: { by: 'order_id' },
  payment_tokens: { by: 'payment_id' },
  snapshots: { by: 'stream' },
  idempotency_keys: { by: 'stream' },
  messages: { by: 'key_id', replace: { reason: null } },
};

/** The files of the copy that a person gets of their data; in `documents/` is one PDF for each document. */
export const EXPORT_FILES = [
  'customer.json',
  'orders.ndjson',
  'returns.ndjson',
  'payments.ndjson',
  'store_credit.ndjson',
  'notes.ndjson',
  'documents.ndjson',
  'messages.ndjson',
  'events.ndjson',
  'documents/',
] as const;
export type ExportFile = (typeof EXPORT_FILES)[number];

/**
 * In which file of the copy a table's data of a person is, for each table with a column that `COLUMNS` exports. Read models
 * hold what the orders, returns, payments and documents are folded to.
 */
export const TABLES_EXPORTED: Readonly<Record<string, ExportFile>> = {
  events: 'events.ndjson',
  order_list: 'orders.ndjson',
  order_status_history: 'orders.ndjson',
  external_documents: 'orders.ndjson',
  figure_orders: 'orders.ndjson',
  figure_sums: 'customer.json',
  figure_customers: 'customer.json',
  figure_customer_sums: 'customer.json',
  projection_counters: 'customer.json',
  projection_drift: 'customer.json',
  return_list: 'returns.ndjson',
  payment_list: 'payments.ndjson',
  gateway_asks: 'payments.ndjson',
  sandbox_ledger: 'payments.ndjson',
  store_credit: 'store_credit.ndjson',
  document_list: 'documents.ndjson',
  document_files: 'documents/',
  numbers: 'events.ndjson',
  messages: 'messages.ndjson',
  devices: 'customer.json',
  order_templates: 'customer.json',
  local_carts: 'customer.json',
  data_keys: 'customer.json',
  keys_made: 'customer.json',
  key_drops: 'customer.json',
  erasures: 'customer.json',
};

const columns = (table: string, names: Readonly<Record<string, Treatment>>): Readonly<Record<string, Treatment>> =>
  Object.fromEntries(Object.entries(names).map(([name, treatment]) => [`${table}.${name}`, treatment]));

/** Columns that can hold text: text, JSON, bytes and lists. */
export const COLUMNS: Readonly<Record<string, Treatment>> = {
  ...columns('events', { stream: shared, type: shared, data: sealed, metadata: sealed }),
  // Read models: the events' own envelopes, and what the events have in clear.
  ...columns('order_list', {
    customer_id: CUSTOMER_ID,
    status: shared,
    delivery_partner_id: COURIER_OR_STAFF,
    state: folded,
    personal: folded,
    csv: folded,
    payment_status: shared,
    refund_status: shared,
  }),
  ...columns('return_list', {
    customer_id: CUSTOMER_ID,
    status: shared,
    reason: shared,
    state: folded,
    money: shared,
    refund_status: shared,
    tracking_number: CARRIER_NUMBER,
  }),
  ...columns('payment_list', {
    customer_id: CUSTOMER_ID,
    status: shared,
    state: folded,
    transaction_id: GATEWAY_NUMBER,
  }),
  ...columns('store_credit', { customer_id: CUSTOMER_ID, currency: shared }),
  ...columns('document_list', {
    document_type: shared,
    customer_id: CUSTOMER_ID,
    number: shared,
    file_name: shared,
    sha256: ours,
    kind: shared,
    currency: shared,
  }),
  ...columns('numbers', { number: shared, kind: ours }),
  ...columns('external_documents', { number: shared }),
  ...columns('figure_orders', {
    customer_id: CUSTOMER_ID,
    currency: ours,
    country: COUNTRY,
    state: ours,
    bookings: ours,
  }),
  ...columns('figure_sums', { dimension: ours, currency: ours, key: CUSTOMER_ID }),
  ...columns('figure_customers', { customer_id: CUSTOMER_ID, days: ours }),
  ...columns('figure_customer_sums', { dimension: ours, key: CUSTOMER_ID }),
  ...columns('order_status_history', {
    customer_id: CUSTOMER_ID,
    statuses: shared,
    from_positions: ours,
    progress: ours,
  }),
  // Tokens of words. Those of a person go when the rows are folded again.
  ...columns('order_search', { number: ours, sources: deleted, words: deleted }),
  // What is sealed beside the log.
  ...columns('messages', {
    kind: shared,
    stream: ours,
    status: shared,
    reason: { export: false, erase: 'replace' },
    sealed,
  }),
  ...columns('devices', {
    token_hash: deleted,
    customer_id: deleted,
    platform: { export: true, erase: 'delete' },
    sealed: { export: true, erase: 'delete' },
  }),
  ...columns('order_templates', {
    customer_id: { export: true, erase: 'delete' },
    currency: { export: true, erase: 'delete' },
    items: { export: true, erase: 'delete' },
    request_hash: deleted,
    sealed: { export: true, erase: 'delete' },
  }),
  ...columns('payment_tokens', { sealed: deleted }),
  ...columns('snapshots', { stream: deleted, code: deleted, hash: deleted, state: deleted }),
  ...columns('delivery_positions', { courier_id: deleted, sealed: deleted }),
  ...columns('delivery_trail', { sealed: deleted }),
  ...columns('document_files', {
    file_name: shared,
    sha256: ours,
    sealed: {
      export: true,
      erase: 'retain',
      why: 'an invoice must name its buyer: it is kept, restricted, until books need to be kept no longer',
    },
  }),
  ...columns('local_carts', {
    customer_id: { export: true, erase: 'delete' },
    product_id: { export: true, erase: 'delete' },
  }),
  ...columns('local_cart_clearings', { key: ours }),
  ...columns('checkouts', { customer_id: deleted, cart: deleted }),
  // Hashes, and answers without personal data; deleted after IDEMPOTENCY_HOURS anyway.
  ...columns('idempotency_keys', { key: deleted, request: deleted, headers: deleted, stream: deleted, body: deleted }),
  ...columns('rate_limits', { key: ofNoCustomer(residual('a hash or id of a caller, for a minute')) }),
  // Keys, and what was done with them.
  ...columns('data_keys', { subject: CUSTOMER_ID, wrapped: { export: false, erase: 'delete' }, master_id: ours }),
  ...columns('keys_made', { subject: CUSTOMER_ID }),
  ...columns('key_drops', { subject: CUSTOMER_ID }),
  ...columns('key_holders', { name: ours }),
  ...columns('erasures', {
    customer_id: CUSTOMER_ID,
    reason: STAFF_TEXT,
    mode: ours,
    requested_by: ofNoCustomer(COURIER_OR_STAFF),
    requested_role: ours,
    state: ours,
    open_business: ours,
    steps: CUSTOMER_ID,
    failure: ours,
  }),
  ...columns('search_key', { wrapped: ours }),
  ...columns('master_key_canary', { sealed: ours }),
  // Payments at the bank.
  ...columns('gateway_asks', { idempotency_key: ours, outcome: GATEWAY_REASON }),
  ...columns('sandbox_ledger', {
    idempotency_key: ours,
    kind: ours,
    currency: ours,
    payment_token: ours,
    outcome: ours,
    transaction_id: GATEWAY_NUMBER,
    reason: GATEWAY_REASON,
  }),
  // The shop and its operation.
  ...columns('api_keys', { id: ours, name: ofNoCustomer(STAFF_TEXT), scopes: ours, hash: ours }),
  ...columns('webhook_endpoints', {
    url: ofNoCustomer(STAFF_TEXT),
    types: ours,
    description: ofNoCustomer(STAFF_TEXT),
    disabled_reason: ours,
    secret: ours,
    previous_secret: ours,
    request_hash: ours,
  }),
  ...columns('webhook_deliveries', { type: ours, stream: ours, cause: ours, outcome: ours, reason: ours }),
  ...columns('webhook_held', { stream: ours }),
  ...columns('stock_moves', { product_id: ours, outcome: ours }),
  ...columns('local_products', { product_id: ours, name: ours, sku: ours, description: ours, currency: ours }),
  ...columns('local_stock_changes', { key: ours, product_id: ours, outcome: ours }),
  ...columns('import_runs', { source: ofNoCustomer(STAFF_TEXT), file_sha256: ours }),
  ...columns('clock_runs', { task: ours, failures: ours, reason: ours }),
  ...columns('verifications', {
    state: ours,
    requested_by: ofNoCustomer(COURIER_OR_STAFF),
    holder: ours,
    result: ours,
    reason: ours,
  }),
  ...columns('projection_checkpoints', { name: ours, failure: ours, counters: ours }),
  ...columns('projection_counters', { projection: ours, name: CUSTOMER_ID }),
  ...columns('projection_drift', { projection: ours, scope: ours, key: CUSTOMER_ID, kind: ours, stream: ours }),
  ...columns('projection_kept', { projection: ours }),
  ...columns('projection_rebuilds', { projection: ours, state: ours, code: ours, error: ours }),
  ...columns('reactor_checkpoints', { name: ours, failure: ours }),
  ...columns('number_counters', { kind: ours }),
  ...columns('job_workers', { worker_ids: ours }),
  ...columns('log_epochs', { origin: ours }),
  ...columns('log_heads', { root: ours, note: ours }),
  ...columns('log_keys', { vkey: ours }),
  ...columns('log_progress', { failure: ours, signing_failure: ours }),
  ...columns('log_streams', { stream: ours, last_hash: ours }),
  ...columns('log_tiles', { hashes: ours }),
  ...columns('knex_migrations', { name: ours }),
};

/** Files that Waybill writes, below `DATA_DIR`. */
export const FILES: Readonly<Record<string, Treatment>> = {
  'messages/<id>.eml': { export: false, erase: 'delete' },
  'heads/<size>.checkpoint': ours,
};

/** Text in the payloads of jobs. */
export const JOB_FIELDS: Readonly<Record<string, Treatment>> = {
  name: ours,
  kept_at: ours,
  order_id: ours,
  credit_id: ours,
  shipment_id: ours,
  id: ours,
  note: ours,
  webhook_id: ours,
  delivery_id: ours,
  message_id: ours,
  stream: ours,
  revision: ours,
  position: ours,
  payment_id: ours,
  refund_id: ours,
  run: ours,
  vkey: ours,
  erasure: ours,
  '_cron.ts': ours,
};
