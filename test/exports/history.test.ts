// time limit: 120 s
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createContainer, type Container } from '../../src/app/container.ts';
import { openPostgresEventStore } from '../../src/event-store/postgres/index.ts';
import { CannotExport, exportPosition, HISTORY_READS, historyLines, writeExport } from '../../src/exports/index.ts';
import {
  checkFile,
  createWriteHistory,
  createWritePast,
  historyFile,
  writeFileOrders,
} from '../../src/imports/index.ts';
import { openNumberClaims } from '../../src/numbers/index.ts';
import { documentList } from '../../src/projections/documents/index.ts';
import { findCreditsWithoutMemo, findMissingInvoices } from '../../src/projections/documents/index.ts';
import { orderList } from '../../src/projections/orders/index.ts';
import { paymentList } from '../../src/projections/payments/index.ts';
import { seedOrders } from '../../src/seed/index.ts';
import { openTestDatabase } from '../support/database.ts';
import { idOfItem, openMoneyShop } from '../support/money-shop.ts';
import { hasReached, startProjector } from '../support/projectors.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary.ts';

const test = suite('history from one Waybill to another');

type Shop = Pick<Container, 'db' | 'store' | 'codec'>;

let folder: TemporaryFolder;
const closing: (() => Promise<void>)[] = [];

/** A shop without orders. */
const openShop = async (): Promise<Shop> => {
  const database = await openTestDatabase();
  const store = openPostgresEventStore({ url: database.url });
  closing.push(async () => {
    await store.close();
    await database.close();
  });
  return createContainer({ db: database.db, store, masterKey: randomBytes(32) });
};

test.before(async () => {
  folder = await temporaryFolder();
});
test.after(async () => {
  for (const close of closing) await close();
  await folder.remove();
});

const projected = async ({ db, store, codec }: Shop): Promise<void> => {
  const head = await store.head();
  for (const projection of [orderList, paymentList, documentList]) {
    const projector = startProjector(projection, { db, store, codec });
    await hasReached(db, projection, head);
    await projector.stop();
  }
};

let files = 0;

const exported = async (shop: Shop): Promise<string> => {
  const path = join(folder.path, `history-${(files += 1)}.ndjson`);
  await writeExport({
    path,
    what: 'history',
    resume: false,
    position: () => exportPosition(shop.db, HISTORY_READS),
    chunks: (until, begun) => historyLines(shop, { until, after: begun?.place }),
    onRows: () => undefined,
  });
  return path;
};

const importing = ({ db, store, codec }: Shop) => {
  const { taken, claim } = openNumberClaims(db);
  const write = createWriteHistory(createWritePast({ store, codec, source: 'waybill' }), claim);
  const fileOf = (path: string) => historyFile(path, { taken, now: new Date().toISOString() });
  const check = async (path: string) => {
    const findings: string[] = [];
    const checked = await checkFile(fileOf(path), {
      onFinding: ({ severity, line, value, expected }) =>
        void findings.push(`${severity} ${line} ${value}: ${expected}`),
      onBytes: () => undefined,
    });
    return { checked, findings };
  };
  const runs = { done: () => Promise.resolve(0), note: () => Promise.resolve() };
  return {
    check,
    all: async (path: string) => {
      const { checked, findings } = await check(path);
      const options = { write, runs, run: 'run-1', source: 'waybill', resume: false, onOrders: () => undefined };
      return { findings, ...(await writeFileOrders(fileOf(path), checked, options)) };
    },
  };
};

const period = { from: new Date('2024-01-01T00:00:00.000Z'), to: new Date('2026-01-01T00:00:00.000Z') };

const seededShop = async (count: number): Promise<Shop> => {
  const shop = await openShop();
  const write = createWritePast({ store: shop.store, codec: shop.codec, source: 'the seed' });
  const drawn = new Map<string, number>();
  const drawNumber = (kind: string, at: string): Promise<string> => {
    const n = (drawn.get(kind) ?? 0) + 1;
    drawn.set(kind, n);
    return Promise.resolve(`${kind.slice(0, 3).toUpperCase()}-${at.slice(0, 4)}-${String(n).padStart(6, '0')}`);
  };
  await seedOrders({ seed: '7', count, period }, { write, drawNumber, run: 'run', onOrders: () => undefined });
  await projected(shop);
  return shop;
};

test('an imported export is exported again byte for byte', async () => {
  const path = await exported(await seededShop(60));
  const text = await readFile(path, 'utf8');
  assert.is(text.trimEnd().split('\n').length, 60);
  const other = await openShop();
  const { written, findings } = await importing(other).all(path);
  assert.equal([written, findings], [60, []]);
  await projected(other);
  assert.is(await readFile(await exported(other), 'utf8'), text);

  assert.equal(await importing(other).all(path), { written: 0, known: 60, events: 0, findings: [] });
});

