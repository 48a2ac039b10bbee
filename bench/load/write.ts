import { randomUUID } from 'node:crypto';
import { StoreUnavailable, type EventStore, type NewEvent } from '../../src/event-store/port.ts';
import { openPostgresEventStore } from '../../src/event-store/postgres/index.ts';
import { newEvent } from '../support/events.ts';
import { answerLoad } from '../support/load.ts';

export type WriteLoad = {
  readonly url: string;
  readonly writers: number;
  readonly appends: number;
  readonly perAppend: number;
};
/** Ids of all events whose append was answered. */
export type Written = { readonly ids: readonly string[]; readonly outages: number };

const MOST_ATTEMPTS = 50;

answerLoad(async ({ url, writers, appends, perAppend }: WriteLoad): Promise<Written> => {
  const store: EventStore = openPostgresEventStore({ url, applicationName: 'bench-writer' });
  const ids: string[] = [];
  let outages = 0;

  /** Without an answer the same is asked again, as every caller of the port does. */
  const appendWithRetries = async (stream: string, events: readonly NewEvent[]): Promise<void> => {
    for (let attempt = 1; ; attempt++) {
      try {
        await store.append(stream, events, 'no_stream');
        return;
      } catch (error) {
        if (!(error instanceof StoreUnavailable) || attempt === MOST_ATTEMPTS) throw error;
        outages += 1;
      }
    }
  };
  const write = async (): Promise<void> => {
    for (let n = 0; n < appends / writers; n++) {
      const events = Array.from({ length: perAppend }, newEvent);
      await appendWithRetries(`order-${randomUUID()}`, events);
      ids.push(...events.map(({ id }) => id));
    }
  };

  await Promise.all(Array.from({ length: writers }, write));
  await store.close();
  return { ids, outages };
});
