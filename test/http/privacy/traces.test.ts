// time limit: 180 s
import { unzipSync } from 'fflate';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Client } from 'pg';
import { pino } from 'pino';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { verifyLog } from '../../../src/audit/index.ts';
import { erasingWith } from '../../../src/app/compose/privacy.ts';
import { documentFilesIn } from '../../../src/documents/index.ts';
import { eventSchemas } from '../../../src/event-store/schemas/index.ts';
import { createEmlMailer } from '../../../src/notifications/mail/eml.ts';
import { createOutgoingPost } from '../../../src/platform/outgoing-post.ts';
import type { Erasure } from '../../../src/privacy/index.ts';
import { hasCopy, rebuildProjection, rollBack, utcDay } from '../../../src/projections/engine/index.ts';
import { orderSearch } from '../../../src/projections/order-search/index.ts';
import { orderList } from '../../../src/projections/orders/index.ts';
import { paymentList } from '../../../src/projections/payments/index.ts';
import { returnList } from '../../../src/projections/returns/index.ts';
import { systemClock } from '../../../src/webhooks/clock.ts';
import { deliverWebhooks } from '../../../src/webhooks/dispatcher.ts';
import { createSendWebhook } from '../../../src/webhooks/sender.ts';
import { startTestApi, type OrderJson, type TestApi } from '../../support/api.ts';
import { createCanaries, databaseFiles, dump } from '../../support/canaries.ts';
import { liveWithCanaries } from '../../support/canary-life.ts';
import { recordAll } from '../../audit/audit-world.ts';
import { eventually } from '../../support/eventually.ts';
import { isReadableIn } from '../../support/readable-forms.ts';
import { startReceiver, type Receiver } from '../../support/receiver.ts';
import { temporaryFolder, type TemporaryFolder } from '../../support/temporary.ts';
import { BOOKS } from '../../support/worker-deps.ts';

const canaries = createCanaries();
const { planted, fieldsIn, placesIn, wordsIn } = canaries;
const test = suite('traces of a person, at rest and after an erasure');

let api: TestApi;
let client: Client;
let data: TemporaryFolder;
let receiver: Receiver;
let life: Awaited<ReturnType<typeof liveWithCanaries>>;
/** Up to where the write-ahead log was written before. */
let begun = '';
let stopWorker: () => Promise<void>;
const stopping = new AbortController();
/** What every role has logged. */
const log: string[] = [];

/** Which fields can be read in these texts. */
const shownIn = (texts: Iterable<string | Buffer>): readonly string[] => {
  const bytes = Buffer.concat([...texts].map((text) => Buffer.from(text)));
  return [...fieldsIn(bytes), ...placesIn(bytes)];
};

/** What the tables show: fields that can be read, and documents that are not sealed. */
const shownAtRest = async (): Promise<string[]> => {
  const columns = await dump(client);
  assert.ok(columns.size > 200, 'every table was dumped');
  return [...columns].flatMap(([column, bytes]) => [
    ...[...fieldsIn(bytes), ...placesIn(bytes)].map((field) => `${column} shows ${field}`),
    ...(bytes.includes('%PDF') ? [`${column} shows a document`] : []),
  ]);
};

const filesBelow = async (folder: string): Promise<readonly string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.flatMap((entry) => (entry.isFile() ? [join(entry.parentPath, entry.name)] : []));
};

