import { openMemoryEventStore } from '../../src/event-store/memory.ts';
import { eventStoreContract } from '../contract/event-store.ts';

eventStoreContract('memory', () => {
  const store = openMemoryEventStore();
  return Promise.resolve({ store, close: () => store.close() });
});
