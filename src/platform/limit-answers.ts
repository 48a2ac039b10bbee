import type { Client } from 'pg';

type Answer = (error: unknown, result?: unknown) => void;

const isAnswer = (value: unknown): value is Answer => typeof value === 'function';

/** As pg says it. */
export const UNANSWERED = 'Query read timeout';

const ownLimit = (query: unknown): number | undefined =>
  typeof query === 'object' && query !== null && 'query_timeout' in query && typeof query.query_timeout === 'number'
    ? query.query_timeout
    : undefined;

/**
 * A statement without an answer after this long fails, and its connection is closed. pg could do the same: but V8 puts the
 * closure that its `query_timeout` assigns to a property among the old objects, which only a full collection frees. Until
 * then everything that was sent and read with it stays in memory.
 */
export const limitAnswers = (connection: Client, answerWithinMs: number): void => {
  const send = connection.query.bind(connection) as (...given: readonly unknown[]) => unknown; // one of its overloads
  const sendLimited = (...given: readonly unknown[]): unknown => {
    const answer = given.at(-1);
    if (!isAnswer(answer)) return send(...given);
    let isOver = false;
    const answerOnce: Answer = (error, result) => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      answer(error, result);
    };
    const timer = setTimeout(
      () => {
        answerOnce(new Error(UNANSWERED));
        connection.end().catch(() => undefined);
      },
      ownLimit(given[0]) ?? answerWithinMs,
    );
    return send(...given.slice(0, -1), answerOnce);
  };
  connection.query = sendLimited as typeof connection.query;
};
