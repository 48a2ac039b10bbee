import { Type } from '@sinclair/typebox';
import type { Instant } from '../../../domain/shared/decider.ts';
import { firstMomentOf, lastMomentOf } from '../../../platform/business-day.ts';
import { invalid } from '../problem.ts';
import { readQueryInstant } from './fields.ts';

const DATE = /^\d{4}-\d{2}-\d{2}$/;

const isDate = (value: unknown): boolean => {
  if (typeof value !== 'string' || !DATE.test(value) || value < '1970-01-01') return false;
  const ms = Date.parse(value);
  return Number.isFinite(ms) && new Date(ms).toISOString().startsWith(value);
};

/** A business day in a query. */
export const businessDay = (description: string, more: { readonly rule?: string } = {}) =>
  Type.Unsafe<string>({
    type: 'string',
    refine: { accepts: isDate },
    expected: 'a date that exists, such as 2026-03-01, in the years 1970 to 9999',
    description,
    example: '2026-03-01',
    ...more,
  });

export type Span = { readonly from: Instant | undefined; readonly to: Instant | undefined };

/** A span of a query, both ends included: a date alone is that whole day in the zone. The ends have been validated. */
export const readSpan = (
  { from, to }: { readonly from: string | undefined; readonly to: string | undefined },
  timeZone: string,
): Span => ({
  from: from !== undefined && DATE.test(from) ? firstMomentOf(from, timeZone) : read(from),
  to: to !== undefined && DATE.test(to) ? lastMomentOf(to, timeZone) : read(to),
});

/** A list of nothing is an answer, but a file of nothing passes for one of a quiet time. @throws Problem */
export const demandOrder = ({ from, to }: Span, fields: { readonly from: string; readonly to: string }): void => {
  if (from !== undefined && to !== undefined && from > to)
    throw invalid([{ field: fields.from, message: `must not be after ${fields.to}` }]);
};

const read = (text: string | undefined): Instant | undefined =>
  text === undefined ? undefined : readQueryInstant(text);
