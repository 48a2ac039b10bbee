import * as assert from 'uvu/assert';
import { WrongExpectedRevision, type EventStore } from '../../../src/event-store/port.ts';
import {
  assertIncreasing,
  counted,
  followUntil,
  idsOf,
  newPrefix,
  newStream,
  readEverything,
  untilCount,
  type ContractTest,
} from './support.ts';

const WRITERS = 16;
const PER_APPEND = 5;
const EVENTS = 4_000;

/** Every writer grows streams of its own, ten appends each. */
const write = async (store: EventStore, prefix: string, events: number): Promise<readonly string[]> => {
  const ids: string[] = [];
  while (ids.length < events) {
    const stream = newStream(prefix);
    for (let n = 0; n < 10 && ids.length < events; n++) {
      const batch = counted(PER_APPEND);
      await store.append(stream, batch, n === 0 ? 'no_stream' : BigInt(n * PER_APPEND - 1));
      ids.push(...idsOf(batch));
    }
  }
  return ids;
};

/** Many writers at once. */
export const concurrencyCases = (test: ContractTest): void => {
  test('subscribers running beside 16 writers get every event once and in order', async ({ store }) => {
    const prefix = newPrefix();
    const subscribers = [1, 7, 100, 1000].map((batchSize) =>
      followUntil(store, { after: 0n, prefixes: [prefix], batchSize }, untilCount(EVENTS)),
    );
    const writers = Array.from({ length: WRITERS }, () => write(store, prefix, EVENTS / WRITERS));
    const written = (await Promise.all(writers)).flat();
    const stored = await readEverything(store, prefix);
    assert.equal(new Set(idsOf(stored)), new Set(written));
    assert.is(stored.length, EVENTS);
    assertIncreasing(stored);
    for (const { events } of await Promise.all(subscribers)) assert.equal(idsOf(events), idsOf(stored));
  });

  test('writers that fight for one stream all get their turn, and no revision is given twice', async ({ store }) => {
    const stream = newStream();
    await store.append(stream, counted(1), 'no_stream');
    const addOne = async (): Promise<void> => {
      for (;;) {
        const [last] = await store.readStream(stream, { direction: 'backwards', limit: 1 });
        try {
          await store.append(stream, counted(1), last?.revision ?? 'no_stream');
          return;
        } catch (error) {
          if (!(error instanceof WrongExpectedRevision)) throw error;
        }
      }
    };
    await Promise.all(Array.from({ length: 12 }, addOne));
    const revisions = (await store.readStream(stream)).map(({ revision }) => revision);
    assert.equal(
      revisions,
      Array.from({ length: 13 }, (_, n) => BigInt(n)),
    );
  });
};
