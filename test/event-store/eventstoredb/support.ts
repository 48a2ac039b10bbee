import type { Test } from 'uvu';
import { openEventStoreDb, type EventStoreDbOptions } from '../../../src/event-store/eventstoredb/index.ts';
import type { EventStore } from '../../../src/event-store/port.ts';
import { startWireDouble, type WireDouble } from '../../support/wire-double/start.ts';

export type Faulty = {
  readonly double: WireDouble;
  readonly store: EventStore;
  /** Why subscriptions were dropped so far. */
  readonly dropped: string[];
};

/** One double and one store for a suite; every case begins without faults, with an empty call log. */
export const onDouble = (test: Test<Faulty>, options: Partial<EventStoreDbOptions> = {}): void => {
  test.before(async (context) => {
    const double = await startWireDouble();
    const dropped: string[] = [];
    const onDropped = ({ message }: Error): void => void dropped.push(message);
    const store = openEventStoreDb({ url: double.url, onDropped, ...options });
    Object.assign(context, { double, store, dropped });
  });
  test.before.each(({ double, dropped }) => {
    double.clearFaults();
    double.forgetCalls();
    dropped.length = 0;
  });
  test.after(async ({ double, store }) => {
    await store.close();
    await double.stop();
  });
};
