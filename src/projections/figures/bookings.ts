import type { Figure, Kind } from './positions.ts';
import { VALUES } from './positions.ts';

/** The booked amounts of one figure on one day. */
export type Booking = {
  readonly kind: Kind;
  readonly key: string;
  /** The day on which it counts. */
  readonly day: string;
  /** The business day of the log on which it was known. */
  readonly booked: string;
  /** In the order of `VALUES`. */
  readonly values: readonly number[];
};

type Amounts = { readonly kind: Kind; readonly key: string; readonly values: number[] };

const nameOf = ({ kind, key }: Pick<Figure, 'kind' | 'key'>): string => `${kind}\n${key}`;

const isNothing = (values: readonly number[]): boolean => values.every((value) => value === 0);

/** The differences between the figures before and after an event. */
export const differences = (before: readonly Figure[], after: readonly Figure[]): readonly Amounts[] => {
  const found = new Map<string, Amounts>();
  const add = (figures: readonly Figure[], sign: 1 | -1): void => {
    for (const figure of figures) {
      const name = nameOf(figure);
      const { values } = found.get(name) ?? { values: VALUES.map(() => 0) };
      VALUES.forEach((value, n) => (values[n] = (values[n] ?? 0) + sign * (figure.values[value] ?? 0)));
      found.set(name, { kind: figure.kind, key: figure.key, values });
    }
  };
  add(before, -1);
  add(after, 1);
  return [...found.values()].filter(({ values }) => !isNothing(values));
};

/** Adds bookings; bookings of one figure and the same days are merged, so that their number is bounded. */
export const withBookings = (before: readonly Booking[], more: readonly Booking[]): readonly Booking[] => {
  const bookings = [...before];
  for (const one of more) {
    const at = bookings.findIndex(
      (known) => nameOf(known) === nameOf(one) && known.day === one.day && known.booked === one.booked,
    );
    const known = bookings[at];
    if (known === undefined) bookings.push(one);
    else bookings[at] = { ...known, values: known.values.map((value, n) => value + (one.values[n] ?? 0)) };
  }
  return bookings.filter(({ values }) => !isNothing(values));
};
