import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import type { TestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';

/** A writer of its own that can be stopped in the middle: a transaction that was begun and has not ended. */
export const beginRawAppend = async (url: string, stream: string, count: number) => {
  const client = new Client({ connectionString: url, application_name: 'raw' });
  client.on('error', () => undefined);
  await client.connect();
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  await client.query('begin');
  const places = Array.from({ length: count }, (_, index) => index + 1);
  const json = places.map(() => '{}');
  await client.query('select append_events($1, $2, $3, $4, $5, $6, $7, $8::json[], $9::json[])', [
    [stream],
    [-1],
    [count],
    places.map(() => 1),
    places,
    places.map(() => randomUUID()),
    places.map(() => 'Counted'),
    json,
    json,
  ]);
  return {
    pid: rows[0]?.pid ?? 0,
    finish: async (how: 'commit' | 'rollback'): Promise<void> => {
      await client.query(how);
      await client.end();
    },
    close: () => client.end().catch(() => undefined),
  };
};

/** Until a connection of this application waits for a lock. */
export const untilWaiting = (db: TestDatabase['db'], applicationName: string) =>
  eventually(`${applicationName} waits for a lock`, async () => {
    const waiting = await db('pg_stat_activity')
      .where({ application_name: applicationName, wait_event_type: 'Lock' })
      .select('pid');
    return waiting.length > 0;
  });

/** Ends connections of this database from the server's side, but not the test's own. How many there were. */
export const terminate = async (db: TestDatabase['db'], applicationName: string): Promise<number> => {
  const result = await db.raw<{ rows: unknown[] }>(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and application_name like ? and pid <> pg_backend_pid()`,
    [applicationName],
  );
  return result.rows.length;
};
