import { suite } from 'uvu';
import type { EventStore } from '../../src/event-store/port.ts';
import { appendCases } from './event-store/append.ts';
import { closeCases } from './event-store/close.ts';
import { concurrencyCases } from './event-store/concurrency.ts';
import { readCases } from './event-store/read.ts';
import { repeatCases } from './event-store/repeat.ts';
import { sizeCases } from './event-store/size.ts';
import { subscribeCases } from './event-store/subscribe.ts';

export type OpenedStore = {
  readonly store: EventStore;
  /** Largest event that the server behind it takes. Default `MAX_APPEND_BYTES`. */
  readonly maxEventBytes?: number;
  readonly close: () => Promise<void>;
};

/**
 * What every event store does, down to the revision numbers. There is no parameter that excuses a difference. The store
 * may hold events of others already; positions need not be contiguous.
 */
export const eventStoreContract = (adapter: string, open: () => Promise<OpenedStore>): void => {
  const test = suite<OpenedStore>(`event store: ${adapter}`);
  test.before(async (context) => {
    Object.assign(context, await open());
  });
  test.after(({ close }) => close());

  appendCases(test);
  repeatCases(test);
  readCases(test);
  subscribeCases(test);
  concurrencyCases(test);
  sizeCases(test);
  closeCases(test);
  test.run();
};
