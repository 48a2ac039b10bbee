import * as assert from 'uvu/assert';
import { AppendTooLarge, MAX_APPEND_BYTES } from '../../../src/event-store/port.ts';
import { probeAppends } from '../../../src/event-store/probe-appends.ts';
import { assertRejected, counted, event, idsOf, newStream, type ContractTest } from './support.ts';

/** Appends: numbering, expected revisions, all or nothing. */
export const appendCases = (test: ContractTest): void => {
  test('revisions start at 0 and count up', async ({ store }) => {
    const stream = newStream();
    assert.is((await store.append(stream, counted(1), 'no_stream')).revision, 0n);
    assert.is((await store.append(stream, counted(3), 0n)).revision, 3n);
    const stored = await store.readStream(stream);
    assert.equal(
      stored.map(({ revision }) => revision),
      [0n, 1n, 2n, 3n],
    );
  });

  test('an append answers with the place of its last event', async ({ store }) => {
    const stream = newStream();
    const appended = await store.append(stream, counted(3), 'no_stream');
    const last = (await store.readStream(stream)).at(-1);
    assert.equal(appended, { revision: last?.revision, position: last?.position });
  });

  test('positions increase from append to append, over all streams', async ({ store }) => {
    const first = await store.append(newStream(), counted(2), 'no_stream');
    const second = await store.append(newStream(), counted(1), 'no_stream');
    assert.ok(first.position > 0n);
    assert.ok(second.position > first.position);
  });

  test('a stream that must be new but exists is rejected, naming where it is', async ({ store }) => {
    const stream = newStream();
    await store.append(stream, counted(2), 'no_stream');
    await assertRejected(store.append(stream, counted(1), 'no_stream'), { expected: 'no_stream', actual: 1n });
  });

  test('a store that takes appends passes the probe of appends, which stores nothing', async ({ store }) => {
    const before = await store.head();
    await probeAppends(store);
    assert.equal([await store.head(), (await store.readStream('probe-of-appends')).length], [before, 0]);
  });

  test('a stream that must exist but does not is rejected', async ({ store }) => {
    await assertRejected(store.append(newStream(), counted(1), 0n), { expected: 0n, actual: 'no_stream' });
  });

  test('a revision the stream has left behind is rejected', async ({ store }) => {
    const stream = newStream();
    await store.append(stream, counted(3), 'no_stream');
    await assertRejected(store.append(stream, counted(1), 1n), { expected: 1n, actual: 2n });
  });

  test('a revision the stream has not reached yet is rejected', async ({ store }) => {
    const stream = newStream();
    await store.append(stream, counted(1), 'no_stream');
    await assertRejected(store.append(stream, counted(1), 5n), { expected: 5n, actual: 0n });
  });

  test('a rejected append leaves nothing behind', async ({ store }) => {
    const stream = newStream();
    const [first] = await Promise.all([store.append(stream, counted(1), 'no_stream')]);
    await assertRejected(store.append(stream, counted(4), 7n), { expected: 7n, actual: 0n });
    assert.is((await store.readStream(stream)).length, 1);
    assert.is((await store.append(stream, counted(1), first.revision)).revision, 1n);
  });

  test('of two appends that expect the same revision one loses, and nothing of it is stored', async ({ store }) => {
    for (let round = 0; round < 20; round++) {
      const stream = newStream();
      const racers = [counted(2), counted(2)];
      const outcomes = await Promise.allSettled(racers.map((events) => store.append(stream, events, 'no_stream')));
      const winners = racers.filter((_, index) => outcomes[index]?.status === 'fulfilled');
      assert.is(winners.length, 1);
      assert.equal(idsOf(await store.readStream(stream)), idsOf(winners.flat()));
    }
  });

  test('appends sent off together without waiting each keep their own outcome', async ({ store }) => {
    const [good, stale] = [newStream(), newStream()];
    const outcomes = await Promise.allSettled([
      store.append(good, counted(1), 'no_stream'),
      store.append(stale, counted(1), 3n),
      store.append(good, counted(1), 0n),
      store.append(newStream(), counted(2), 'no_stream'),
    ]);
    assert.equal(
      outcomes.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
    );
    assert.is((await store.readStream(good)).length, 2);
    assert.is((await store.readStream(stale)).length, 0);
  });

  test('an append of no events is rejected', async ({ store }) => {
    const answer: unknown = await store.append(newStream(), [], 'no_stream').catch((error: unknown) => error);
    assert.instance(answer, RangeError);
  });

  test('an append that is too large is rejected before anything is stored', async ({ store }) => {
    const stream = newStream();
    const large = store.append(stream, [...counted(1), event({ text: 'x'.repeat(MAX_APPEND_BYTES) })], 'no_stream');
    assert.instance(await large.catch((error: unknown) => error), AppendTooLarge);
    assert.equal(await store.readStream(stream), []);
  });

  test('200 events are appended at once, in their order', async ({ store }) => {
    const [stream, events] = [newStream(), counted(200)];
    assert.is((await store.append(stream, events, 'no_stream')).revision, 199n);
    assert.equal(idsOf(await store.readStream(stream)), idsOf(events));
  });

  test('what the caller changes after an append is not what is stored', async ({ store }) => {
    const [stream, data] = [newStream(), { items: ['a'] }];
    await store.append(stream, [event(data)], 'no_stream');
    data.items.push('b');
    assert.equal((await store.readStream(stream))[0]?.data, { items: ['a'] });
  });
};
