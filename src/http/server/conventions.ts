import type { IncomingHttpHeaders } from 'node:http';
import { randomUUID } from 'node:crypto';
import type { Position, Revision } from '../../event-store/port.ts';
import { invalid, problem } from './problem.ts';

const REQUEST_ID = /^[\w.:+/=@-]{1,128}$/;
const TRACEPARENT = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;
const NO_TRACE = '0'.repeat(32);

/** The trace this request belongs to (W3C trace context), if it says so. */
export const traceId = (headers: IncomingHttpHeaders): string | undefined => {
  const { traceparent } = headers;
  const id = typeof traceparent === 'string' ? TRACEPARENT.exec(traceparent)?.[1] : undefined;
  return id === NO_TRACE ? undefined : id;
};

/** Taken from `X-Request-Id`, else from the trace, else made. */
export const requestId = (headers: IncomingHttpHeaders): string => {
  const given = headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : (traceId(headers) ?? randomUUID());
};

export const etag = (revision: Revision): string => `"${revision}"`;

const ENTITY_TAG = /^"(\d{1,18})"$/;
const MISMATCH = 'The resource has changed, or If-Match is not one of its ETags. Read it again and send its new ETag.';

export const preconditionFailed = (current?: Revision) =>
  problem('precondition.failed', MISMATCH, current === undefined ? {} : { headers: { ETag: etag(current) } });

/**
 * The revision that a write requires. `*` is any; several tags stand for the one that is current. A weak or foreign tag
 * matches nothing.
 */
export const expectedRevision = (header: string | undefined, current: Revision | undefined): Revision | undefined => {
  if (header === undefined || header.trim() === '*') return undefined;
  const tags = header.split(',').flatMap((tag) => {
    const digits = ENTITY_TAG.exec(tag.trim())?.[1];
    return digits === undefined ? [] : [BigInt(digits)];
  });
  const chosen = tags.find((tag) => tag === current) ?? tags[0];
  if (chosen === undefined) throw preconditionFailed(current);
  return chosen;
};

/** Where a stream of events was broken off. */
export const lastEventId = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header.at(-1) : header;

/** The position that a read must include. */
export const minPosition = (header: string | string[] | undefined): Position | undefined => {
  if (header === undefined) return undefined;
  if (typeof header === 'string' && /^\d{1,19}$/.test(header)) return BigInt(header);
  throw invalid([
    { field: 'X-Min-Position', message: 'must be a position: the digits of the X-Event-Position of a write' },
  ]);
};

const ACCEPTED = /^\s*([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3})\s*(?:;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?$/;

/** The language that `Accept-Language` likes best; undefined: none, or any. */
export const preferredLanguage = (header: string | undefined): string | undefined => {
  if (header === undefined || header.length > 500) return undefined;
  const accepted = header.split(',').flatMap((part) => {
    const [, tag, quality = '1'] = ACCEPTED.exec(part) ?? [];
    return tag === undefined || Number(quality) === 0 ? [] : [{ tag, quality: Number(quality) }];
  });
  return accepted.toSorted((a, b) => b.quality - a.quality)[0]?.tag;
};
