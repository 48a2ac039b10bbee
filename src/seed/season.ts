import type { Instant } from '../domain/shared/decider.ts';
import type { Random } from './random.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** How much is ordered in each month: little in summer, most before Christmas. */
const MONTHS = [0.9, 0.85, 0.95, 1, 1, 0.9, 0.75, 0.7, 0.95, 1.05, 1.6, 1.9];
/** From Sunday. */
const WEEKDAYS = [1.15, 1.1, 1, 0.95, 0.95, 0.9, 0.95];
/** From midnight, UTC. */
const HOURS = [2, 1, 1, 1, 1, 2, 3, 5, 6, 7, 7, 7, 8, 7, 6, 6, 7, 8, 9, 11, 12, 10, 7, 4];
/** How many times as much the shop sells after a year. */
const YEARLY_GROWTH = 1.25;

export type Period = { readonly from: Date; readonly to: Date };

/** How much is sold up to the end of each day, as a share of all. */
const sharesOf = ({ from, to }: Period): readonly number[] => {
  const days = Math.max(1, Math.round((to.getTime() - from.getTime()) / DAY));
  let sum = 0;
  const sums = Array.from({ length: days }, (_, day) => {
    const date = new Date(from.getTime() + day * DAY);
    const season = (MONTHS[date.getUTCMonth()] ?? 1) * (WEEKDAYS[date.getUTCDay()] ?? 1);
    return (sum += season * YEARLY_GROWTH ** (day / 365));
  });
  return sums.map((share) => share / sum);
};

const timeOfDay = (random: Random): number =>
  random.weighted([...HOURS.entries()], 12) * HOUR + random.whole(0, HOUR - 1);

/** The times at which orders are placed, one after another, each different from the others. */
export function* placedTimes(count: number, period: Period, random: Random): Generator<Instant> {
  let [placed, previous] = [0, 0];
  for (const [day, share] of sharesOf(period).entries()) {
    const upTo = Math.round(share * count);
    const times = Array.from({ length: upTo - placed }, () => timeOfDay(random)).toSorted((a, b) => a - b);
    for (const time of times) {
      previous = Math.max(previous + 1, period.from.getTime() + day * DAY + time);
      yield new Date(previous).toISOString();
    }
    placed = upTo;
  }
}
