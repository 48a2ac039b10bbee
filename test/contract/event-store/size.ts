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
  test('an append of the largest size is stored, read and followed', async ({ store }) => {
    const prefix = newPrefix();
    const stream = newStream(prefix);
    const events = [event({ n: 0 }), event({ text: 'x'.repeat(MAX_APPEND_BYTES - 1_000) }), event({ n: 2 })];
    const after = await store.head();
    await store.append(stream, events, 'no_stream');
    const read = await store.readStream(stream);
    assert.equal(idsOf(read), idsOf(events));
    assert.equal(read[1]?.data, { text: 'x'.repeat(MAX_APPEND_BYTES - 1_000) });
    assert.equal(idsOf(await readEverything(store, prefix)), idsOf(events));
    const followed = await followUntil(store, { after, prefixes: [prefix] }, untilCount(3));
    assert.equal(idsOf(followed.events), idsOf(events));
  });

  test('a page of large events ends when it has the size of a page, and the next begins behind it', async ({
    store,
  }) => {
    const prefix = newPrefix();
    const large = (): readonly NewEvent[] => [event({ text: 'x'.repeat(PAGE_BYTES / 2) })];
    const after = await store.head();
    for (let n = 0; n < 5; n++) await store.append(newStream(prefix), large(), 'no_stream');
    const page = await store.readAll({ after, limit: 500, prefixes: [prefix] });
    assert.ok(page.events.length > 0 && page.events.length <= 2, `${page.events.length} events`);
    assert.not(page.caughtUp);
    assert.is((await readEverything(store, prefix)).length, 5);
    const followed = await followUntil(store, { after, prefixes: [prefix] }, untilCount(5));
    assert.ok(followed.batches.every(({ events }) => events.length <= 2));
  });
};
