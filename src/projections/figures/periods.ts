export const INTERVALS = ['day', 'week', 'month'] as const;
export type Interval = (typeof INTERVALS)[number];

/** Business days, both included, as known at the end of `as_of`; default: as known now. */
export type Period = { readonly from: string; readonly to: string; readonly as_of?: string | undefined };

const DAY_MS = 86_400_000;

const textOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

export const plusDays = (day: string, days: number): string => textOf(Date.parse(day) + days * DAY_MS);

/** The number of days in a period, both ends included. */
export const daysIn = ({ from, to }: Period): number => (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;

/** The first day of the interval that contains a day; weeks begin on Monday. */
const firstDay = (day: string, interval: Interval): string => {
  if (interval === 'month') return `${day.slice(0, 7)}-01`;
  return interval === 'week' ? plusDays(day, -((new Date(day).getUTCDay() + 6) % 7)) : day;
};

/** The first day of the month after that of a day. */
const monthAfter = (day: string): string => firstDay(plusDays(`${day.slice(0, 7)}-28`, 4), 'month');

/** A period as the months that lie wholly in it, if there are any, and the days before and after them. */
export const wholeMonthsIn = ({ from, to }: Period) => {
  const first = from === firstDay(from, 'month') ? from : monthAfter(from);
  const end = firstDay(plusDays(to, 1), 'month');
  return first < end
    ? {
        months: { from: first, to: plusDays(end, -1) },
        days: [
          { from, to: plusDays(first, -1) },
          { from: end, to },
        ],
      }
    : { months: undefined, days: [{ from, to }] };
};

/** The first day of each interval of a period. The first may begin before the period, which cuts it. */
export const periodsOf = ({ interval, ...period }: Period & { readonly interval: Interval }): readonly string[] => [
  ...new Set(Array.from({ length: daysIn(period) }, (_, n) => firstDay(plusDays(period.from, n), interval))),
];
