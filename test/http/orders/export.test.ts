import * as assert from 'uvu/assert';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { suite } from 'uvu';
import {
  ADMIN,
  anOrder,
  AUDITOR,
  COURIER,
  MEERA,
  type OrderJson,
  startTestApi,
  type TestApi,
} from '../../support/api.ts';
import { orderProperties } from '../../../src/http/orders/response-schemas.ts';
import { eventually } from '../../support/eventually.ts';

const exporting = suite('exports of orders');
let api: TestApi;

exporting.before(async () => {
  api = await startTestApi();
});
exporting.before.each(async () => {
  await api.core.db.raw('truncate order_list');
});
exporting.after(() => api.close());

/** Places an order and waits until lists include it. */
const place = async (changes: Record<string, unknown> = {}): Promise<OrderJson> => {
  const { body, headers } = await api.call('/orders', { json: anOrder(changes) });
  await api.call('/orders?limit=1', { headers: { 'x-min-position': headers.get('x-event-position') ?? '' } });
  return body;
};

/** Sent as it is: what comes need not be JSON. */
const ask = async (query: string, as = ADMIN) => {
  const headers = { authorization: `Bearer ${await api.token(as)}` };
  const response = await fetch(`${api.url}/api/v1/orders/export${query}`, { headers });
  return { status: response.status, headers: response.headers, text: await response.text() };
};

/** Cells of a CSV file, by RFC 4180. */
const parseCsv = (text: string): readonly (readonly string[])[] => {
  const rows: string[][] = [[]];
  for (const [, quoted, plain = '', end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g)) {
    if (quoted === undefined && plain === '' && end === '') break;
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === '\r\n') rows.push([]);
  }
  return rows.slice(0, -1);
};

const cellsOf = async (query: string): Promise<Readonly<Record<string, string>>[]> => {
  const [head = [], ...rows] = parseCsv((await ask(query)).text);
  return rows.map((row) => Object.fromEntries(head.map((name, at) => [name, row[at] ?? 'missing'])));
};

/** Names in an order's body that stand for one word or number. */
const scalarsOf = (order: OrderJson): readonly string[] => {
  const isScalar = (schema: { readonly type?: unknown; readonly anyOf?: readonly { readonly type?: unknown }[] }) =>
    [schema, ...(schema.anyOf ?? [])].some(({ type }) => ['string', 'number', 'integer'].includes(String(type)));
  return Object.keys(order).filter((name) => {
    const schema = (orderProperties as Record<string, object>)[name];
    return name !== 'shipping_address' && name !== 'billing_address' && schema !== undefined && isScalar(schema);
  });
};

exporting('columns are chosen, among them addresses, tracking and refunds', async () => {
  const order = await place({ shipping_address: { street: 'Ermou 1', city: 'Athens' }, customer_id: '00123' });
  await api.call(`/orders/${order.id}/state`, { json: { action: 'confirm' } });
  await api.call(`/orders/${order.id}/state`, { json: { action: 'start_processing' } });
  const shipped = { action: 'ship', carrier: 'DHL', tracking_number: '0042' };
  const { headers } = await api.call(`/orders/${order.id}/state`, { json: shipped });
  await api.call('/orders?limit=1', { headers: { 'x-min-position': headers.get('x-event-position') ?? '' } });
  const chosen = 'columns=order_number,shipping_address,carrier,tracking_number,refunded,payment_status,customer_id';
  const { text } = await ask(`?${chosen}`);
  assert.equal(parseCsv(text), [
    chosen.slice('columns='.length).split(','),
    [order.order_number, 'Ermou 1, Athens', 'DHL', '0042', '0', 'unpaid', '00123'],
  ]);
  const kept = parseCsv((await ask('?columns=customer_id,tracking_number,total&ids=text')).text);
  assert.equal(kept[1], ['="00123"', '="0042"', String(order.total)]);
});

exporting('an order in several parcels has the tracking numbers of all', async () => {
  const order = await place();
  for (const action of ['confirm', 'start_processing'])
    await api.call(`/orders/${order.id}/state`, { json: { action } });
  const items = [{ order_item_id: order.items[0]?.id, quantity: 1 }];
  const shipments = `/orders/${order.id}/shipments`;
  await api.call(shipments, { json: { items, carrier: 'DHL', tracking_number: 'T1' } });
  const { headers } = await api.call(shipments, { json: { carrier: 'DHL', tracking_number: 'T2' } });
  await api.call('/orders?limit=1', { headers: { 'x-min-position': headers.get('x-event-position') ?? '' } });
  assert.equal(await cellsOf('?columns=carrier,tracking_number'), [{ carrier: 'DHL', tracking_number: 'T1; T2' }]);
});

