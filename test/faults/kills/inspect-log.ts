import * as assert from 'uvu/assert';
import { createCodec } from '../../../src/event-store/codec.ts';
import { verifyChain } from '../../../src/event-store/hash-chain.ts';
import type { EventStore, StoredEvent } from '../../../src/event-store/port.ts';
import { openPostgresEventStore } from '../../../src/event-store/postgres/index.ts';
import { openDataKeys } from '../../../src/platform/data-keys.ts';
import { openDatabase } from '../../../src/platform/database.ts';
import { documentList } from '../../../src/projections/documents/index.ts';
import { rebuildProjection } from '../../../src/projections/engine/index.ts';
import { orderList } from '../../../src/projections/orders/index.ts';
import { countersOf, rowsOf } from '../../support/projection-spec.ts';

const readLog = async (store: EventStore): Promise<readonly StoredEvent[]> => {
  const all: StoredEvent[] = [];
  for (let after = 0n, caughtUp = false; !caughtUp;) {
    const page = await store.readAll({ after, limit: 1_000, prefixes: [''] });
    all.push(...page.events);
    ({ position: after, caughtUp } = page);
  }
  return all;
};

/** Hash chains are intact and no event is stored twice. Returns the number of events. */
const inspectChains = async (store: EventStore): Promise<number> => {
  const all = await readLog(store);
  const streams = new Map<string, StoredEvent[]>();
  for (const event of all) streams.set(event.stream, [...(streams.get(event.stream) ?? []), event]);
  for (const events of streams.values()) assert.is(verifyChain(events), undefined);
  assert.is(new Set(all.map(({ id }) => id)).size, all.length, 'an event is there twice');
  return all.length;
};

/** Checks the log, and compares the read models with a new fold of the log from its first event. */
export const inspectLog = async (url: string, masterKey: Uint8Array): Promise<number> => {
  const db = openDatabase({ url, applicationName: 'waybill-inspection' });
  const store = openPostgresEventStore({ url });
  try {
    const codec = createCodec(openDataKeys({ db, masterKey }));
    const events = await inspectChains(store);
    for (const projection of [orderList, documentList]) {
      const seen = async () => [await rowsOf(db, projection), await countersOf(db, projection)];
      const before = await seen();
      await rebuildProjection(projection, { db, store, codec });
      assert.equal(before, await seen(), `${projection.name} is what a new fold of the log gives`);
    }
    return events;
  } finally {
    await store.close();
    await db.destroy();
  }
};
