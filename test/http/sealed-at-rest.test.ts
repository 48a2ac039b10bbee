// time limit: 180 s
import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Client } from 'pg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { TokenRequest } from '../../src/http/server/auth/tokens.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { isReadableIn } from '../support/readable-forms.ts';
import { startTestWorker } from '../support/worker.ts';

/** What a test plants where a person may be named: a word that is nowhere else, and says in which field it was. */
const planted = new Map<string, string>();
/** With which each of these words begins: to look for all of them is to look for this. */
const MARK = `kanari${randomBytes(4).toString('hex')}`;
const drawFrom = (letters: string, count: number): string =>
  Array.from(randomBytes(count), (byte) => letters[byte % letters.length] ?? '').join('');
/** The same in other alphabets, without a letter of ASCII. */
const UMLAUTS = drawFrom('äöüßéñ', 12);
const CHINESE = drawFrom('王小明李華陳美玲張偉林雅婷黃建宏', 6);
const MARKS = [MARK, UMLAUTS, CHINESE];
const LAST = { [MARK]: '0123456789', [UMLAUTS]: 'àèìòùâêîôû', [CHINESE]: '甲乙丙丁戊己庚辛壬癸' };
const canary = (field: string, mark = MARK): string => {
  const digits = String(planted.size).padStart(4, '0');
  const word = mark + digits.replaceAll(/\d/g, (digit) => LAST[mark]?.[Number(digit)] ?? digit);
  planted.set(word, field);
  return word;
};
const inOtherAlphabets = (field: string): string =>
  `${canary(`${field} with umlauts`, UMLAUTS)} ${canary(`${field} in Chinese`, CHINESE)}`;
/** A place on earth that is nowhere else. */
const coordinate = (field: string): number => {
  const degrees = Number(`12.${String(randomBytes(4).readUInt32BE()).padStart(10, '7').slice(0, 9)}1`);
  planted.set(String(degrees), field);
  return degrees;
};
const address = (field: string) => ({
  recipient_name: canary(`${field}.recipient_name`),
  street: canary(`${field}.street`),
  city: canary(`${field}.city`),
  state: canary(`${field}.state`),
  zip_code: canary(`${field}.zip_code`),
  country: 'IN',
  phone: canary(`${field}.phone`),
});
const meta = (field: string) => ({ [canary(`${field} name`)]: { deep: [canary(`${field} value`)] } });

/** Which fields can be read in these bytes. */
const fieldsIn = (bytes: Buffer): readonly string[] => {
  const marks = MARKS.filter((mark) => isReadableIn(bytes, mark));
  return [...planted].flatMap(([word, field]) =>
    marks.some((mark) => word.startsWith(mark)) && isReadableIn(bytes, word) ? [field] : [],
  );
};

/** Which coordinates: in a file numbers have other forms, and lie where their columns do. */
const placesIn = (bytes: Buffer): readonly string[] =>
  [...planted].flatMap(([word, field]) =>
    !MARKS.some((mark) => word.startsWith(mark)) && bytes.includes(word) ? [field] : [],
  );