exporting('view=lines has a line for each item, whatever language the client speaks', async () => {
  const order = await place();
  const query = '?view=lines&columns=order_number,product_name,quantity,unit_price,item_total';
  const [, ...lines] = parseCsv((await ask(query)).text);
  assert.equal(
    lines,
    order.items.map((item) =>
      [order.order_number, item.product_name, item.quantity, item.unit_price, item.final_price].map(String),
    ),
  );
  const speaking = async (language: string): Promise<string> => {
    const headers = { authorization: `Bearer ${await api.token(ADMIN)}`, 'accept-language': language };
    return (await fetch(`${api.url}/api/v1/orders/export${query}`, { headers })).text();
  };
  assert.is(await speaking('de-DE'), await speaking('en-US'));
});

exporting('what makes no sense together is rejected by name', async () => {
  const rejected = async (query: string) => JSON.parse((await ask(query)).text) as { status: number; errors: object[] };
  for (const [query, field] of [
    ['?columns=product_name', 'columns'],
    ['?format=json&view=lines', 'view'],
    ['?format=ndjson&columns=id', 'columns'],
    ['?columns=password', 'columns'],
  ] as const) {
    const { status, errors } = await rejected(query);
    assert.is(status, 422, query);
    assert.match(JSON.stringify(errors), `"${field}`);
  }
});

exporting('CSV has what an order’s body says in a word or a number, in its order', async () => {
  const order = await place({ customer_name: 'Meera "Mimi" Sharma, jr.', notes: 'two\r\nlines', customer_email: null });
  const { status, headers, text } = await ask('?format=csv', AUDITOR);
  assert.is(status, 200);
  assert.is(headers.get('content-type'), 'text/csv; charset=utf-8; header=present');
  assert.match(headers.get('content-disposition') ?? '', /^attachment; filename="orders-\d{4}-\d\d-\d\d\.csv"$/);
  const [head, cells, ...more] = parseCsv(text);
  assert.equal([head, more], [[...scalarsOf(order), 'external_number', 'external_source'], []]);
  const body = order as unknown as Readonly<Record<string, string | number | null>>;
  assert.equal(
    cells,
    head?.map((name) => String(body[name] ?? '')),
  );
});

exporting('a text that a spreadsheet would run is text, and a number stays a number', async () => {
  const texts = ['=cmd|calc', '+1', '-1', '@sum', '\tx', '\rx'];
  for (const notes of texts) await place({ notes, customer_name: '=HYPERLINK("x")', delivery_fee: 0 });
  await place({ notes: 'a=b' });
  const rows = await cellsOf('?format=csv&sort=created_at');
  assert.equal(
    rows.map(({ notes }) => notes),
    [...texts.map((text) => `'${text}`), 'a=b'],
  );
  assert.equal([rows[0]?.['customer_name'], rows[0]?.['shipping_cost']], [`'=HYPERLINK("x")`, '0']);
});

exporting('JSON and NDJSON are the bodies of the list', async () => {
  const placed = [await place(), await place()].map(({ id }) => id).reverse();
  const { body: list } = await api.call<OrderJson[]>('/orders');
  const json = await ask('?format=json');
  assert.equal(JSON.parse(json.text), list);
  const ndjson = await ask('?format=ndjson');
  assert.is(ndjson.headers.get('content-type'), 'application/x-ndjson; charset=utf-8');
  const lines = ndjson.text.trimEnd().split('\n');
  assert.equal(
    lines.map((line) => (JSON.parse(line) as OrderJson).id),
    placed,
  );
  assert.equal(JSON.parse(lines[0] ?? ''), list[0]);
});

