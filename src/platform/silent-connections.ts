import type { Knex } from 'knex';
import type { Client } from 'pg';
import { isUnanswered, type Silence } from './silence.ts';

/** A connection of knex's pool: one that is marked is closed instead of used again. */
type Pooled = Client & { __knex__disposed?: unknown };

type Querying = { _query: (connection: Pooled, query: { readonly sql: string }) => Promise<unknown> };

type Watching = { readonly silence: Silence; readonly mayAsk: (() => void) | undefined };

/**
 * A connection that was swallowed without a word fails one query, when that has waited too long. pg would keep it, with
 * the next query waiting behind the dead one; here it is closed, and no other one that was open when the query was sent is
 * used again, in this pool or in those that share its notices.
 */
export const closeSilentConnections = (db: Knex, { silence, mayAsk }: Watching): Knex => {
  const client = db.client as Querying; // knex has no type for it
  const query = client._query.bind(client);
  const openedAt = new Map<Pooled, number>();
  silence.onNotice((askedAt) => {
    for (const [connection, opened] of openedAt)
      if (opened <= askedAt) connection.__knex__disposed = new Error('swallowed, as another connection was');
  });
  client._query = async (connection, asked) => {
    mayAsk?.();
    const askedAt = performance.now();
    if (!openedAt.has(connection)) {
      openedAt.set(connection, askedAt);
      connection.once('end', () => openedAt.delete(connection));
    }
    try {
      return await query(connection, asked);
    } catch (error) {
      if (isUnanswered(error)) {
        silence.notice(askedAt);
        connection.end().catch(() => undefined);
      }
      throw error;
    }
  };
  return db;
};
