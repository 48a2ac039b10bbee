import type { Instant } from '../../../domain/shared/decider.ts';
import { firstMomentOf, lastMomentOf } from '../../../platform/business-day.ts';
import { readQueryInstant } from './fields.ts';

const DATE = /^\d{4}-\d{2}-\d{2}$/;

export type Span = { readonly from: Instant | undefined; readonly to: Instant | undefined };

/** A span of a query, both ends included: a date alone is that whole day in the zone. The ends have been validated. */
export const readSpan = (
  { from, to }: { readonly from: string | undefined; readonly to: string | undefined },
  timeZone: string,
): Span => ({
  from: from !== undefined && DATE.test(from) ? firstMomentOf(from, timeZone) : read(from),
  to: to !== undefined && DATE.test(to) ? lastMomentOf(to, timeZone) : read(to),
});

const read = (text: string | undefined): Instant | undefined =>
  text === undefined ? undefined : readQueryInstant(text);
