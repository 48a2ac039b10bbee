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

const isSame = (one: Pick<Figure, 'kind' | 'key'>, other: Pick<Figure, 'kind' | 'key'>): boolean =>
  one.kind === other.kind && one.key === other.key;

const isNothing = (values: readonly number[]): boolean => values.every((value) => value === 0);

/** The differences between the figures before and after an event. There are few: a search costs less than a map. */
export const differences = (before: readonly Figure[], after: readonly Figure[]): readonly Amounts[] => {
  const found: Amounts[] = [];
  const add = (figures: readonly Figure[], sign: 1 | -1): void => {
    for (const figure of figures) {
      let amounts = found.find((one) => isSame(one, figure));
      if (amounts === undefined) {
        amounts = { kind: figure.kind, key: figure.key, values: VALUES.map(() => 0) };
        found.push(amounts);
      }
      const { values } = amounts;
      for (let n = 0; n < VALUES.length; n++) {
        const name = VALUES[n];
        if (name !== undefined) values[n] = (values[n] ?? 0) + sign * (figure.values[name] ?? 0);
      }
    }
  };
  add(before, -1);
  add(after, 1);
  return found.filter(({ values }) => !isNothing(values));
};

/** Adds bookings; bookings of one figure and the same days are merged, so that their number is bounded. */
export const withBookings = (before: readonly Booking[], more: readonly Booking[]): readonly Booking[] => {
  if (before.length === 0) return more;
  const bookings = [...before];
  for (const one of more) {
    const at = bookings.findIndex(
      (known) => isSame(known, one) && known.day === one.day && known.booked === one.booked,
    );
    const known = bookings[at];
    if (known === undefined) bookings.push(one);
    else bookings[at] = { ...known, values: known.values.map((value, n) => value + (one.values[n] ?? 0)) };
  }
  return bookings.filter(({ values }) => !isNothing(values));
};
