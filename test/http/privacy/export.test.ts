// time limit: 120 s
import { randomUUID } from 'node:crypto';
import { unzipSync } from 'fflate';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openErasures } from '../../../src/privacy/index.ts';
import { COLUMNS, EXPORT_FILES, TABLES_EXPORTED } from '../../../src/privacy/personal-data.ts';
import {
  ADMIN,
  AUDITOR,
  COURIER,
  MEERA,
  OTHER,
  startTestApi,
  type OrderJson,
  type TestApi,
} from '../../support/api.ts';
import { createResources } from '../../support/resources.ts';
import type { TokenRequest } from '../../../src/http/server/auth/tokens.ts';

const test = suite('a copy of what is stored of a customer');
let api: TestApi;
let own: OrderJson;

const SEEN_BY = { 'user-agent': 'Own-Browser/7' };

test.before(async () => {
  api = await startTestApi();
  await createResources(api, { customer: 'c-1', courier: 'courier-7' });
  await api.call('/orders', { as: OTHER, json: { ...anOrderOf('p-of-another'), notes: 'of another' } });
  const { items } = anOrderOf('p-hat');
  const json = { items, shipping_address: { recipient_name: 'Meera', city: 'Gdańsk', country: 'PL' }, notes: 'ring' };
  own = (await api.call('/orders', { as: MEERA, json, headers: SEEN_BY })).body;
  await api.call(`/orders/${own.id}/notes`, { json: { text: 'Staff: asks often' }, headers: SEEN_BY });
  await api.call(`/orders/${own.id}/notes`, { json: { text: 'Call me', visible_to_customer: true } });
  await api.call(`/orders/${own.id}/hold`, { json: { reason_category: 'fraud_check', note: 'Staff: odd address' } });
  await api.call('/me/devices', { method: 'PUT', as: MEERA, json: { token: 'push-token-1', platform: 'android' } });
  const credit = { currency: 'EUR', amount: 5, reason_category: 'goodwill', note: 'Staff: was angry' };
  await api.call('/admin/customers/c-1/store-credit', { json: credit });
  await api.core.db('local_carts').insert({ customer_id: 'c-1', product_id: 'p-in-cart', quantity: 2 });
});
test.after(() => api.close());

const anOrderOf = (product_id: string) => ({
  items: [{ product_id, product_name: 'Hat', unit_price: 9.5, quantity: 1 }],
});

type Copy = { readonly status: number; readonly files: Readonly<Record<string, string>>; readonly all: string };

/** The zip of a path, read by another library. */
const copyOf = async (path: string, as: TokenRequest): Promise<Copy> => {
  const headers = { authorization: `Bearer ${await api.token(as)}` };
  const response = await fetch(`${api.url}/api/v1${path}`, { headers });
  assert.is(response.headers.get('content-type'), 'application/zip', await response.clone().text());
  const zip = unzipSync(new Uint8Array(await response.arrayBuffer()));
  const files = Object.fromEntries(
    Object.entries(zip).map(([name, bytes]) => [
      name,
      Buffer.from(bytes).toString(name.endsWith('.pdf') ? 'latin1' : 'utf8'),
    ]),
  );
  return { status: response.status, files, all: Object.values(files).join('\n') };
};

const forStaff = () => copyOf('/admin/customers/c-1/export', ADMIN);
const forCustomer = () => copyOf('/me/export', MEERA);

const exportedColumns = Object.entries(COLUMNS).flatMap(([name, treatment]) => (treatment.export ? [name] : []));

test('every table with something of the person is in a file of the copy, and no other', () => {
  const tables = new Set(exportedColumns.map((name) => name.split('.')[0] ?? ''));
  assert.equal(Object.keys(TABLES_EXPORTED).toSorted(), [...tables].toSorted());
});

/** The person's rows of each table, by what says that they are theirs. */
const OWNED: Readonly<Record<string, string>> = {
  events: 'stream = any(:streams)',
  numbers: 'id = any(:orders)',
  external_documents: 'order_id = any(:orders)',
  figure_orders: "customer_id = :customer and country <> 'unknown'",
  figure_sums: "key = 'c-1'",
  figure_customer_sums: "key = 'c-1'",
  projection_counters: "name = 'customer_id:c-1'",
  projection_drift: "key = 'c-1'",
  gateway_asks: 'idempotency_key = any(:payments::text[])',
  sandbox_ledger: 'payment_id = any(:payments)',
  document_files: 'document_id in (select id from document_list where customer_id = :customer)',
  messages: 'order_id = any(:orders)',
  data_keys: "subject = 'life-c-1'",
  keys_made: "subject = 'life-c-1'",
  key_drops: "subject = 'life-c-1'",
};

