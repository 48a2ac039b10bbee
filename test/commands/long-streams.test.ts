import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createHandle, OtherRequest, wasRejected } from '../../src/commands/handle.ts';
import { createLoadPast, fold } from '../../src/commands/past.ts';
import { createReadStream, findById, type AsOf } from '../../src/commands/read.ts';
import {
  createOrderDecider,
  isPlaced,
  orderFold,
  type OrderEvent,
  type OrderCommand,
} from '../../src/domain/order/index.ts';
import { createCodec, eventId } from '../../src/event-store/codec.ts';
import { openEventStoreDb } from '../../src/event-store/eventstoredb/index.ts';
import { openMemoryEventStore } from '../../src/event-store/memory.ts';
import type { EventStore } from '../../src/event-store/port.ts';
import { openPostgresEventStore } from '../../src/event-store/postgres/index.ts';
import { openSnapshots } from '../../src/event-store/postgres/snapshots.ts';
import type { Snapshots } from '../../src/event-store/snapshots.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { memoryDataKeys } from '../support/memory-data-keys.ts';
import { memorySnapshots } from '../support/memory-snapshots.ts';
import { ADMIN, COURIER, CUSTOMER, modify, mug, place, take } from '../support/order-commands.ts';
import { context, orderPlaced } from '../support/orders.ts';
import { seed as randomSeed } from '../support/random.ts';
import { startWireDouble, type WireDouble } from '../support/wire-double/start.ts';

const SHORT = 64;
const decider = createOrderDecider();
/** Appends whatever it is given: for streams that are longer than rules let them become. */
const lawless = { ...orderFold, decide: (events: readonly OrderEvent[]) => ({ accepted: events }) };

type Made = { readonly store: EventStore; readonly snapshots: Snapshots; readonly short?: number };

const setUp = ({ store, snapshots, short }: Made, keys = memoryDataKeys()) => {
  let events = 0;
  const readStream: EventStore['readStream'] = async (...asked) => {
    const read = await store.readStream(...asked);
    events += read.length;
    return read;
  };
  const codec = createCodec(keys);
  const counting = { ...store, readStream };
  const start = () => {
    const loadPast = createLoadPast({ store: counting, codec, snapshots, ...(short !== undefined && { short }) });
    const loading = { store: counting, codec, loadPast };
    return { handle: createHandle(loading), read: createReadStream(loading) };
  };
  const whole = async (stream: string) => codec.decode(await store.readStream(stream));
  /** Events that came out of the store meanwhile. */
  const reading = async <T>(work: () => Promise<T>): Promise<readonly [number, T]> => {
    const before = events;
    const done = await work();
    return [events - before, done];
  };
  const newStream = (): string => `order-${randomUUID()}`;
  /** An order with so many events. */
  const seed = async (count: number): Promise<string> => {
    const stream = newStream();
    const { handle } = start();
    const changed = (n: number): OrderEvent => ({ type: 'OrderDetailsChanged', data: { personal: { notes: `${n}` } } });
    await handle(lawless, { stream, command: [orderPlaced()], context: context() });
    for (let n = 1; n < count; n += 500)
      await handle(lawless, {
        stream,
        command: Array.from({ length: Math.min(500, count - n) }, (_, i) => changed(n + i)),
        context: context(),
      });
    return stream;
  };
  return { start, whole, reading, newStream, seed, codec };
};

const inMemory = (short?: number) => {
  const [store, snapshots] = [openMemoryEventStore(), memorySnapshots()];
  return { ...setUp({ store, snapshots, ...(short !== undefined && { short }) }), store, snapshots };
};

const noted = (command_id: string = randomUUID(), request_hash = 'a') => ({
  command: { type: 'ChangeDetails', data: { notes: command_id }, at: context().at, by: CUSTOMER } as const,
  context: context({ command_id, actor: CUSTOMER, request: { request_hash } }),
});

const test = suite('long streams');

