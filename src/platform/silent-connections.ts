import type { Knex } from 'knex';
import type { Client } from 'pg';

/** A connection of knex's pool: one that is marked is closed instead of used again. */
type Pooled = Client & { __knex__disposed?: unknown };

type Querying = { _query: (connection: Pooled, query: { readonly sql: string }) => Promise<unknown> };

/** What pg says when a query had no answer in `query_timeout`. */
export const isUnanswered = (error: unknown): boolean =>
  error instanceof Error && error.message === 'Query read timeout';

/**
 * A connection that was swallowed without a word (failover, NAT) fails one query, when that has waited too long. pg would
 * keep it, with the next query waiting behind the dead one; here it is closed, and no other one that was open at that
 * moment is used again: they were most likely swallowed with it.
 */
export const closeSilentConnections = (db: Knex): Knex => {
  const client = db.client as Querying; // knex has no type for it
  const query = client._query.bind(client);
  const open = new Set<Pooled>();
  client._query = async (connection, asked) => {
    if (!open.has(connection)) {
      open.add(connection);
      connection.once('end', () => open.delete(connection));
    }
    try {
      return await query(connection, asked);
    } catch (error) {
      if (isUnanswered(error)) {
        for (const other of open) other.__knex__disposed = error;
        connection.end().catch(() => undefined);
      }
      throw error;
    }
  };
  return db;
};