/** Columns that have no words here. */
const NOT_LOOKED_FOR = [
  // The customer's id alone, which customer.json has.
  ...[
    'order_list',
    'return_list',
    'payment_list',
    'store_credit',
    'document_list',
    'figure_orders',
    'figure_customers',
  ].map((table) => `${table}.customer_id`),
  ...[
    'order_status_history.customer_id',
    'order_templates.customer_id',
    'local_carts.customer_id',
    'erasures.customer_id',
  ],
  ...['figure_sums.key', 'figure_customer_sums.key', 'projection_counters.name', 'projection_drift.key'],
  ...['data_keys.subject', 'keys_made.subject', 'key_drops.subject'],
  // Sealed: what is in them is looked for by its words, below and in the test with a word in every field.
  ...['messages.sealed', 'devices.sealed', 'order_templates.sealed', 'document_files.sealed'],
  // Of payments at a bank and of imported orders, which are in that test too.
  ...['gateway_asks.outcome', 'sandbox_ledger.transaction_id', 'sandbox_ledger.reason', 'payment_list.transaction_id'],
  ...[
    'external_documents.number',
    'return_list.tracking_number',
    'return_list.money',
    'return_list.refund_status',
    'erasures.reason',
    'erasures.steps',
  ],
];

const leavesOf = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return value === '' ? [] : [value];
  if (Buffer.isBuffer(value) || typeof value !== 'object' || value === null) return [];
  // An envelope; what is in it is looked for by its words.
  if ('sealed' in value && 'key' in value) return [];
  return Object.values(value).flatMap(leavesOf);
};

test('the copy for staff has every text that the map says the person gets, in the file that it names', async () => {
  const { files } = await forStaff();
  const { db } = api.core;
  const orders = (await db<{ id: string; customer_id: string }>('order_list').where({ customer_id: 'c-1' })).map(
    ({ id }) => id,
  );
  const payments = (await db<{ id: string; customer_id: string }>('payment_list').where({ customer_id: 'c-1' })).map(
    ({ id }) => id,
  );
  const seen = new Set<string>();
  const missing = new Set<string>();
  for (const [table, file] of Object.entries(TABLES_EXPORTED)) {
    const columns = exportedColumns.flatMap((name) =>
      name.startsWith(`${table}.`) ? [name.slice(table.length + 1)] : [],
    );
    const owned = OWNED[table] ?? 'customer_id = :customer';
    const streams = orders.map((id) => `order-${id}`);
    const { rows } = await db.raw<{ rows: readonly Record<string, unknown>[] }>(
      `select ${columns.join(', ')} from ${table} where ${owned}`,
      { customer: 'c-1', orders, payments, streams },
    );
    const text = file === 'documents/' ? Object.keys(files).join('\n') : (files[file] ?? '');
    for (const row of rows)
      for (const [column, value] of Object.entries(row))
        for (const leaf of leavesOf(value)) {
          // What names the customer is in customer.json once, and need not be in every line.
          if (leaf.endsWith('c-1')) continue; // an id of an order may have these three characters within
          seen.add(`${table}.${column}`);
          if (!text.includes(JSON.stringify(leaf).slice(1, -1))) missing.add(`${table}.${column} in ${file}: ${leaf}`);
        }
  }
  assert.equal([...missing], []);
  const unseen = exportedColumns.filter((name) => !seen.has(name));
  assert.equal(unseen.toSorted(), [...NOT_LOOKED_FOR].toSorted());
});

type Line = {
  readonly type?: string;
  readonly metadata?: { readonly actor: { readonly role: string } };
  readonly user_agent?: string;
  readonly notes?: string | null;
  readonly erased?: true;
};

