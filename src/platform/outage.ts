/** SQLSTATE classes that pass: connection, rollback of one of two, resources, operator, lock timeouts, system, read-only. */
const PASSING_STATES = /^(08|40|53|57|58|55P03|25P0|25006)/;
const PASSING_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
/** Messages of pg and its pool that carry no code. */
const PASSING_MESSAGES =
  /connection terminated|connection error|connection timeout|timeout acquiring a connection|query read timeout/i;

/** Whether a database error is one that time heals (retry), rather than a bug (stop and say so). */
export const isDatabaseOutage = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return (
    PASSING_CODES.has(code) || (code.length === 5 && PASSING_STATES.test(code)) || PASSING_MESSAGES.test(error.message)
  );
};