test('orders with invoices, returns and refunds come along, and cause no documents there', async () => {
  const shop = await openMoneyShop();
  try {
    const order = await shop.delivered();
    await shop.pay(order.id);
    const back = await shop.openReturn(order.id, { items: [{ order_item_id: idOfItem(order, 'A'), quantity: 1 }] });
    await shop.processReturn(back.id);
    await shop.credit(order.id, { goodwill: 3, reason_category: 'goodwill', note: 'Sorry for the delay' });
    await shop.settled(order.id);
    const { core } = shop.api;
    const last = await core.store.head();
    for (const projection of [orderList, paymentList, documentList]) await hasReached(core.db, projection, last);
    const path = await exported(core);
    const text = await readFile(path, 'utf8');
    const documents = [...text.matchAll(/"document_type":"(\w+)"/g)].map(([, type]) => type);
    assert.equal(documents.toSorted(), ['credit_memo', 'credit_memo', 'invoice']);

    const other = await openShop();
    assert.equal((await importing(other).all(path)).findings, []);
    await projected(other);
    assert.is(await readFile(await exported(other), 'utf8'), text);
    const everything = { since: '1970-01-01T00:00:00.000Z', limit: 10 };
    assert.equal(await findMissingInvoices(other.db, everything), []);
    assert.equal(await findCreditsWithoutMemo(other.db, everything), []);
  } finally {
    await shop.close();
  }
});

test('a number that something else has is an error, in the shop and in the file', async () => {
  const path = await exported(await seededShop(3));
  const [first = '', second = ''] = (await readFile(path, 'utf8')).split('\n');
  const number = /"order_number":"([^"]+)"/.exec(second)?.[1] ?? '';
  const other = await openShop();
  const kind = 'order';
  await other.db('numbers').insert({ number, kind, year: 2024, n: 2, id: '00000000-0000-4000-8000-000000000001' });
  const { checked, findings } = await importing(other).check(path);
  assert.equal([checked.importable, checked.errors], [2, 1]);
  assert.equal(findings, [`error 2 ${number}: a number that nothing else has in this shop`]);

  const twice = join(folder.path, 'twice.ndjson');
  await writeFile(twice, `${first}\n${first}\n`);
  const again = await importing(await openShop()).check(twice);
  assert.ok(again.findings.every((text) => text.endsWith('a number that line 1 does not have')));
  assert.ok(again.checked.errors > 0);
});

test('a line that is no history of this release says why', async () => {
  const path = join(folder.path, 'broken.ndjson');
  const [line = ''] = (await readFile(await exported(await seededShop(1)), 'utf8')).split('\n');
  await writeFile(
    path,
    [
      '{"waybill_history":',
      line.replace('"waybill_history":1', '"waybill_history":2'),
      line.replace('"type":"OrderConfirmed"', '"type":"OrderApplauded"'),
      line.replace(/"at":"20\d\d/, '"at":"2999'),
    ].join('\n'),
  );
  const { checked, findings } = await importing(await openShop()).check(path);
  assert.is(checked.importable, 0);
  const about = (nth: number): string => findings.filter((text) => text.startsWith(`error ${nth} `)).join();
  assert.match(about(1), 'a line of JSON');
  assert.match(about(2), '/waybill_history must be equal to constant');
  assert.match(about(3), 'has "OrderApplauded", which is no event of its stream');
  assert.match(about(4), 'a time that has passed');
});

test('an export that broke off goes on as of the same position, and gives the same file', async () => {
  const shop = await seededShop(50);
  const whole = await readFile(await exported(shop), 'utf8');
  const path = join(folder.path, 'resumed.ndjson');
  const position = () => exportPosition(shop.db, HISTORY_READS);
  const common = { path, what: 'history', position, onRows: () => undefined, flushBytes: 1 };
  await writeExport({
    ...common,
    resume: false,
    chunks: async function* (until) {
      let chunks = 0;
      for await (const chunk of historyLines(shop, { until })) {
        if ((chunks += 1) > 2) throw new Error('killed');
        yield chunk;
      }
    },
  }).then(
    () => assert.unreachable(),
    (error: unknown) => assert.match(String(error), 'killed'),
  );
  await writeFile(`${path}.part`, (await readFile(`${path}.part`, 'utf8')) + 'half a line'); // written, not yet noted

  const resumed = {
    ...common,
    resume: true,
    chunks: (until: bigint, begun: { readonly place: unknown } | undefined) => {
      assert.ok(begun, 'it goes on');
      return historyLines(shop, { until, after: begun.place });
    },
  };
  await writeExport({ ...resumed, what: 'orders' }).then(
    () => assert.unreachable(),
    (error: unknown) => assert.instance(error, CannotExport),
  );
  await writeExport(resumed);
  assert.is(await readFile(path, 'utf8'), whole);
});

test.run();
