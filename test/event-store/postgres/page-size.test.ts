import { randomUUID } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openPostgresEventStore } from '../../../src/event-store/postgres/index.ts';
import { openTestDatabase } from '../../support/database.ts';

const test = suite('the size of a page in PostgreSQL');

test('a page of large events ends at 8 MB, and says that there is more', async () => {
  const database = await openTestDatabase();
  const store = openPostgresEventStore({ url: database.url });
  const event = () => ({ id: randomUUID(), type: 'Counted', data: { text: 'x'.repeat(1_000_000) }, metadata: {} });
  for (let n = 0; n < 10; n++) await store.append(`order-${n}`, [event()], 'no_stream');
  const first = await store.readAll({ after: 0n, limit: 500, prefixes: ['order-'] });
  assert.is(first.events.length, 8);
  assert.is(first.position, 8n);
  assert.not(first.caughtUp);
  const rest = await store.readAll({ after: first.position, limit: 500, prefixes: ['order-'] });
  assert.is(rest.events.length, 2);
  assert.ok(rest.caughtUp);
  await store.close();
  await database.close();
});

test.run();
