import { openPostgresEventStore } from '../../../src/event-store/postgres/index.ts';
import { eventStoreContract } from '../../contract/event-store.ts';
import { openTestDatabase } from '../../support/database.ts';

eventStoreContract('PostgreSQL', async () => {
  const database = await openTestDatabase();
  const store = openPostgresEventStore({ url: database.url });
  return {
    store,
    close: async () => {
      await store.close();
      await database.close();
    },
  };
});
