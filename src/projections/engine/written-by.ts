/**
 * Rows, counters and sums say in `written_by` in which transaction a projector wrote them; PostgreSQL says in `xmin` which one
 * did. Where these differ, another program wrote. It stays so when the projector writes the row again, until it was compared
 * with the log: what the projector writes is then made of what the other one wrote.
 */
export const WRITER = 'pg_current_xact_id()';

/** SQL: whether another program has written a row of this table. */
export const isForeign = (table: string): string =>
  `(${table}.written_by is null or ${table}.xmin <> ${table}.written_by::xid)`;

/** SQL for an upsert. */
export const keepWriter = (table: string): string =>
  `written_by = case when ${isForeign(table)} then ${table}.written_by else excluded.written_by end`;
