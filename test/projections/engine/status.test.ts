import { randomUUID } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createWaitForPosition, projectionStatus } from '../../../src/projections/engine/index.ts';
import { orderList } from '../../../src/projections/orders/index.ts';
import { findProjection, projections } from '../../../src/projections/registry.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';
import { openEventLog } from '../../support/event-log.ts';
import { confirmed } from '../../support/order-events.ts';
import { orderPlaced } from '../../support/orders.ts';
import { forget } from '../../support/projection-spec.ts';
import { hasReached, startProjector } from '../../support/projectors.ts';

const test = suite('projection status');
let database: TestDatabase;
test.before(async () => {
  database = await openTestDatabase();
});
test.before.each(() => forget(database.db, orderList));
test.after(() => database.close());

test('lag is the number of events not yet handled, and the age of the oldest', async () => {
  const { db } = database;
  const eventLog = openEventLog();
  await eventLog.append(randomUUID(), [orderPlaced(), confirmed], { at: '2026-03-01T12:00:00.000Z' });
  const head = await eventLog.append(randomUUID(), [orderPlaced()], { at: '2026-03-01T12:00:07.000Z' });
  const now = () => Date.parse('2026-03-01T12:00:09.500Z');
  const look = async () => (await projectionStatus({ db, store: eventLog.store, now, projections: [orderList] }))[0];
  assert.equal(await look(), {
    name: 'order_list',
    version: orderList.version,
    position: '0',
    head: String(head),
    lag_events: 3,
    lag_seconds: 9.5,
    state: 'running',
    failure: null,
  });
  const projector = startProjector(orderList, { db, ...eventLog });
  await hasReached(db, orderList, head);
  await projector.stop();
  assert.is((await look())?.lag_events, 0);
  assert.is((await look())?.lag_seconds, 0, 'a quiet log is no lag');
  assert.is((await look())?.position, String(head));
});

test('every projection in the registry shows', async () => {
  const status = await projectionStatus({ db: database.db, store: openEventLog().store, projections });
  assert.equal(
    status.map(({ name }) => name),
    projections.map(({ name }) => name),
  );
  assert.is(findProjection('order_list'), orderList);
  assert.is(findProjection('no_such'), undefined);
});

test('a caller that waits for a position goes on as soon as it is handled, and not before', async () => {
  const { db } = database;
  const eventLog = openEventLog();
  const waitFor = createWaitForPosition(db);
  const position = await eventLog.append(randomUUID(), [orderPlaced()]);
  assert.is(await waitFor('order_list', position, 30), false);
  const waiting = Promise.all(Array.from({ length: 50 }, () => waitFor('order_list', position, 5_000)));
  const projector = startProjector(orderList, { db, ...eventLog });
  assert.ok((await waiting).every(Boolean));
  assert.is(await waitFor('order_list', position + 1n, 30), false);
  await projector.stop();
});

test.run();
