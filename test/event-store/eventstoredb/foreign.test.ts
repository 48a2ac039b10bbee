import { binaryEvent, EventStoreDBClient } from '@eventstore/db-client';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  counted,
  followUntil,
  idsOf,
  newPrefix,
  newStream,
  untilCaughtUp,
} from '../../contract/event-store/support.ts';
import { onDouble, type Faulty } from './support.ts';

type Context = Faulty & { admin: EventStoreDBClient };
/** Makes the client write by Append: the double has no batches. */
const credentials = { username: 'admin', password: 'changeit' };

const test = suite<Context>('an EventStoreDB that others write to as well');
onDouble(test);
test.before((context) => {
  context.admin = EventStoreDBClient.connectionString(context.double.url);
});
test.after(({ admin }) => admin.dispose());

test('a stream that was deleted reads as empty, may begin anew and still repeats appends', async ({ admin, store }) => {
  const [stream, events] = [newStream(), counted(2)];
  await store.append(stream, counted(3), 'no_stream');
  await admin.deleteStream(stream);
  assert.equal(await store.readStream(stream), []);
  const appended = await store.append(stream, events, 'no_stream');
  assert.is(appended.revision, 4n, 'revisions go on behind the deleted ones');
  assert.equal(idsOf(await store.readStream(stream)), idsOf(events));
  assert.equal(await store.append(stream, events, 'no_stream'), appended);
});

test('an append that was deleted is not acknowledged when it is repeated', async ({ admin, store }) => {
  const [stream, events] = [newStream(), counted(2)];
  await store.append(stream, events, 'no_stream');
  await admin.deleteStream(stream);
  const error: unknown = await store.append(stream, events, 'no_stream').catch((reason: unknown) => reason);
  assert.match(String(error), /was deleted/);
});

test('what the server keeps for itself never reaches a reader', async ({ admin, store }) => {
  const prefix = newPrefix();
  const [kept, buried] = [newStream(prefix), newStream(prefix)];
  const [before, events] = [await store.head(), counted(2)];
  await store.append(kept, events.slice(0, 1), 'no_stream');
  await admin.setStreamMetadata(kept, { maxCount: 100 }, { credentials });
  await store.append(buried, events.slice(1), 'no_stream');
  await admin.tombstoneStream(buried);
  for (const prefixes of [[prefix], [''], ['$', prefix]]) {
    const followed = await followUntil(store, { after: before, prefixes }, untilCaughtUp);
    assert.equal(idsOf(followed.events), idsOf(events));
    const page = await store.readAll({ after: before, limit: 10, prefixes });
    assert.equal(idsOf(page.events), idsOf(events));
    assert.is(page.position, await store.head(), 'and yet a reader gets past it');
  }
});

test('an event that is not ours stops a reader by name instead of being skipped', async ({ admin, store }) => {
  const prefix = newPrefix();
  const stream = newStream(prefix);
  const picture = binaryEvent({ type: 'Picture', data: Buffer.from([1, 2, 3]) });
  await admin.appendToStream(stream, picture, { credentials });
  const message = async (asked: Promise<unknown>): Promise<string> =>
    asked.then(String, (error: unknown) => String(error));
  assert.match(await message(store.readStream(stream)), stream);
  assert.match(await message(followUntil(store, { after: 0n, prefixes: [prefix] }, untilCaughtUp)), stream);
});

test.run();
