import { DatabaseError } from 'pg';
import { StoreUnavailable } from '../port.ts';

/** SQLSTATE classes and codes that speak of the server's state, not of what was asked. */
const OUTAGE_CLASSES = ['08', '53', '58', '57', '40'];
const OUTAGE_CODES = ['25006', '55P03', '25P03', '25P04'];

const isOutageCode = (code: string): boolean =>
  OUTAGE_CLASSES.includes(code.slice(0, 2)) || OUTAGE_CODES.includes(code);

/** The connection is gone, or was never there; whether the server did what was asked is unknown. */
export const isLostConnection = (error: unknown): boolean =>
  error instanceof DatabaseError
    ? error.severity === 'FATAL' || error.severity === 'PANIC'
    : !(error instanceof StoreUnavailable);

/** An outage, or undefined when the error is a bug of ours. An error that did not come from the server came from the connection. */
export const asOutage = (error: unknown): StoreUnavailable | undefined => {
  if (error instanceof StoreUnavailable) return error;
  const cause = error instanceof Error ? error : new Error(String(error));
  if (!(cause instanceof DatabaseError)) return new StoreUnavailable(cause.message, { cause });
  return isOutageCode(cause.code ?? '') ? new StoreUnavailable(cause.message, { cause }) : undefined;
};