const STEPS: readonly ((n: number) => OrderCommand)[] = [
  (n) => ({ type: 'ChangeDetails', data: { notes: `note ${n}` }, at: context().at, by: CUSTOMER }),
  (n) => ({ type: 'ChangeDetails', data: { meta_data: { n } }, at: context().at, by: ADMIN }),
  (n) => ({ type: 'ChangeDetails', data: { shipping_address: `Ermou ${n}` }, at: context().at, by: CUSTOMER }),
  (n) => ({ type: 'AddNote', data: { text: `${n}`, visible_to_customer: n % 2 === 0 }, at: context().at, by: ADMIN }),
  (n) => modify([mug({ id: randomUUID(), quantity: 1 + (n % 5) })]),
  (n) => ({
    type: 'AssignDeliveryPartner',
    data: { delivery_partner_id: `${COURIER.id}-${n % 3}` },
    at: context().at,
    by: ADMIN,
  }),
  () => take('confirm'),
  () => take('start_processing'),
  () => take('ship', { carrier: 'DHL', tracking_number: 'T-1' }),
  () => take('deliver'),
  () => take('cancel', { reason: 'changed my mind' }),
];

test('a snapshot and what came after it fold to the same as all events', async () => {
  const { start, whole, newStream, snapshots } = inMemory(3);
  const step = fc.record({ step: fc.nat(STEPS.length - 1), fresh: fc.boolean() });
  const property = fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 40 }), async (steps) => {
    const stream = newStream();
    let { handle, read } = start();
    await handle(decider, { stream, command: place({ lines: [mug({ id: randomUUID() })] }), context: context() });
    for (const [n, { step: index, fresh }] of steps.entries()) {
      if (fresh) ({ handle, read } = start());
      const command = STEPS[index]?.(n) ?? take('confirm');
      const outcome = await handle(decider, { stream, command, context: context() });
      const events = await whole(stream);
      const all = JSON.stringify(fold(orderFold, events));
      assert.is(JSON.stringify(outcome.state), all);
      const found = await read(orderFold, stream);
      assert.is(JSON.stringify(found?.state), all);
      const then = BigInt(Math.floor(events.length / 2));
      const asOf = await read(orderFold, stream, { revision: then });
      assert.is(JSON.stringify(asOf?.state), JSON.stringify(fold(orderFold, events.slice(0, Number(then) + 1))));
      assert.is(asOf?.last.id, events[Number(then)]?.id);
    }
  });
  await fc.assert(property, { seed: randomSeed, numRuns: 60 });
  assert.ok(snapshots.found() > 100, 'snapshots were begun from');
});

test('a command that was done before a snapshot is not done again', async () => {
  const { start, newStream, whole, snapshots } = inMemory(3);
  const stream = newStream();
  const { handle, read } = start();
  await handle(decider, { stream, command: place({ lines: [mug({ id: randomUUID() })] }), context: context() });
  const first = await handle(decider, { stream, ...noted('command-1') });
  for (let n = 0; n < 10; n++) await handle(decider, { stream, ...noted() });
  const before = snapshots.found();
  const again = await handle(decider, { stream, ...noted('command-1') });
  assert.ok(snapshots.found() > before);
  if (wasRejected(first) || wasRejected(again)) throw new Error('notes may change');
  assert.is(again.repeated, true);
  assert.equal(
    [again.revision, again.state, again.events.map(({ id }) => id)],
    [first.revision, first.state, first.events.map(({ id }) => id)],
  );
  assert.is((await whole(stream)).length, 12);
  const failed = await handle(decider, { stream, ...noted('command-1', 'b') }).catch((error: unknown) => error);
  assert.instance(failed, OtherRequest);
  const found = await read(orderFold, stream);
  const own = found && (await findById(found, eventId('command-1', stream, 0)));
  assert.is(own?.id, first.events[0]?.id, 'and is found by its id');
});

