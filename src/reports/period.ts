import { daysIn, plusDays, type Period } from '../projections/figures/index.ts';

/** What was wrong with what a report was asked for, by the field of the query. */
export type Fault = { readonly field: string; readonly message: string; readonly received?: string };

/** A report cannot be given for this query. */
export class CannotReport extends Error {
  override readonly name = 'CannotReport';
  constructor(readonly faults: readonly Fault[]) {
    super(faults.map(({ field, message }) => `${field} ${message}`).join('; '));
  }
}

/** Days in the default period: today and the 29 days before it. */
const DEFAULT_DAYS = 30;
/** Every day of a period is a row. */
export const MOST_DAYS = 3_660;

export type AskedPeriod = {
  readonly start_date?: string | undefined;
  readonly end_date?: string | undefined;
  readonly as_of?: string | undefined;
  /** How many days there are without a `start_date`. */
  readonly days?: number | undefined;
};

const wrongWith = ({ from, to, as_of }: Period, today: string): readonly Fault[] => {
  if (from > to) return [{ field: 'start_date', message: 'must not be after end_date', received: from }];
  if (daysIn({ from, to }) > MOST_DAYS)
    return [{ field: 'start_date', message: `must be at most ${MOST_DAYS} days before end_date`, received: from }];
  return as_of !== undefined && as_of >= today
    ? [{ field: 'as_of', message: 'must be a day that is over', received: as_of }]
    : [];
};

/** The business days that a report is asked for, both ends included. @throws CannotReport */
export const periodOf = ({ start_date, end_date, as_of, days = DEFAULT_DAYS }: AskedPeriod, today: string): Period => {
  const to = end_date ?? today;
  const period = { from: start_date ?? plusDays(to, 1 - days), to, as_of };
  const errors = wrongWith(period, today);
  if (errors.length > 0) throw new CannotReport(errors);
  return period;
};

/** The months that a period touches, from the first day of the first to the last day of the last. */
export const wholeMonths = ({ from, to, ...more }: Period): Period => {
  const last = new Date(Date.UTC(Number(to.slice(0, 4)), Number(to.slice(5, 7)), 0));
  return { ...more, from: `${from.slice(0, 7)}-01`, to: last.toISOString().slice(0, 10) };
};
