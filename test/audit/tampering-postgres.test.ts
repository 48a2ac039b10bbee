import { suite } from 'uvu';
import type { StoredEvent } from '../../src/event-store/port.ts';
import { openAuditWorld, tamper } from './audit-world.ts';
import { testTampering } from './tampering.ts';

const test = suite('every kind of tampering with PostgreSQL is found');

const rowOf = ({ position, revision, data, metadata, ...rest }: StoredEvent) => ({
  ...rest,
  position: String(position),
  revision: String(revision),
  data: JSON.stringify(data),
  metadata: JSON.stringify(metadata),
});

testTampering(test, async () => {
  const { db, store, close } = await openAuditWorld();
  return {
    db,
    store,
    numbering: 'positions',
    // The owner of the table, with its trigger disabled.
    rewrite: (events) =>
      tamper(db, async (sql) => {
        await sql('events').delete();
        await sql.batchInsert('events', events.map(rowOf), 200);
      }),
    close,
  };
});

test.run();
