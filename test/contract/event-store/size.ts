import * as assert from 'uvu/assert';
import { MAX_APPEND_BYTES, PAGE_BYTES, type NewEvent } from '../../../src/event-store/port.ts';
import {
  event,
  followUntil,
  idsOf,
  newPrefix,
  newStream,
  readEverything,
  untilCount,
  type ContractTest,
} from './support.ts';

/** Large events. Last, because every read from the beginning of the store includes them. */
export const sizeCases = (test: ContractTest): void => {
  test('an append of the largest size is stored, read and followed', async ({
    store,
    maxEventBytes = MAX_APPEND_BYTES,
  }) => {
    const text = 'x'.repeat(maxEventBytes - 2_000);
    const prefix = newPrefix();
    const stream = newStream(prefix);
    const events = [event({ n: 0 }), event({ text }), event({ n: 2 })];
    const after = await store.head();
    await store.append(stream, events, 'no_stream');
    const read = await store.readStream(stream);
    assert.equal(idsOf(read), idsOf(events));
    assert.equal(read[1]?.data, { text });
    assert.equal(idsOf(await readEverything(store, prefix)), idsOf(events));
    const followed = await followUntil(store, { after, prefixes: [prefix] }, untilCount(3));
    assert.equal(idsOf(followed.events), idsOf(events));
  });

  test('a page of large events ends when it has the size of a page, and the next begins behind it', async ({
    store,
    maxEventBytes = MAX_APPEND_BYTES,
  }) => {
    const prefix = newPrefix();
    const size = Math.min(PAGE_BYTES / 2, maxEventBytes - 2_000);
    const onPage = Math.ceil(PAGE_BYTES / size);
    const count = 2 * onPage + 1;
    const large = (): readonly NewEvent[] => [event({ text: 'x'.repeat(size) })];
    const after = await store.head();
    for (let n = 0; n < count; n++) await store.append(newStream(prefix), large(), 'no_stream');
    const page = await store.readAll({ after, limit: 500, prefixes: [prefix] });
    assert.ok(page.events.length > 0 && page.events.length <= onPage, `${page.events.length} events`);
    assert.not(page.caughtUp);
    assert.is((await readEverything(store, prefix)).length, count);
    const followed = await followUntil(store, { after, prefixes: [prefix] }, untilCount(count));
    assert.ok(followed.batches.every(({ events }) => events.length <= onPage));
  });
};