test('a snapshot of other events than the stream has is not begun from', async () => {
  const { start, seed, store, snapshots, codec } = inMemory();
  const stream = await seed(200);
  await start().read(orderFold, stream);
  // Another server behind the same database, say: a stream of this name, and of other events.
  const other = openMemoryEventStore();
  const elsewhere = setUp({ store: other, snapshots });
  await elsewhere
    .start()
    .handle(lawless, { stream, command: [orderPlaced({ order_number: 'OTHER' })], context: context() });
  for (let n = 0; n < 3; n++)
    await elsewhere.start().handle(lawless, {
      stream,
      command: Array.from({ length: 80 }, (): OrderEvent => ({ type: 'OrderDetailsChanged', data: { personal: {} } })),
      context: context(),
    });
  const found = await elsewhere.start().read(orderFold, stream);
  assert.ok(found !== undefined && isPlaced(found.state));
  assert.is(found.state.order_number, 'OTHER');
  assert.is((await codec.decode(await store.readStream(stream))).length, 200);
});

test('all events of a long stream are there for those who ask for them', async () => {
  const { start, seed } = inMemory();
  const stream = await seed(200);
  const { read } = start();
  await read(orderFold, stream);
  const found = await read(orderFold, stream);
  assert.ok(found?.past.base);
  assert.equal(
    (await found.events()).map(({ revision }) => revision),
    Array.from({ length: 200 }, (_, n) => BigInt(n)),
  );
});

type Stores = { database: TestDatabase; double: WireDouble; postgres: EventStore; esdb: EventStore };
const stored = suite<Stores>('long streams in the stores');

stored.before(async (at) => {
  at.database = await openTestDatabase();
  at.double = await startWireDouble();
  at.postgres = openPostgresEventStore({ url: at.database.url });
  at.esdb = openEventStoreDb({ url: at.double.url });
});
stored.after(async ({ database, double, postgres, esdb }) => {
  await Promise.all([postgres.close(), esdb.close()]);
  await Promise.all([database.close(), double.stop()]);
});

const kept = ({ db }: TestDatabase, stream: string, events: number): Promise<unknown> =>
  eventually('the snapshot is kept', () =>
    db('snapshots')
      .where({ stream, revision: events - 1 })
      .first('stream'),
  );

for (const name of ['postgres', 'esdb'] as const)
  stored(`${name}: a long order costs no more than a short one, in events read`, async (at) => {
    const { database } = at;
    const keys = memoryDataKeys();
    const snapshots = openSnapshots({ db: database.db, keys, codeHash: () => Promise.resolve('code-1') });
    const { start, seed, reading, whole } = setUp({ store: at[name], snapshots }, keys);
    for (const [count, most] of [
      [SHORT, SHORT],
      [2_000, SHORT + 1],
    ] as const) {
      const stream = await seed(count);
      const { handle, read } = start();
      await read(orderFold, stream);
      if (count > SHORT) await kept(database, stream, count);
      const [readByGet, found] = await reading(() => read(orderFold, stream));
      assert.ok(readByGet <= most, `${readByGet} events read by a query of ${count}`);
      assert.is(found?.revision, BigInt(count - 1));
      const [readByCommand, outcome] = await reading(() => handle(decider, { stream, ...noted() }));
      assert.ok(readByCommand <= most, `${readByCommand} events read by a command on ${count}`);
      assert.is(JSON.stringify(outcome.state), JSON.stringify(fold(orderFold, await whole(stream))));
      const [readAnew] = await reading(() => start().read(orderFold, stream));
      assert.ok(readAnew <= 2 * (SHORT + 1), `${readAnew} events read by a process that has just begun`);
    }
  });

