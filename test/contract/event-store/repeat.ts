import * as assert from 'uvu/assert';
import { assertRejected, counted, event, idsOf, newStream, type ContractTest } from './support.ts';

/** A lost answer is asked for again: the same ids at the same place are the same append. */
export const repeatCases = (test: ContractTest): void => {
  test('repeating the append that began a stream answers the same and writes nothing', async ({ store }) => {
    const [stream, events] = [newStream(), counted(3)];
    const first = await store.append(stream, events, 'no_stream');
    assert.equal(await store.append(stream, events, 'no_stream'), first);
    assert.is((await store.readStream(stream)).length, 3);
  });

  test('repeating an append at a revision answers the same and writes nothing', async ({ store }) => {
    const [stream, events] = [newStream(), counted(2)];
    await store.append(stream, counted(2), 'no_stream');
    const first = await store.append(stream, events, 1n);
    assert.equal(await store.append(stream, events, 1n), first);
    assert.is((await store.readStream(stream)).length, 4);
  });

  test('an append is known again after more events have followed', async ({ store }) => {
    const [stream, events] = [newStream(), counted(2)];
    const first = await store.append(stream, events, 'no_stream');
    await store.append(stream, counted(5), 1n);
    assert.equal(await store.append(stream, events, 'no_stream'), first);
    assert.is((await store.readStream(stream)).length, 7);
  });

  test('the same append sent twice at once is stored once and answered twice alike', async ({ store }) => {
    for (let round = 0; round < 20; round++) {
      const [stream, events] = [newStream(), counted(2)];
      const answers = await Promise.all([1, 2, 3].map(() => store.append(stream, events, 'no_stream')));
      assert.equal(answers[1], answers[0]);
      assert.equal(answers[2], answers[0]);
      assert.equal(idsOf(await store.readStream(stream)), idsOf(events));
    }
  });

  test('another event under the id of a stored one is rejected', async ({ store }) => {
    const stream = newStream();
    const [one, other] = ['one', 'other'].map((hash) => event({ hash }, { hash }));
    if (one === undefined || other === undefined) throw new Error('two events were made');
    await store.append(stream, [one], 'no_stream');
    await assertRejected(store.append(stream, [{ ...other, id: one.id }], 'no_stream'), {
      expected: 'no_stream',
      actual: 0n,
    });
  });

  test('an append of which only the first event is known is rejected', async ({ store }) => {
    const [stream, events] = [newStream(), counted(2)];
    await store.append(stream, events, 'no_stream');
    const other = [...events.slice(0, 1), ...counted(1)];
    await assertRejected(store.append(stream, other, 'no_stream'), { expected: 'no_stream', actual: 1n });
  });

  test('an append that goes beyond what is known is rejected', async ({ store }) => {
    const [stream, events] = [newStream(), counted(2)];
    await store.append(stream, events, 'no_stream');
    const longer = [...events, ...counted(1)];
    await assertRejected(store.append(stream, longer, 'no_stream'), { expected: 'no_stream', actual: 1n });
    assert.is((await store.readStream(stream)).length, 2);
  });
};
