import { StoreUnavailable } from '../port.ts';

/** Nothing was heard of a call within our own time limit. */
export class NoAnswer extends StoreUnavailable {}

/** gRPC codes that say nothing about the request: cancelled, unknown, deadline, exhausted, aborted, internal, unavailable. */
const OUTAGE_CODES: readonly unknown[] = [1, 2, 4, 8, 10, 13, 14];
const [PERMISSION_DENIED, UNAUTHENTICATED] = [7, 16];
const OUTAGE_TYPES: readonly unknown[] = ['unavailable', 'cancelled', 'deadline-exceeded', 'timeout', 'not-leader'];
/** Types that come with one of those codes, or none, and yet are an answer to the request. */
const ANSWER_TYPES: readonly unknown[] = [
  'wrong-expected-version',
  'stream-deleted',
  'stream-not-found',
  'access-denied',
  'maximum-append-size-exceeded',
];

const property = (error: unknown, name: 'code' | 'type' | 'actualVersion' | 'maxAppendSize'): unknown =>
  typeof error === 'object' && error !== null && name in error ? (error as Record<string, unknown>)[name] : undefined;

export const isType = (error: unknown, type: string): boolean => property(error, 'type') === type;

/** What -1 becomes on the wire, and everything beyond the largest revision. */
const NO_REVISION = 2n ** 63n;

/** The last revision of the stream, as a rejected append reports it; undefined: there is no such stream. */
export const actualVersion = (error: unknown): bigint | undefined => {
  const actual = property(error, 'actualVersion');
  return typeof actual === 'bigint' && actual < NO_REVISION ? actual : undefined;
};

/** What the server takes in one message: gRPC's own default, which the server does not change. An event is a message. */
const MESSAGE_BYTES = 4 * 1024 * 1024;

/** The server did not read the message. It tells so in words only, with the code for "exhausted", and would do so again. */
const isTooLargeToRead = (error: unknown): boolean =>
  error instanceof Error && /exceeds the maximum configured message size/i.test(error.message);

/** The most bytes that the server takes, if it rejected an append for its size; undefined: another error. */
export const appendLimitOf = (error: unknown): number | undefined => {
  if (isTooLargeToRead(error)) return MESSAGE_BYTES;
  const limit = property(error, 'maxAppendSize');
  return isType(error, 'maximum-append-size-exceeded') && typeof limit === 'number' ? limit : undefined;
};

/** The server was asked to read from a position that is no event's. It tells so in words only, with code 2, "unknown". */
export const isInvalidPosition = (error: unknown): boolean =>
  error instanceof Error && /invalid ?position/i.test(error.message);

/**
 * True when asking again may help. By code **and** type: the client hands on raw gRPC errors in places, and has errors of
 * its own without a code.
 */
export const isOutage = (error: unknown): boolean => {
  if (error instanceof StoreUnavailable) return true;
  const type = property(error, 'type');
  if (ANSWER_TYPES.includes(type) || isInvalidPosition(error)) return false;
  if (OUTAGE_TYPES.includes(type) || OUTAGE_CODES.includes(property(error, 'code'))) return true;
  return error instanceof Error && /discover/i.test(error.message);
};

/** No answer came in time: the server may be frozen, or the connection lost without a word. */
export const isTimeout = (error: unknown): boolean =>
  error instanceof NoAnswer || isType(error, 'deadline-exceeded') || property(error, 'code') === 4;

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The error that the caller of the port sees. */
export const translateError = (error: unknown): unknown => {
  if (error instanceof StoreUnavailable || !(error instanceof Error)) return error;
  if (isOutage(error)) return new StoreUnavailable(reasonOf(error), { cause: error });
  if (property(error, 'code') === UNAUTHENTICATED)
    return new Error('EventStoreDB rejects the user or password in EVENTSTORE_URL: correct them', { cause: error });
  if (isType(error, 'access-denied') || property(error, 'code') === PERMISSION_DENIED)
    return new Error(
      'EventStoreDB accepts the user of EVENTSTORE_URL but denies access: the user must be able to read and write streams, and read ' +
        '$all. Grant this, e.g. with the group $admins. Without TLS the client sends no user',
      { cause: error },
    );
  return error;
};
