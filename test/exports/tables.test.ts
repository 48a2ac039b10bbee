// time limit: 120 s
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { exportPosition, inFormat, tableNamed, TABLES, writeExport, type TableName } from '../../src/exports/index.ts';
import { documentList } from '../../src/projections/documents/index.ts';
import { orderList } from '../../src/projections/orders/index.ts';
import { paymentList } from '../../src/projections/payments/index.ts';
import { returnList } from '../../src/projections/returns/index.ts';
import { AUDITOR, COURIER } from '../support/api.ts';
import { idOfItem, openMoneyShop, type MoneyShop } from '../support/money-shop.ts';
import { hasReached } from '../support/projectors.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary.ts';

const test = suite('exports of tables');

let shop: MoneyShop;
let folder: TemporaryFolder;
/** An order with an invoice, a return and a payment. */
let order_id: string;

const caughtUp = async (): Promise<void> => {
  const { db, store } = shop.api.core;
  const head = await store.head();
  for (const projection of [orderList, paymentList, returnList, documentList]) await hasReached(db, projection, head);
};

test.before(async () => {
  folder = await temporaryFolder();
  shop = await openMoneyShop();
  const order = await shop.delivered();
  order_id = order.id;
  await shop.pay(order_id);
  const back = await shop.openReturn(order_id, { items: [{ order_item_id: idOfItem(order, 'A'), quantity: 1 }] });
  await shop.processReturn(back.id);
  await shop.settled(order_id);
  await shop.order({ customer_id: 'c-2' });
  await caughtUp();
});
test.after(async () => {
  await shop.close();
  await folder.remove();
});

type Json = Readonly<Record<string, string | number | null>>;

const asked = async (what: TableName, query = ''): Promise<readonly Json[]> => {
  const { status, text } = await shop.call(`/exports/${what}?format=json${query}`, { as: AUDITOR });
  assert.is(status, 200, text);
  return JSON.parse(text) as readonly Json[];
};

const EXPECTED: Readonly<Record<Exclude<TableName, 'events'>, number>> = {
  orders: 2,
  'order-lines': 4,
  returns: 1,
  payments: 1,
  documents: 2,
};

test('every table is exported over HTTP, to staff alone', async () => {
  for (const [what, rows] of Object.entries(EXPECTED)) assert.is((await asked(what as TableName)).length, rows, what);
  const [returned] = await asked('returns');
  assert.equal(
    [returned?.['status'], returned?.['settled_amount'], returned?.['refunded_amount']],
    ['refunded', 55, 55],
  );
  const events = await asked('events');
  assert.is(events.length, await shop.api.countEvents());
  assert.not.ok(events.some(({ data }) => String(data).includes('"personal"')));
  assert.is((await shop.call('/exports/orders', { as: COURIER })).status, 403);
  assert.is((await shop.call('/exports/everything')).status, 404);
});

test('rows are chosen by status and time, of which nonsense is rejected', async () => {
  assert.equal(
    (await asked('orders', '&status=pending')).map(({ customer_id }) => customer_id),
    ['c-2'],
  );
  assert.is((await asked('payments', '&to=2020-01-01')).length, 0);
  assert.is((await shop.call('/exports/events?status=pending')).status, 422);
  assert.is((await shop.call('/exports/orders?format=json&bom=true')).status, 422);
  assert.is((await asked('orders', '&status=Pending')).length, 1, 'as a list of orders takes it');
  for (const [query, field, message] of [
    ['orders?status=pending,nonsense', 'status', 'must be one of scheduled, pending, '],
    ['payments?status=shipped', 'status', 'must be one of pending, processing, '],
    ['payments?from=2026-03-02&to=2026-03-01', 'from', 'must not be after to'],
  ] as const) {
    const { status, text } = await shop.call(`/exports/${query}`);
    assert.is(status, 422, query);
    assert.match(text, `"field":"${field}"`);
    assert.match(text, message);
  }
});

test('a CSV is as spreadsheets want it', async () => {
  const { text, headers } = await shop.call('/exports/payments?bom=true&decimal=,');
  const [head = '', line = ''] = text.split('\r\n');
  assert.match(head, /^id;payment_number;/); // reading it as text took the byte order mark away
  assert.match(line, /;USD;115;55;/);
  assert.match(headers.get('x-export-position') ?? '', /^\d+$/);
  assert.match(headers.get('content-disposition') ?? '', 'payments-');
  const { text: lines } = await shop.call(`/exports/order-lines?format=ndjson`);
  assert.equal(
    lines
      .trimEnd()
      .split('\n')
      .map((one) => (JSON.parse(one) as Json)['final_price']),
    [55, 55, 55, 55],
  );
});

test('an export says one position, whatever happens meanwhile, and goes on as of it', async () => {
  const { core } = shop.api;
  const write = async (what: TableName, resume: boolean, isCut: boolean): Promise<string> => {
    const table = tableNamed(what);
    const path = join(folder.path, `${what}.csv`);
    await writeExport({
      path,
      what,
      resume,
      flushBytes: 0,
      position: () => (table.reads.length === 0 ? core.store.head() : exportPosition(core.db, table.reads)),
      chunks: async function* (until, begun) {
        const form = { format: 'csv', bom: false } as const;
        const batches = table.batches(core, { until, after: begun?.place });
        for await (const chunk of inFormat(table.columns, batches, { form, begun: begun?.rows })) {
          if (isCut && chunk.place === undefined) throw new Error('killed');
          yield chunk;
        }
      },
      onRows: () => undefined,
    });
    return readFile(path, 'utf8');
  };
  const before = new Map<TableName, string>();
  for (const what of TABLES) before.set(what, await write(what, false, false));
  for (const what of TABLES) {
    const cut = await write(what, false, true).catch((error: unknown) => String(error));
    assert.is(cut, 'Error: killed');
  }
  const head = await core.store.head();

  const second = await shop.openReturn(order_id);
  await shop.processReturn(second.id);
  await shop.settled(order_id);
  await shop.order({ customer_id: 'c-3' });
  await caughtUp();

  for (const what of TABLES) {
    const table = tableNamed(what);
    const texts: string[] = [];
    const form = { format: 'csv', bom: false } as const;
    for await (const { text } of inFormat(table.columns, table.batches(core, { until: head }), { form }))
      texts.push(text);
    assert.is(texts.join(''), before.get(what), what);
    assert.is(await write(what, true, false), before.get(what), `${what} goes on`);
    assert.is.not(await write(what, false, false), before.get(what), `${what} has changed`);
  }
});

test.run();
