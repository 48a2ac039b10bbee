// time limit: 120 s
import { randomUUID } from 'node:crypto';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { erasingWith } from '../../src/app/compose/privacy.ts';
import { readErasedKeys } from '../../src/audit/index.ts';
import { checkReturnedKeys } from '../../src/audit/verification/check-rest.ts';
import { collectFindings } from '../../src/audit/verification/finding.ts';
import { documentFile, documentFilesIn } from '../../src/documents/document-files.ts';
import { openEventStoreDb } from '../../src/event-store/eventstoredb/index.ts';
import { messageIdOf } from '../../src/notifications/message-id.ts';
import { ERASURE_STEPS, openErasures, type Erasure, type Erasures } from '../../src/privacy/erasures.ts';
import { certify, eraseCustomer, keepErased, type BooksPolicy, type EraseDeps } from '../../src/privacy/index.ts';
import { utcDay } from '../../src/projections/engine/index.ts';
import { startTestApi, type TestApi, type TestApiOptions } from '../support/api.ts';
import { Crash } from '../support/processes.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { startWireDouble } from '../support/wire-double/start.ts';
import { BOOKS } from '../support/worker-deps.ts';

type World = {
  readonly api: TestApi;
  readonly close: () => Promise<void>;
};

const onPostgres = async (): Promise<World> => {
  const api = await startTestApi();
  return { api, close: api.close };
};

const onEventStoreDb = async (): Promise<World> => {
  const double = await startWireDouble();
  const link: TestApiOptions['link'] = ({ db }) =>
    Promise.resolve({ db, store: openEventStoreDb({ url: double.url }) });
  const api = await startTestApi({ link });
  return {
    api,
    close: async () => {
      await api.close();
      await double.stop();
    },
  };
};

const crashed = (running: Promise<unknown>): Promise<boolean> =>
  running.then(
    () => false,
    (error: unknown) => {
      if (error instanceof Crash) return true;
      throw error;
    },
  );

/** Erasures whose process dies when it notes a step: before the note is written, or right after. */
const dyingAtStep = (erasures: Erasures, step: string, moment: 'before' | 'after'): Erasures => ({
  ...erasures,
  tell: async (sql, id, done) => {
    if (done.step === step && moment === 'before') throw new Crash();
    await erasures.tell(sql, id, done);
    if (done.step === step) throw new Crash();
  },
});

