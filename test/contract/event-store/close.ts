import * as assert from 'uvu/assert';
import { StoreUnavailable } from '../../../src/event-store/port.ts';
import { probeAppends } from '../../../src/event-store/probe-appends.ts';
import { counted, newPrefix, newStream, type ContractTest } from './support.ts';

/** The last cases: the store is closed by them. */
export const closeCases = (test: ContractTest): void => {
  test('closing lets appends finish and ends subscriptions; afterwards everything is rejected', async ({ store }) => {
    const { signal } = new AbortController();
    const subscription = store.subscribe({ after: 0n, prefixes: [newPrefix()], signal })[Symbol.asyncIterator]();
    await subscription.next();
    const following = (async () => {
      while ((await subscription.next()).done !== true);
    })();
    const appending = store.append(newStream(), counted(2), 'no_stream');
    await store.close();
    assert.is((await appending).revision, 1n);
    await following;

    const rejected = async (asked: Promise<unknown>): Promise<void> => {
      const error: unknown = await asked.then(
        () => 'answered',
        (reason: unknown) => reason,
      );
      assert.instance(error, StoreUnavailable);
    };
    await rejected(store.append(newStream(), counted(1), 'no_stream'));
    await rejected(probeAppends(store));
    await rejected(store.readStream(newStream()));
    await rejected(store.readAll({ after: 0n, limit: 1, prefixes: [''] }));
    await rejected(store.head());
    await rejected(
      store
        .subscribe({ after: 0n, prefixes: [''], signal })
        [Symbol.asyncIterator]()
        .next(),
    );
  });

  test('closing again does nothing', async ({ store }) => {
    await store.close();
    await store.close();
  });
};
