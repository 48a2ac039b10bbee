import { randomUUID } from 'node:crypto';
import { suite } from 'uvu';
import { isOwnEvent } from '../../src/event-store/codec.ts';
import { openEventStoreDb } from '../../src/event-store/eventstoredb/index.ts';
import type { StoredEvent } from '../../src/event-store/port.ts';
import { openTestDatabase } from '../support/database.ts';
import type { LogRecord } from '../support/wire-double/event-log.ts';
import { startWireDouble } from '../support/wire-double/start.ts';
import { testTampering } from './tampering.ts';

const test = suite('every kind of tampering with EventStoreDB is found');

const recordOf = ({ id, type, stream, revision, position, data, metadata }: StoredEvent): LogRecord => ({
  id: randomUUID(),
  type,
  stream,
  revision,
  position: position * 1_000n + 1_000_000n, // with gaps, as on a server
  contentType: 'application/json',
  data: Buffer.from(JSON.stringify(data)),
  metadata: Buffer.from(JSON.stringify({ ...metadata, event_id: id })),
  createdMs: Date.now(),
});

testTampering(test, async () => {
  const [double, database] = [await startWireDouble(), await openTestDatabase()];
  const store = openEventStoreDb({ url: double.url, isOwn: isOwnEvent });
  const system = double.log.all().slice();
  return {
    db: database.db,
    store,
    numbering: 'ordinals',
    rewrite: (events) => {
      double.log.rewrite([...system, ...events.map(recordOf)]);
      return Promise.resolve();
    },
    close: async () => {
      await store.close();
      await double.stop();
      await database.close();
    },
  };
});

test.run();
