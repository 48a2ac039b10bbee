// time limit: 180 s
import { openEventStoreDb } from '../../../src/event-store/eventstoredb/index.ts';
import { eventStoreContract } from '../../contract/event-store.ts';
import { MESSAGE_BYTES } from '../../support/wire-double/append.ts';
import { startWireDouble } from '../../support/wire-double/start.ts';

eventStoreContract('EventStoreDB, on a double of its wire protocol', async () => {
  // The largest setting of a server: by default it takes 1 MiB.
  const double = await startWireDouble({ maxAppendBytes: 16 * 1024 * 1024 });
  const store = openEventStoreDb({ url: double.url });
  return {
    store,
    maxEventBytes: MESSAGE_BYTES,
    close: async () => {
      await store.close();
      await double.stop();
    },
  };
});
