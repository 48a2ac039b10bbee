// time limit: 180 s
import { openEventStoreDb } from '../../../src/event-store/eventstoredb/index.ts';
import { eventStoreContract } from '../../contract/event-store.ts';
import { startWireDouble } from '../../support/wire-double/start.ts';

eventStoreContract('EventStoreDB, on a double of its wire protocol', async () => {
  const double = await startWireDouble();
  const store = openEventStoreDb({ url: double.url });
  return {
    store,
    close: async () => {
      await store.close();
      await double.stop();
    },
  };
});
