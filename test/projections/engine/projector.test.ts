import { randomUUID } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { StoreUnavailable, type EventStore } from '../../../src/event-store/port.ts';
import {
  plainRow,
  type Projection,
  projectionStatus,
  readCheckpoints,
  rebuildProjection,
} from '../../../src/projections/engine/index.ts';
import { applyBatch } from '../../../src/projections/engine/apply-batch.ts';
import { liveTarget, writeRows, type WriteRows } from '../../../src/projections/engine/rows.ts';
import { orderList } from '../../../src/projections/orders/index.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import { openEventLog, type EventLog } from '../../support/event-log.ts';
import { confirmed, started } from '../../support/order-events.ts';
import { orderPlaced } from '../../support/orders.ts';
import { countersOf, forget, rowsOf } from '../../support/projection-spec.ts';
import { hasReached, startProjector } from '../../support/projectors.ts';

const test = suite('projector');
let database: TestDatabase;
let eventLog: EventLog;
test.before(async () => {
  database = await openTestDatabase();
});
test.before.each(async () => {
  await forget(database.db, orderList);
  eventLog = openEventLog();
});
test.after(() => database.close());

const placeOrders = async (count: number): Promise<bigint> => {
  let position = 0n;
  for (let index = 0; index < count; index++)
    position = await eventLog.append(randomUUID(), [orderPlaced(), confirmed]);
  return position;
};

/** The projection with a bug: it cannot fold this type of event. */
const brokenBy = (type: string): Projection => ({
  ...orderList,
  evolve: (row, recorded, days) => {
    if (recorded.fact.type === type) throw new TypeError('no such thing');
    return orderList.evolve(row, recorded, days);
  },
});

const checkpoint = async () => (await readCheckpoints(database.db, [orderList.name])).get(orderList.name);

test('events become rows, before and after the projector starts', async () => {
  const { db } = database;
  await placeOrders(3);
  const projector = startProjector(orderList, { db, ...eventLog });
  const position = await placeOrders(4);
  await hasReached(db, orderList, position);
  assert.is((await rowsOf(db, orderList)).length, 7);
  await projector.stop();
});

test('the checkpoint also passes events of streams that the projection does not follow', async () => {
  const { db } = database;
  const projector = startProjector(orderList, { db, ...eventLog });
  const { position } = await eventLog.store.append(
    'document-1',
    [{ id: randomUUID(), type: 'DocumentRedacted', data: {}, metadata: {} }],
    'no_stream',
  );
  await hasReached(db, orderList, position);
  await projector.stop();
});

test('two projectors at once handle every event once', async () => {
  const { db } = database;
  const projectors = [1, 2, 3].map(() => startProjector(orderList, { db, ...eventLog }));
  const position = await placeOrders(120);
  await hasReached(db, orderList, position);
  assert.equal(await countersOf(db, orderList), {
    all: 120,
    'customer:c-1': 120,
    'status:confirmed': 120,
    'payment_status:unpaid': 120,
    'refund_status:none': 120,
  });
  await Promise.all(projectors.map(({ stop }) => stop()));
});

test('a projector that was held up in the middle of a batch writes nothing after another took over', async () => {
  const { db } = database;
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  let isHeld = false;
  const slow = startProjector(orderList, {
    db,
    store: eventLog.store,
    codec: {
      ...eventLog.codec,
      decode: async (events, options) => {
        const opened = await eventLog.codec.decode(events, options);
        isHeld = true;
        await held;
        return opened;
      },
    },
  });
  const order = randomUUID();
  await eventLog.append(order, [orderPlaced()]);
  await eventually('the slow projector is at it', () => isHeld);

  const other = startProjector(orderList, { db, ...eventLog });
  const position = await eventLog.append(order, [confirmed, started]);
  await hasReached(db, orderList, position);
  const rows = await rowsOf(db, orderList);
  assert.is(rows[0]?.['status'], 'processing');
  release();
  await placeOrders(1).then((after) => hasReached(db, orderList, after));
  assert.equal(
    (await rowsOf(db, orderList)).find(({ id }) => id === order),
    rows[0],
    'an old row was written back',
  );
  assert.is((await countersOf(db, orderList))['all'], 2);
  await Promise.all([slow.stop(), other.stop()]);
});

test('a crash while writing leaves rows, counters and checkpoint together, and is retried', async () => {
  const { db } = database;
  await db.raw(`create function crash() returns trigger language plpgsql as
    $$ begin raise exception 'terminating connection' using errcode = '57P01'; end $$`);
  await db.raw('create trigger crash after insert on projection_counters for each row execute function crash()');
  const projector = startProjector(orderList, { db, ...eventLog });
  const position = await placeOrders(1);
  await eventually('the outage is said', () => projector.log.lines.some(({ level }) => level === 'warn'));
  assert.equal(await rowsOf(db, orderList), []);
  assert.is((await checkpoint())?.position, 0n);
  await db.raw('drop function crash cascade');
  await hasReached(db, orderList, position);
  assert.is((await countersOf(db, orderList))['all'], 1);
  await projector.stop();
});

test('events that a crash of the database undid are handled again without a new event', async () => {
  const { db } = database;
  const projector = startProjector(orderList, { db, ...eventLog });
  const position = await placeOrders(3);
  await hasReached(db, orderList, position);
  await forget(db, orderList);
  await hasReached(db, orderList, position);
  assert.is((await rowsOf(db, orderList)).length, 3);
  await projector.stop();
});