/** The lines of a file. */
const linesOf = (files: Copy['files'], name: string): readonly Line[] =>
  (files[name] ?? '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line); // as the export writes them

test('both copies have every file, and documents as they are', async () => {
  for (const { files } of [await forStaff(), await forCustomer()]) {
    const named = EXPORT_FILES.filter((name) => name !== 'documents/');
    const pdfs = Object.keys(files).filter((name) => name.startsWith('documents/'));
    assert.equal(Object.keys(files), [...named, ...pdfs]);
    assert.is(pdfs.length, 1);
    assert.ok(files[pdfs[0] ?? '']?.startsWith('%PDF'));
    const customer = JSON.parse(files['customer.json'] ?? '') as Record<string, unknown>;
    assert.equal(Object.keys(customer['files'] as object), [...EXPORT_FILES]);
    assert.match(JSON.stringify(customer), /"c-1".*push-token-1.*android.*As .*p-in-cart/);
    assert.is(linesOf(files, 'orders.ndjson').length, 3);
    assert.is(linesOf(files, 'messages.ndjson').length > 0, true);
  }
});

test('nothing of another customer is in it', async () => {
  for (const { all } of [await forStaff(), await forCustomer()]) assert.not.match(all, /of another|"c-2"/);
});

test('notes of staff are in the copy for staff alone', async () => {
  const erasures = openErasures(api.core.db);
  const [id, reason] = [randomUUID(), 'Staff: went to court'];
  const by = { requested_by: 'ops', requested_role: 'admin' } as const;
  await erasures.begin({ id, customer_id: 'c-1', reason, mode: 'when_settled', ...by }, () => Promise.resolve());
  await erasures.move(id, { state: 'waiting' });
  const [staff, customer] = [await forStaff(), await forCustomer()];
  assert.ok(customer.files['customer.json']?.includes(id));
  for (const note of ['asks often', 'odd address', 'was angry', 'fraud_check', 'went to court']) {
    assert.ok(staff.all.includes(note), note);
    assert.not.ok(customer.all.includes(note), note);
  }
  assert.ok(customer.all.includes('Call me'));
  assert.not.ok(customer.all.includes('courier-7'), 'who brings it is told to staff');
});

test('address and user agent are there of the customer’s own requests, and of no others', async () => {
  for (const { files } of [await forStaff(), await forCustomer()]) {
    const events = linesOf(files, 'events.ndjson');
    const withAgent = events.filter(({ user_agent }) => user_agent !== undefined);
    assert.equal(
      withAgent.map(({ type, metadata, user_agent }) => [type, metadata?.actor.role, user_agent]),
      [['OrderPlaced', 'customer', 'Own-Browser/7']],
    );
  }
  const { files } = await forCustomer();
  assert.equal(
    linesOf(files, 'events.ndjson').map(({ metadata }) => metadata?.actor.role),
    ['customer'],
  );
});

test('each copy is recorded before it is handed out, with customer, caller and time', async () => {
  const recorded = async () =>
    (await api.store.readStream(`audit-${new Date().getUTCFullYear()}`)).filter(
      ({ type }) => type === 'SubjectExported',
    );
  const before = await recorded();
  await forStaff();
  await forCustomer();
  const added = (await recorded()).slice(before.length);
  assert.equal(
    added.map(({ data, metadata }) => [data['customer_id'], metadata['actor']]),
    [
      ['c-1', { role: 'admin', id: 'admin' }],
      ['c-1', { role: 'customer', id: 'c-1' }],
    ],
  );
});

test('only admins export customers, and only customers themselves', async () => {
  for (const as of [AUDITOR, COURIER, MEERA])
    assert.is((await api.call('/admin/customers/c-1/export', { as })).status, 403);
  for (const as of [ADMIN, AUDITOR, COURIER]) assert.is((await api.call('/me/export', { as })).status, 403);
  assert.is((await api.call('/admin/customers/nobody/export')).status, 404);
});

test('a customer without stored data gets a copy that says so', async () => {
  const { files } = await copyOf('/me/export', { role: 'customer', sub: 'c-new' });
  assert.is(files['orders.ndjson'], '');
  assert.match(files['customer.json'] ?? '', /"devices": \[\]/);
  assert.equal(await api.core.db('data_keys').where({ subject: 'life-c-new' }), [], 'the record of it makes no key');
});

test('an erased customer is told so, until something is stored again', async () => {
  const as = { role: 'customer', sub: 'c-erased' } as const;
  await api.call('/orders', { as, json: anOrderOf('p-1') });
  await api.core.db('data_keys').where({ subject: 'life-c-erased' }).update({ wrapped: null, erased_at: new Date() });
  api.core.dataKeys.forget();
  for (const [path, caller] of [
    ['/me/export', as],
    ['/admin/customers/c-erased/export', ADMIN],
  ] as const) {
    const { status, problem } = await api.call(path, { as: caller });
    assert.equal([status, problem.code], [410, 'customer.erased']);
  }
  await api.call('/orders', { as, json: { ...anOrderOf('p-2'), notes: 'I am back' } });
  const { files } = await copyOf('/me/export', as);
  const [old, fresh] = linesOf(files, 'orders.ndjson');
  assert.equal([old?.erased, old?.notes, fresh?.notes], [true, null, 'I am back']);
});

test.run();