test.before(async () => {
  data = await temporaryFolder();
  receiver = await startReceiver();
  api = await startTestApi({ options: { trustedProxies: ['127.0.0.1'], webhookAllowPrivate: true } });
  client = new Client({ connectionString: api.database.url });
  await client.connect();
  begun = (await client.query<{ lsn: string }>('select pg_current_wal_lsn() as lsn')).rows[0]?.lsn ?? '';
  const logger = pino({ level: 'debug' }, { write: (line: string) => void log.push(line) });
  const { core } = api;
  const mailFolder = join(data.path, 'messages');
  const from = { name: 'Shop', address: 'shop@shop.example' };
  const worker = await api.startWorker({
    log: logger,
    deps: {
      mailer: createEmlMailer({ folder: mailFolder, from }),
      erasing: erasingWith(core, { books: BOOKS, mailFolder, dayOf: utcDay }),
    },
  });
  await api.call('/admin/webhooks', { json: { url: `${receiver.url}/hook`, types: ['*'] } });
  const post = createOutgoingPost({ allowPrivate: true });
  const delivering = deliverWebhooks({
    ...{ db: core.db, store: core.store, codec: core.codec, secrets: core.webhookSecrets },
    ...{ send: createSendWebhook(post), lookEveryMs: 50, clock: systemClock, log: logger, signal: stopping.signal },
  });
  stopWorker = async () => {
    stopping.abort();
    await delivering;
    await post.close();
    await worker.stop();
  };
  life = await liveWithCanaries(api, canaries);
});
test.after(async () => {
  await client.end();
  await stopWorker();
  await api.close();
  await receiver.stop();
  await data.remove();
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

const shownInFiles = async (): Promise<readonly string[]> => {
  const shown: string[] = [];
  for (const file of await databaseFiles(client, begun))
    for (const field of fieldsIn(await readFile(file))) shown.push(`${basename(file)} shows ${field}`);
  return shown;
};

const isGone = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

test('no table and no file of the database shows what was entered about a person, in any form', async () => {
  await client.query('checkpoint');
  const inFiles = await eventually('the files stay in place while they are read', () =>
    shownInFiles().catch((error: unknown) => {
      if (isGone(error)) return undefined; // the server has given a file of its log another name, and it is read under that
      throw error;
    }),
  );
  assert.equal([...(await shownAtRest()), ...inFiles], []);
});

/** Types of events that no request of the life leads to. How their personal fields are sealed, the codec's own test shows. */
const NOT_LIVED = [
  ...['OrderReleased', 'OrderShipped', 'OrderReturned', 'ShipmentReturnedToSender', 'ShipmentLost', 'ShipmentResolved'],
  ...['ReturnCancelled', 'ReturnNotSent', 'ReturnExchanged', 'ReturnRefunded', 'RefundResolved', 'RefundWithdrawn'],
  ...['PaymentCompleted', 'PaymentDeclined', 'StoreCreditSpent'],
];

test('the life has words in the personal data of every type of event but for a few', async () => {
  const lived = new Set<string>();
  const { events } = await api.store.readAll({ after: 0n, limit: 10_000, prefixes: [''] });
  for (const { fact } of await api.core.codec.decode(events))
    if ('personal' in fact.data && wordsIn(JSON.stringify(fact.data.personal)).size > 0) lived.add(fact.type);
  const personal = Object.entries(eventSchemas).flatMap(([type, { data }]) =>
    'personal' in data.properties ? [type] : [],
  );
  assert.equal(personal.filter((type) => !lived.has(type)).toSorted(), NOT_LIVED.toSorted());
});

test('mails and the API show the words before, so that not finding them means something', async () => {
  const mails = await Promise.all((await filesBelow(data.path)).map((file) => readFile(file)));
  assert.ok(mails.length > 3);
  for (const [what, text] of [
    ['a mail', Buffer.concat(mails).toString()],
    ['the order', (await api.call(`/orders/${life.order}`)).text],
  ] as const)
    assert.ok(wordsIn(text).has('order.customer_name'), what);
});

/** What the map gives no copy of: what is used once, what is a courier's, and what is replaced by another field. */
const NOT_COPIED = /^(idempotency key of|payment token|courier (lat|long)itude|token (email|name))/;

test('a copy of the customer’s data has the word of every field', async () => {
  const headers = { authorization: `Bearer ${await api.token({ role: 'admin' })}` };
  const response = await fetch(`${api.url}/api/v1/admin/customers/c-1/export`, { headers });
  const files = unzipSync(new Uint8Array(await response.arrayBuffer()));
  const shown = wordsIn(Buffer.concat(Object.values(files)).toString());
  assert.equal(
    [...new Set(planted.values())].filter((field) => !shown.has(field) && !NOT_COPIED.test(field)),
    [],
  );
});

/** Fields that an admin can read of the customer over the API. */
const everythingRead = async (): Promise<readonly string[]> => {
  const paths = [
    ...['/orders?limit=100', '/returns', '/payments', '/invoices', '/admin/messages?limit=100', '/events?limit=1000'],
    ...['/admin/customers/c-1/store-credit', '/admin/jobs', '/orders/export?format=ndjson', '/orders/export'],
    ...['orders', 'order-lines', 'returns', 'payments', 'documents', 'events'].map((table) => `/exports/${table}`),
    ...life.orders.flatMap((id) =>
      ['', '/history', '/events', '/notes', '/timeline'].map((more) => `/orders/${id}${more}`),
    ),
    ...life.returns.flatMap((id) => ['', '/history', '/events', '/notes'].map((more) => `/returns/${id}${more}`)),
    ...['', '/events', '/notes'].map((more) => `/payments/${life.payment}${more}`),
  ];
  const texts: string[] = [];
  for (const path of paths) {
    const { status, text } = await api.call(path, { unchecked: true });
    assert.is(status, 200, `${path}: ${text}`);
    texts.push(text);
  }
  return shownIn(texts);
};

/** What must not change: amounts, numbers and what verification says. */
const books = async () => {
  const amounts: unknown[] = [];
  for (const path of [
    '/analytics/summary',
    '/analytics/sales',
    '/analytics/returns',
    '/analytics/payments',
    '/reconciliation',
  ])
    amounts.push((await api.call<unknown>(path, { unchecked: true })).body);
  for (const id of life.orders) {
    const { total, tax, subtotal, order_number } = (await api.call(`/orders/${id}`)).body;
    amounts.push([id, total, tax, subtotal, order_number]);
  }
  const numbers = await api.core.db('numbers').orderBy('number').select('number', 'kind', 'id');
  await recordAll(api.core);
  const { findings } = await verifyLog(
    {
      ...{ db: api.core.db, store: api.store, numbering: 'positions', keys: undefined, folder: data.path },
      readDocument: async (id) => (await documentFilesIn(api.core.db, api.core.dataKeys).find(id))?.sha256,
      canOpen: () => true,
    },
    {},
  );
  return { amounts, numbers, findings };
};

/** Which words of the person an order is found by. */
const foundBy = async (): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const [word, field] of planted) {
    if (!/customer_name|street|city|corrected/.test(field)) continue;
    const { body } = await api.call<readonly OrderJson[]>(`/orders/search?q=${encodeURIComponent(word)}`);
    if (body.length > 0) found.push(field);
  }
  return found;
};

