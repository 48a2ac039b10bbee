// time limit: 300 s
import { suite } from 'uvu';
import { openEventStoreDb } from '../../src/event-store/eventstoredb/index.ts';
import { eventStoreContract } from '../contract/event-store.ts';

/** What a server takes as one append unless its `MaxAppendSize` says otherwise. */
const DEFAULT_BYTES = 1024 * 1024;

const url = process.env['EVENTSTORE_URL'];

if (url === undefined || url === '') {
  const test = suite('event store: a real EventStoreDB');
  test('there is a server to test against', () => {
    throw new Error(
      'set EVENTSTORE_URL, e.g. EVENTSTORE_URL="esdb://127.0.0.1:2113?tls=false" npm run test:eventstoredb',
    );
  });
  test.run();
} else {
  eventStoreContract('a real EventStoreDB', () => {
    const store = openEventStoreDb({ url });
    return Promise.resolve({ store, maxEventBytes: DEFAULT_BYTES, close: () => store.close() });
  });
}