/** Every value of every table, byte columns as their bytes. */
const dump = async (client: Client): Promise<ReadonlyMap<string, Buffer>> => {
  const tables = await client.query<{ name: string }>(
    `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
     where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
  );
  const dumped = new Map<string, Buffer>();
  for (const { name } of tables.rows) {
    const { rows, fields } = await client.query<unknown[]>({ text: `select * from ${name}`, rowMode: 'array' });
    for (const [n, field] of fields.entries()) {
      const values = rows.map((row) => (Buffer.isBuffer(row[n]) ? row[n] : Buffer.from(JSON.stringify(row[n]))));
      dumped.set(`${name}.${field.name}`, Buffer.concat(values.flatMap((value) => [value, Buffer.from('\n')])));
    }
  }
  return dumped;
};

/** The files of PostgreSQL that hold the database, and its write-ahead log: what was deleted may still be there. */
const filesOf = async (client: Client, begun: string): Promise<readonly string[]> => {
  const { rows } = await client.query<{ folder: string; oid: number; wal: string; last: string }>(
    `select current_setting('data_directory') as folder, oid, pg_walfile_name($1) as wal,
       pg_walfile_name(pg_current_wal_lsn()) as last
     from pg_database where datname = current_database()`,
    [begun],
  );
  const [found] = rows;
  if (found === undefined) throw new Error('PostgreSQL names no folder of this database');
  const { folder, oid, wal, last } = found;
  const tables = await readdir(join(folder, 'base', String(oid)));
  const written = (await readdir(join(folder, 'pg_wal'))).filter((name) => name >= wal && name <= last);
  return [
    ...tables.map((name) => join(folder, 'base', String(oid), name)),
    ...written.map((name) => join(folder, 'pg_wal', name)),
  ];
};

const test = suite('personal data at rest');
let api: TestApi;
let worker: Awaited<ReturnType<typeof startTestWorker>>;
let client: Client;
/** Up to where the write-ahead log was written before. */
let begun = '';
test.before(async () => {
  api = await startTestApi();
  client = new Client({ connectionString: api.database.url });
  await client.connect();
  begun = (await client.query<{ lsn: string }>('select pg_current_wal_lsn() as lsn')).rows[0]?.lsn ?? '';
  worker = await startTestWorker(api);
});
test.after(async () => {
  await client.end();
  await worker.stop();
  await api.close();
});

test('what is looked for would be found in each of its forms', () => {
  const word = 'Müller王小明';
  const forms = [
    word,
    word.normalize('NFD'),
    'muller王小明',
    Buffer.from(`x${word}y`).toString('base64'),
    Buffer.from(word).toString('hex'),
    String.raw`\u004d\u00fc\u006c\u006c\u0065\u0072\u738b\u5c0f\u660e`,
    encodeURIComponent(word),
  ];
  for (const form of forms) assert.ok(isReadableIn(Buffer.from(`before ${form} after`), word), form);
  assert.ok(isReadableIn(Buffer.from(word, 'utf16le'), word));
  assert.not.ok(isReadableIn(Buffer.from('Mueller 王'), word));
});

test('no table and no file of the database shows what was entered about a person, in any form', async () => {
  const customer: TokenRequest = {
    role: 'customer',
    sub: 'c-1',
    email: `${canary('token email')}@customer.example`,
    name: canary('token name'),
  };
  const admin: TokenRequest = { role: 'admin', sub: 'admin-1' };
  const agent = canary('user agent');
  const call = async <T = { readonly id: string }>(
    as: TokenRequest,
    method: string,
    path: string,
    json?: object,
  ): Promise<T> => {
    const key = method === 'POST' && { 'idempotency-key': canary(`idempotency key of ${path}`) };
    const headers = { 'user-agent': agent, ...key };
    const { status, text, body } = await api.call<T>(path, {
      method,
      as,
      headers,
      ...(json !== undefined && { json }),
    });
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`);
    return body;
  };

  type Order = { readonly id: string; readonly items: readonly { readonly id: string }[] };
  const item = (field: string) => ({
    product_id: 'p-1',
    product_name: 'Mug',
    quantity: 2,
    unit_price: '12.99',
    meta_data: meta(`${field}.items.meta_data`),
  });
  const details = (field: string) => ({
    customer_email: `${canary(`${field}.customer_email`)}@customer.example`,
    customer_name: `${canary(`${field}.customer_name`)} ${inOtherAlphabets(`${field}.customer_name`)}`,
    shipping_address: address(`${field}.shipping_address`),
    billing_address: `${canary(`${field}.billing_address`)} ${inOtherAlphabets(`${field}.billing_address`)}`,
    notes: `${canary(`${field}.notes`)}, ${inOtherAlphabets(`${field}.notes`)}`,
    meta_data: meta(`${field}.meta_data`),
    delivery_latitude: coordinate(`${field}.delivery_latitude`),
    delivery_longitude: coordinate(`${field}.delivery_longitude`),
  });
  const place = (field: string) =>
    call<Order>(customer, 'POST', '/orders', { ...details(field), items: [item(field)] });
  const move = async (id: string, actions: readonly string[]): Promise<void> => {
    for (const action of actions)
      await call(admin, 'POST', `/orders/${id}/state`, {
        action,
        notes: canary(`${action}.notes`),
        meta_data: meta(`${action}.meta_data`),
      });
  };

  const order = await place('order');
  await call(customer, 'PATCH', `/orders/${order.id}`, {
    notes: canary('changed notes'),
    meta_data: meta('changed meta_data'),
    shipping_address: address('changed address'),
  });
  await call(admin, 'POST', `/orders/${order.id}/notes`, { text: canary('note of an order') });
  await call(admin, 'PUT', `/orders/${order.id}/items`, { items: [item('replaced')] });
  const payment = await call(customer, 'POST', '/payments', {
    order_id: order.id,
    method: 'credit_card',
    amount: (await call<{ total: number }>(admin, 'GET', `/orders/${order.id}`)).total,
    payment_token: canary('payment token'),
    notes: canary('payment notes'),
    meta_data: meta('payment meta_data'),
  });
  await call(admin, 'PATCH', `/payments/${payment.id}`, {
    notes: canary('changed payment notes'),
    meta_data: meta('changed payment meta_data'),
    gateway_response: meta('gateway_response'),
  });
  await call(admin, 'POST', `/payments/${payment.id}/notes`, { text: canary('note of a payment') });
  await move(order.id, ['confirm', 'start_processing']);
  await call(admin, 'POST', `/payments/${payment.id}/process`);
  await call(admin, 'PUT', `/orders/${order.id}/assign-delivery`, { delivery_partner_id: 'd-1' });
  await move(order.id, ['out_for_delivery']);
  await call({ role: 'delivery_partner', sub: 'd-1' }, 'PUT', `/orders/${order.id}/delivery-location`, {
    latitude: coordinate('courier latitude'),
    longitude: coordinate('courier longitude'),
  });
  await move(order.id, ['deliver']);
  await call(customer, 'POST', `/orders/${order.id}/feedback`, { rating: 4, comment: canary('feedback') });
  const { items } = await call<Order>(admin, 'GET', `/orders/${order.id}`);
  const { id: returnId } = await call(customer, 'POST', '/returns', {
    order_id: order.id,
    items: [
      {
        order_item_id: items[0]?.id,
        quantity: 1,
        condition: canary('condition'),
        condition_notes: canary('condition_notes'),
      },
    ],
    reason: 'defective',
    reason_description: canary('reason_description'),
    return_address: address('return_address'),
    notes: canary('return notes'),
    meta_data: meta('return meta_data'),
  });
  await call(customer, 'PATCH', `/returns/${returnId}`, { notes: canary('changed return notes') });
  await call(admin, 'POST', `/returns/${returnId}/notes`, { text: canary('note of a return') });
  await call(admin, 'PATCH', `/returns/${returnId}/review`, {
    decision: 'approved',
    approval_notes: canary('approval_notes'),
  });
  for (const action of ['schedule_pickup', 'start_transit', 'receive', 'process'])
    await call(admin, 'POST', `/returns/${returnId}/state`, {
      action,
      reason: canary(`return ${action}.reason`),
      notes: canary(`return ${action}.notes`),
      ...(action === 'receive' && {
        items: [
          {
            order_item_id: items[0]?.id,
            received_quantity: 1,
            condition: canary('condition seen'),
            condition_notes: canary('condition notes seen'),
          },
        ],
      }),
    });
  await call(admin, 'POST', `/orders/${order.id}/refunds`, {
    goodwill: '1.00',
    reason_category: 'goodwill',
    note: canary('refund note'),
  });
  await call(admin, 'POST', '/admin/customers/c-1/store-credit', {
    currency: 'EUR',
    amount: '5.00',
    reason_category: 'goodwill',
    note: canary('store credit note'),
  });
  const cancelled = await place('cancelled');
  await call(customer, 'POST', `/orders/${cancelled.id}/cancel`, { reason: `for this: ${canary('cancel reason')}` });
  const template = await call(customer, 'POST', '/templates', {
    name: canary('template name'),
    items: [{ product_id: 'p-1', quantity: 1, product_name: 'Mug', unit_price: '2.00' }],
  });
  await call(customer, 'POST', `/templates/${template.id}/order`, details('order of a template'));
  await call(customer, 'PUT', '/me/devices', { token: canary('device token'), platform: 'ios' });

  await eventually('documents are made, the return is paid back, and the read models have followed', async () => {
    const documents = await call<readonly { status: string }[]>(admin, 'GET', `/invoices/order/${order.id}`);
    const { status } = await call<{ status: string }>(admin, 'GET', `/returns/${returnId}`);
    const lists = await call<readonly { name: string; lag_events: number }[]>(admin, 'GET', '/admin/projections');
    const behind = lists.filter(({ lag_events }) => lag_events > 0).map(({ name }) => name);
    const waiting = documents.filter((one) => one.status !== 'ready').length;
    if (documents.length > 0 && waiting === 0 && status === 'refunded' && behind.length === 0) return true;
    throw new Error(
      `${documents.length} documents, ${waiting} not ready, return ${status}, behind: ${behind.join(' ')}`,
    );
  });

  await client.query('checkpoint');
  const [columns, files] = [await dump(client), await filesOf(client, begun)];
  assert.ok(columns.size > 200, 'every table was dumped');
  const shown = [...columns].flatMap(([column, bytes]) =>
    [...fieldsIn(bytes), ...placesIn(bytes)].map((field) => `${column} shows ${field}`),
  );
  for (const file of files)
    for (const field of fieldsIn(await readFile(file))) shown.push(`${basename(file)} shows ${field}`);
  for (const [column, bytes] of columns) if (bytes.includes('%PDF')) shown.push(`${column} shows a document`);
  assert.equal(shown, []);
});

test.run();