for (const name of ['postgres', 'esdb'] as const)
  stored(`${name}: a moment shows a state that the stream has been in, also a long one with a snapshot`, async (at) => {
    const keys = memoryDataKeys();
    const snapshots = openSnapshots({ db: at.database.db, keys, codeHash: () => Promise.resolve('code-1') });
    const { start, seed, whole } = setUp({ store: at[name], snapshots }, keys);
    const { handle, read } = start();
    const stream = await seed(100);
    const moment = (minute: number) => `2030-01-01T00:0${minute}:00.000Z`;
    // The third of them happened before the second and was recorded after it, as an outcome that came late.
    for (const minute of [1, 4, 2, 5])
      await handle(lawless, {
        stream,
        command: [{ type: 'OrderDetailsChanged', data: { personal: { notes: `${minute}` } } }],
        context: context({ command_id: randomUUID(), at: moment(minute) }),
      });
    await read(orderFold, stream);
    await eventually('a snapshot', () => at.database.db('snapshots').where({ stream }).first('stream'));
    const events = await whole(stream);
    const revisionAt = async (asOf: AsOf) => {
      const found = await read(orderFold, stream, asOf);
      assert.equal(found?.state, fold(orderFold, events.slice(0, Number(found?.revision) + 1)));
      return found?.revision;
    };
    const found = await Promise.all([1, 2, 3, 4, 5].map((minute) => revisionAt({ at: moment(minute) })));
    assert.equal(found, [100n, 100n, 100n, 102n, 103n], 'nothing that happened later is shown');
    assert.is(await revisionAt({ at: moment(1), past: events[102]?.position ?? 0n }), 102n);
    for (const revision of [0n, 50n, 103n]) assert.is(await revisionAt({ revision }), revision);
    assert.is(await read(orderFold, stream, { revision: 104n }), undefined);
    assert.is(await read(orderFold, stream, { at: '2000-01-01T00:00:00.000Z' }), undefined);
  });

stored('a snapshot lies sealed, and is gone with the key of its customer', async ({ database, postgres: store }) => {
  const keys = memoryDataKeys();
  const snapshots = openSnapshots({ db: database.db, keys, codeHash: () => Promise.resolve('code-1') });
  const { start, seed, reading } = setUp({ store, snapshots }, keys);
  const stream = await seed(100);
  await start().read(orderFold, stream);
  await kept(database, stream, 100);
  const { rows } = await database.db.raw<{ rows: readonly { all: string; state: Buffer }[] }>(
    'select s::text as all, state from snapshots s where stream = ?',
    [stream],
  );
  for (const secret of ['meera@shop.example', 'मीरा', 'Ερμού'])
    assert.not.ok(`${rows[0]?.all}${rows[0]?.state.toString()}`.includes(secret), secret);
  keys.destroy('c-1');
  const [events, found] = await reading(() => start().read(orderFold, stream));
  assert.ok(events >= 100, 'it is folded from its events');
  assert.ok(found !== undefined && isPlaced(found.state));
  assert.equal(found.state.personal, { erased: true });
});

stored(
  'a snapshot that other code folded, or that was changed, is not begun from',
  async ({ database, postgres: store }) => {
    const keys = memoryDataKeys();
    const openFor = (code: string) => openSnapshots({ db: database.db, keys, codeHash: () => Promise.resolve(code) });
    const mine = setUp({ store, snapshots: openFor('code-1') }, keys);
    const stream = await mine.seed(100);
    await mine.start().read(orderFold, stream);
    await kept(database, stream, 100);
    assert.is(await openFor('code-2').find('order', stream), undefined);
    assert.is(await openFor('code-1').find('return', stream), undefined);
    assert.ok(await openFor('code-1').find('order', stream));

    await database.db('snapshots').where({ stream }).update({ revision: 98 });
    const [events, found] = await mine.reading(() => mine.start().read(orderFold, stream));
    assert.ok(events >= 100);
    assert.is(found?.revision, 99n);
  },
);

stored('an older snapshot does not take the place of a later one', async ({ database }) => {
  const keys = memoryDataKeys();
  const { find, save } = openSnapshots({ db: database.db, keys, codeHash: () => Promise.resolve('code-1') });
  const { id: key_id } = await keys.forSubject('c-1');
  const stream = `order-${randomUUID()}`;
  const at = (revision: bigint) => ({
    revision,
    hash: 'h',
    state: null,
    customer_id: null,
    marks: Buffer.alloc(0),
    key_id,
  });
  await save('order', stream, at(200n));
  await save('order', stream, at(100n));
  assert.is((await find('order', stream))?.revision, 200n);
});

test.run();
stored.run();