exporting('every filter of the list holds, and no match is an empty file', async () => {
  const first = await place({ customer_id: 'c-7' });
  await place({ customer_id: 'c-8', items: [{ product_id: 'p', unit_price: 500, quantity: 1 }] });
  await api.call(`/orders/${first.id}/state`, { json: { action: 'confirm' } });
  await eventually('lists show it', async () => (await cellsOf('?status=confirmed')).length === 1);
  for (const query of ['?customer_id=c-7', '?user_id=c-7', '?max_total=100', '?customer_id=c-7&status=confirmed'])
    assert.equal(
      (await cellsOf(query)).map(({ id }) => id),
      [first.id],
      query,
    );
  const none = "?customer_id=nobody'%20or%20'1'='1";
  assert.equal(await cellsOf(none), []);
  assert.is((await ask(`${none}&format=json`)).text, '[]\n');
  assert.is((await ask(`${none}&format=ndjson`)).text, '');
  assert.is((await ask('?created_to=2020-01-01')).text.split('\r\n').length, 2);
});

exporting('what cannot be exported is a problem, and not a file', async () => {
  for (const query of ['?format=xml', '?limit=5', '?status=lost', '?format=csv&format=json'])
    assert.is((await api.call(`/orders/export${query}`)).status, 422, query);
  for (const as of [MEERA, COURIER]) assert.is((await api.call('/orders/export', { as })).status, 403);
  await api.core.db.raw('alter table order_list rename to gone');
  try {
    const broken = await api.call('/orders/export');
    assert.equal([broken.status, broken.problem.code], [500, 'server.error']);
  } finally {
    await api.core.db.raw('alter table gone rename to order_list');
  }
});

/** So many that no socket holds them. */
const fill = (count: number) =>
  api.core.db.raw(
    `insert into order_list (id, revision, customer_id, status, total, created_at, updated_at, state, personal, csv)
     select gen_random_uuid(), 0, 'c-1', 'pending', 1, now(), now(), '{}', '{"erased":true}', 'line ' || i || repeat('x', 1000) || e'\\r\\n'
     from generate_series(1, ?::int) i`,
    [count],
  );

const openExports = async (): Promise<number> => {
  const { rows } = await api.core.db.raw<{ rows: readonly unknown[] }>(
    `select from pg_stat_activity where datname = current_database() and query like 'fetch % from export'
       and state <> 'idle'`,
  );
  return rows.length;
};

const begin = async (): Promise<IncomingMessage> => {
  const headers = { authorization: `Bearer ${await api.token(ADMIN)}` };
  const [response] = (await once(get(`${api.url}/api/v1/orders/export`, { headers }), 'response')) as [IncomingMessage];
  return response;
};

exporting('an export is of one moment, is read as fast as it is taken, and is whole', async () => {
  await fill(15_000);
  const response = await begin();
  response.pause();
  await eventually('it waits for its reader', async () => (await openExports()) === 1);
  await api.core.db.raw('delete from order_list');
  let lines = -1; // the header
  response.setEncoding('utf8').on('data', (text: string) => (lines += text.split('\n').length - 1));
  response.resume();
  await once(response, 'end');
  assert.is(lines, 15_000);
  await eventually('its query has ended', async () => (await openExports()) === 0);
});

exporting('a client that goes away ends the query', async () => {
  await fill(15_000);
  const response = await begin();
  response.pause();
  await eventually('it waits for its reader', async () => (await openExports()) === 1);
  response.destroy();
  await eventually('its query has ended', async () => (await openExports()) === 0);
});

exporting('no cell becomes a formula, full-width or where a program splits at semicolons', async () => {
  for (const [notes, cell] of [
    ['n;=9+9', "n;'=9+9"],
    ['＝9+9', "'＝9+9"],
    ['＠SUM(1)', "'＠SUM(1)"],
    ['two\n+1', "two\n'+1"],
    ['\ufeff=1', "'\ufeff=1"],
    ['\u200b\u00a0@x', "'\u200b\u00a0@x"],
    ['a, -1', 'a, -1'],
    ['a-b; c=d', 'a-b; c=d'],
  ] as const) {
    await api.core.db.raw('truncate order_list');
    await place({ notes });
    assert.is((await cellsOf(''))[0]?.['notes'], cell);
  }
});

exporting('bom=true begins with a byte order mark, also of nothing', async () => {
  const ask2 = async (query: string): Promise<number | undefined> => {
    const headers = { authorization: `Bearer ${await api.token(ADMIN)}` };
    const response = await fetch(`${api.url}/api/v1/orders/export${query}`, { headers });
    return new Uint8Array(await response.arrayBuffer())[0];
  };
  assert.equal([await ask2('?bom=true'), await ask2('?bom=false'), await ask2('')], [0xef, 0x69, 0x69]);
  await place();
  assert.is(await ask2('?bom=true'), 0xef);
});

exporting.run();