const erased = async (): Promise<void> => {
  const asked = await api.call<Erasure>('/admin/customers/c-1/erase', { json: { reason: 'asked for' } });
  assert.is(asked.status, 202, asked.text);
  await eventually('the erasure is done', async () => {
    const { body } = await api.call<Erasure>(`/admin/erasures/${asked.body.id}`);
    return body.state === 'done';
  });
};

test('nothing shows a word after an erasure, and the books are as before', async () => {
  const deps = { ...api.core, dayOf: utcDay };
  const lists = [orderList, returnList, paymentList, orderSearch];
  for (const list of lists) {
    await rebuildProjection(list, { ...deps, swaps: true });
    await rebuildProjection(list, { ...deps, swaps: false });
  }
  for (const list of lists)
    assert.equal(
      [await hasCopy(deps.db, list, 'kept'), await hasCopy(deps.db, list, 'rebuild')],
      [true, true],
      list.name,
    );
  assert.ok((await foundBy()).length > 5);
  const before = await books();
  assert.equal(before.findings, []);
  await eventually('webhooks have come', () => Promise.resolve(receiver.received.length > 50));

  await erased();

  const shown = await shownAtRest();
  for (const file of await filesBelow(data.path))
    for (const field of shownIn([await readFile(file)])) shown.push(`${file} shows ${field}`);
  for (const [what, texts] of Object.entries({
    'the log of the API': api.log,
    'the log of the worker': log,
    'a webhook': receiver.received.map((received) => JSON.stringify(received)),
  }))
    for (const field of shownIn(texts)) shown.push(`${what} shows ${field}`);
  assert.equal(shown, []);
  assert.equal(await everythingRead(), []);
  assert.equal(await foundBy(), []);
  assert.equal(await books(), before);
});

test('neither what was replaced nor what was being rebuilt brings a word back', async () => {
  const deps = { ...api.core, dayOf: utcDay };
  assert.is(await hasCopy(deps.db, orderSearch, 'kept'), false, 'a search with words of the person is kept');
  for (const list of [orderList, returnList, paymentList]) {
    await rollBack(list, deps);
    assert.equal(await everythingRead(), [], `${list.name} as it was kept`);
  }
  for (const list of [orderList, returnList, paymentList, orderSearch]) {
    await eventually(`${list.name} is built`, () => hasCopy(deps.db, list, 'rebuild'));
    await rebuildProjection(list, { ...deps, swaps: true });
  }
  assert.equal(await everythingRead(), []);
  assert.equal(await foundBy(), []);
});

test.run();