test('an event store that is away is waited for', async () => {
  const { db } = database;
  let away = 3;
  const store: EventStore = {
    ...eventLog.store,
    subscribe: (options) => {
      if (away-- > 0) throw new StoreUnavailable('it is being restarted');
      return eventLog.store.subscribe(options);
    },
  };
  const position = await placeOrders(1);
  const projector = startProjector(orderList, { db, store, codec: eventLog.codec });
  await hasReached(db, orderList, position);
  assert.is(projector.log.lines.filter(({ level }) => level === 'warn').length, 3);
  assert.is((await checkpoint())?.failure, null);
  await projector.stop();
});

test('rows that are too large for the memory together are changed in parts', async () => {
  const { db } = database;
  const ids = Array.from({ length: 5 }, () => randomUUID());
  let from = 0n;
  for (const id of ids) from = await eventLog.append(id, [orderPlaced()]);
  const projector = startProjector(orderList, { db, ...eventLog });
  await hasReached(db, orderList, from);
  await projector.stop();
  for (const id of ids) await eventLog.append(id, [confirmed]);
  const batch = await eventLog.store.readAll({ after: from, limit: 100, prefixes: orderList.prefixes });
  let writes = 0;
  const write: WriteRows = (wanted) => {
    writes += 1;
    return writeRows(db, wanted);
  };
  const writer = { db, codec: eventLog.codec, projection: orderList, target: liveTarget(orderList), write };
  const epoch = (await checkpoint())?.epoch ?? '';
  assert.ok(await applyBatch({ ...writer, loadedBytes: 1 }, batch, { epoch, from }));
  assert.is(writes, 5, 'one row at a time');
  assert.is((await checkpoint())?.position, batch.position);
  assert.equal(
    (await rowsOf(db, orderList)).map((row) => row['status']),
    ids.map(() => 'confirmed'),
  );
});

test('a bug stops the projection right before the event, which is named', async () => {
  const { db } = database;
  const order = randomUUID();
  const good = await eventLog.append(order, [orderPlaced(), confirmed]);
  await eventLog.append(order, [started]);
  await placeOrders(2);
  const projector = startProjector(brokenBy('OrderProcessingStarted'), { db, ...eventLog });
  const failure = await eventually('the failure is noted', async () => (await checkpoint())?.failure ?? undefined);
  assert.is((await checkpoint())?.position, good);
  assert.is(failure.event?.type, 'OrderProcessingStarted');
  assert.is(failure.event?.stream, `order-${order}`);
  assert.is(failure.event?.revision, '2');
  assert.match(failure.reason, 'no such thing');
  assert.is((await rowsOf(db, orderList)).length, 1, 'what lies before it was handled');
  assert.ok(projector.log.lines.some(({ level }) => level === 'error'));
  const [status] = await projectionStatus({ db, store: eventLog.store, projections: [orderList] });
  assert.is(status?.state, 'failed');
  assert.is(status?.lag_events, 5);
  await projector.stop();
});

test('an event that cannot be opened is named as well, and a projector without the bug goes on from there', async () => {
  const { db } = database;
  await placeOrders(1);
  const { position } = await eventLog.store.append(
    `order-${randomUUID()}`,
    [{ id: randomUUID(), type: 'OrderTeleported', data: {}, metadata: { schema_version: 1 } }],
    'no_stream',
  );
  const projector = startProjector(orderList, { db, ...eventLog });
  await eventually(
    'the failure is noted',
    async () => (await checkpoint())?.failure?.event?.type === 'OrderTeleported',
  );
  await projector.stop();

  const knowsIt = startProjector({ ...orderList, types: new Set(['OrderPlaced']) }, { db, ...eventLog });
  await hasReached(db, orderList, position);
  assert.is((await checkpoint())?.failure, null);
  await knowsIt.stop();
});

test('a projection that stopped goes on by itself after a rebuild', async () => {
  const { db } = database;
  let isBroken = true;
  const fixed: Projection = {
    ...orderList,
    evolve: (row, recorded, days) => {
      if (isBroken) throw new Error('a bug');
      return orderList.evolve(row, recorded, days);
    },
  };
  await placeOrders(2);
  const projector = startProjector(fixed, { db, ...eventLog });
  await eventually('the failure is noted', async () => (await checkpoint())?.failure ?? undefined);
  isBroken = false;
  await rebuildProjection(fixed, { db, ...eventLog });
  assert.is((await checkpoint())?.failure, null);
  await hasReached(db, orderList, await placeOrders(1));
  assert.is((await rowsOf(db, orderList)).length, 3);
  await projector.stop();
});

test('rows of an older version are rebuilt at the start', async () => {
  const { db } = database;
  const first = startProjector(orderList, { db, ...eventLog });
  await hasReached(db, orderList, await placeOrders(2));
  await first.stop();

  const renamed: Projection = {
    ...orderList,
    version: orderList.version + 1,
    evolve: (row, recorded, days) => {
      const next = orderList.evolve(row, recorded, days);
      return next && { ...plainRow(orderList, next), customer_id: 'somebody' };
    },
  };
  const projectors = [1, 2].map(() => startProjector(renamed, { db, ...eventLog }));
  await eventually('the new version', async () => (await checkpoint())?.version === renamed.version);
  await hasReached(db, orderList, await placeOrders(1));
  assert.equal(await countersOf(db, orderList), {
    all: 3,
    'customer:somebody': 3,
    'status:confirmed': 3,
    'payment_status:unpaid': 3,
    'refund_status:none': 3,
  });

  const older = startProjector(orderList, { db, ...eventLog });
  await eventually('the old release steps back', () => older.log.lines.some(({ message }) => /newer/.test(message)));
  await Promise.all([...projectors, older].map(({ stop }) => stop()));
  assert.is((await checkpoint())?.version, renamed.version);
});

test.run();
