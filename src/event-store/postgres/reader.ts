import { Pool, type ClientConfig, type QueryArrayConfig, type QueryArrayResult } from 'pg';
import { limitAnswers } from '../../platform/limit-answers.ts';
import { isUnanswered, type Silence } from '../../platform/silence.ts';

export type ReaderOptions = {
  readonly config: ClientConfig;
  readonly size: number;
  /** A query without an answer after this long fails. Milliseconds. */
  readonly timeoutMs: number;
  readonly silence: Silence;
};

/** Connections for reading. When one was swallowed without a word, all are left for new ones. */
export type Reader = {
  readonly query: (query: QueryArrayConfig) => Promise<QueryArrayResult>;
  readonly end: () => Promise<void>;
};

/** The server's limit is shorter than ours: the outcome is then known, and the connection stays usable. */
export const SERVER_SHARE = 0.9;

export const openReader = ({ config, size, timeoutMs, silence }: ReaderOptions): Reader => {
  const open = () => {
    const pool = new Pool({
      ...config,
      max: size,
      statement_timeout: timeoutMs * SERVER_SHARE,
      connectionTimeoutMillis: timeoutMs,
    });
    pool.on('connect', (connection) => limitAnswers(connection, timeoutMs));
    pool.on('error', () => undefined); // an idle connection was lost; the next read makes a new one
    return { pool, openedAt: performance.now() };
  };
  let current = open();
  let ended = false;
  silence.onNotice((askedAt) => {
    if (ended || current.openedAt > askedAt) return;
    const { pool } = current;
    current = open();
    pool.end().catch(() => undefined); // its queries that still run have their own limit
  });
  return {
    query: async (query) => {
      const askedAt = performance.now();
      try {
        return await current.pool.query(query);
      } catch (error) {
        if (isUnanswered(error)) silence.notice(askedAt);
        throw error;
      }
    },
    end: () => {
      ended = true;
      return current.pool.end();
    },
  };
};
