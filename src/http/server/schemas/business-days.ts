import type { Instant } from '../../../domain/shared/decider.ts';
import { startOfDay } from '../../../platform/wall-time.ts';
import { readQueryInstant } from './fields.ts';

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DAY_MS = 86_400_000;

export type Span = { readonly from: Instant | undefined; readonly to: Instant | undefined };

/** A span of a query, both ends included: a date alone is that whole day in the zone. The ends have been validated. */
export const readSpan = (
  { from, to }: { readonly from: string | undefined; readonly to: string | undefined },
  timeZone: string,
): Span => ({
  from: from !== undefined && DATE.test(from) ? firstMoment(Date.parse(from), timeZone) : read(from),
  to: to !== undefined && DATE.test(to) ? lastMoment(Date.parse(to), timeZone) : read(to),
});

const read = (text: string | undefined): Instant | undefined =>
  text === undefined ? undefined : readQueryInstant(text);

const firstMoment = (midnight: number, timeZone: string): Instant =>
  new Date(startOfDay(midnight, timeZone)).toISOString();

/** West of Greenwich the last day of year 9999 ends in year 10000, which no instant is written in. */
const LAST_OF_ALL = Date.parse('9999-12-31T23:59:59.999Z');

const lastMoment = (midnight: number, timeZone: string): Instant =>
  new Date(Math.min(startOfDay(midnight + DAY_MS, timeZone) - 1, LAST_OF_ALL)).toISOString();