for (const [name, open] of [
  ['PostgreSQL', onPostgres],
  ['EventStoreDB', onEventStoreDb],
] as const) {
  const test = suite(`an erasure on ${name}`);
  let api: TestApi;
  let close: () => Promise<void>;
  test.before(async () => {
    ({ api, close } = await open());
  });
  test.after(() => close());

  const depsOf = (books: BooksPolicy = BOOKS, mailFolder = '/nowhere'): EraseDeps =>
    erasingWith(api.core, { books, mailFolder, dayOf: utcDay });

  let customers = 0;
  /** A customer with an order and a device, and an erasure that was asked for. */
  const asked = async () => {
    const customer = `c-${++customers}`;
    const as = { role: 'customer', sub: customer, name: `Zuzanna ${customers}` } as const;
    const json = { items: [{ product_id: 'p-1', quantity: 1, unit_price: 2 }], notes: 'ring twice' };
    const order = (await api.call('/orders', { as, json })).body;
    await api.call(`/orders/${order.id}/cancel`, { method: 'POST' });
    await api.call('/me/devices', { method: 'PUT', as, json: { token: `token of ${customer}` } });
    const erasures = openErasures(api.core.db);
    const id = randomUUID();
    const request = {
      id,
      customer_id: customer,
      reason: 'asked for',
      mode: 'now',
      requested_by: 'ops',
      requested_role: 'admin',
    } as const;
    await erasures.begin(request, () => Promise.resolve());
    return { id, customer, order: order.id, request };
  };

  const keyOf = async (customer: string): Promise<string> => {
    const { rows } = await api.core.db.raw<{ rows: readonly { readonly id: string }[] }>(
      'select id from data_keys where subject = ?',
      [`life-${customer}`],
    );
    assert.is(rows.length, 1);
    return rows[0]?.id ?? '';
  };

  /** It was carried out once: the log says so once, and nothing of the person can be read. */
  const isErased = async ({ id, customer, order }: Awaited<ReturnType<typeof asked>>): Promise<Erasure> => {
    const found = await openErasures(api.core.db).find(id);
    assert.ok(found);
    assert.equal([found.state, Object.keys(found.steps).toSorted()], ['done', ERASURE_STEPS.toSorted()]);
    assert.not.match((await api.call(`/orders/${order}`)).text, /Zuzanna|ring twice/);
    assert.equal(await api.core.devices.tokensOf(customer), []);
    const key = await keyOf(customer);
    const audit = await api.store.readStream(`audit-${new Date().getUTCFullYear()}`);
    const said = audit.filter(({ type, data }) => type === 'SubjectErased' && data['key_id'] === key);
    assert.equal(
      said.map(({ metadata }) => metadata['actor']),
      [{ id: 'ops', role: 'admin' }],
    );
    const certificate = await certify({ db: api.core.db, masterKey: api.masterKey, keys: undefined }, found);
    assert.equal(certificate?.content.destroyed.keys, [key]);
    assert.equal(certificate?.content.looked_again.late, 0);
    return found;
  };

  for (const moment of ['before', 'after'] as const)
    test(`a process that dies ${moment} it notes a step leaves what the next one finishes`, async () => {
      for (const step of ERASURE_STEPS) {
        const one = await asked();
        const deps = depsOf();
        const dying = { ...deps, erasures: dyingAtStep(deps.erasures, step, moment) };
        assert.ok(await crashed(eraseCustomer(dying, one.id)), step);
        await eraseCustomer(deps, one.id);
        const { steps } = await isErased(one);
        assert.is(steps.delete?.rows['devices'], step === 'delete' && moment === 'before' ? 0 : 1, step);
      }
    });

  test('a process that dies after the log says so, before the key is gone, leaves what the next one finishes', async () => {
    const one = await asked();
    const deps = depsOf();
    const handle: EraseDeps['handle'] = async (decider, request) => {
      await deps.handle(decider, request);
      throw new Crash();
    };
    assert.ok(await crashed(eraseCustomer({ ...deps, handle }, one.id)));
    assert.match((await api.call(`/orders/${one.order}`)).text, /Zuzanna/);
    assert.is(await keepErased(api.core), 1, 'the hourly check does as well');
    await eraseCustomer(deps, one.id);
    assert.not.match((await api.call(`/orders/${one.order}`)).text, /Zuzanna/);
  });

  test('two processes that carry out the same erasure do it once, and one customer is erased once at a time', async () => {
    const one = await asked();
    await Promise.all([eraseCustomer(depsOf(), one.id), eraseCustomer(depsOf(), one.id)]);
    await isErased(one);
    const other = await asked();
    const erasures = openErasures(api.core.db);
    const again = { ...other.request, id: randomUUID() };
    assert.is((await erasures.begin(again, () => Promise.reject(new Error('it is new')))).id, other.id);
    await eraseCustomer(depsOf(), other.id);
    await isErased(other);
  });

  test('with ERASE_DOCUMENTS=now documents are destroyed too, and the certificate keeps none', async () => {
    const one = await asked();
    const files = documentFilesIn(api.core.db, api.core.dataKeys);
    const document = randomUUID();
    const year = 2026;
    await files.keep(document, documentFile('INV-1.pdf', Buffer.from('%PDF-')), { customer_id: one.customer, year });
    const erasure = await eraseCustomer(depsOf({ retentionYears: 10, eraseDocuments: 'now' }), one.id);
    assert.is(erasure.state, 'done');
    assert.is((await files.keysOf([document])).get(document)?.state, 'destroyed');
    assert.is(await files.find(document), undefined);
    const certificate = await certify({ db: api.core.db, masterKey: api.masterKey, keys: undefined }, erasure);
    assert.equal([certificate?.content.kept, certificate?.content.destroyed.keys.length], [[], 2]);
  });

  test('an old copy of keys and rows brings no one back, whatever else comes back with it', async () => {
    const one = await asked();
    const { db } = api.core;
    const tables = ['data_keys', 'devices'] as const;
    const copies = await Promise.all(tables.map((table) => db.raw<{ rows: object[] }>(`select * from ${table}`)));
    await eraseCustomer(depsOf(), one.id);
    for (const [n, table] of tables.entries()) {
      await db(table).delete();
      await db(table).insert(copies[n]?.rows ?? []);
    }
    api.core.dataKeys.forget();
    assert.match((await api.call(`/orders/${one.order}`)).text, /Zuzanna/, 'the copy has the key');
    assert.ok((await keepErased(api.core)) > 0);
    assert.not.match((await api.call(`/orders/${one.order}`)).text, /Zuzanna/);
    for (const id of await openErasures(db).unfinished()) await eraseCustomer(depsOf(), id);
    assert.equal(await api.core.devices.tokensOf(one.customer), []);
  });

  test('an old copy of the keys does not lift the restriction of kept documents, and is found until then', async () => {
    const one = await asked();
    const { db } = api.core;
    const files = documentFilesIn(db, api.core.dataKeys);
    const document = randomUUID();
    await files.keep(document, documentFile('INV-2.pdf', Buffer.from('%PDF-')), {
      customer_id: one.customer,
      year: 2026,
    });
    const stateOf = async () => (await files.keysOf([document])).get(document)?.state;
    await eraseCustomer(depsOf(), one.id);
    assert.is(await stateOf(), 'restricted');

    await db('data_keys')
      .where({ subject: `books-${one.customer}-2026` })
      .update({ restricted_at: null });
    assert.is(await stateOf(), 'open', 'the copy knows of no erasure');
    const findings = collectFindings();
    const readErased = () => readErasedKeys(api.core, new Date());
    await checkReturnedKeys({ db, readErased, withinMs: 0 }, findings);
    assert.equal(
      findings.list().map(({ kind, detail }) => [kind, /is not restricted/.test(detail)]),
      [['key_returned', true]],
    );
    assert.is(await keepErased(api.core), 1);
    assert.is(await stateOf(), 'restricted');
    assert.is(await keepErased(api.core), 0);
  });

  test('the certificate counts files that other processes deleted before, also after a retry', async () => {
    const one = await asked();
    const folder = await temporaryFolder();
    try {
      const [placed] = await api.store.readStream(`order-${one.order}`);
      await writeFile(join(folder.path, `${messageIdOf(placed?.id ?? '', 'order_confirmation')}.eml`), 'Dear Zuzanna');
      const deps = depsOf(BOOKS, folder.path);
      // Each process deletes the files that it has as soon as it hears that a key is gone.
      const forgetPersonal: EraseDeps['forgetPersonal'] = async (dropped) => {
        await deps.forgetPersonal(dropped);
        for (const name of await readdir(folder.path)) await rm(join(folder.path, name));
      };
      const dying = { ...deps, forgetPersonal, erasures: dyingAtStep(deps.erasures, 'delete', 'before') };
      assert.ok(await crashed(eraseCustomer(dying, one.id)));
      const erasure = await eraseCustomer({ ...deps, forgetPersonal }, one.id);
      const certificate = await certify({ db: api.core.db, masterKey: api.masterKey, keys: undefined }, erasure);
      assert.is(certificate?.content.destroyed.files, 1);
    } finally {
      await folder.remove();
    }
  });

  test.run();
}
