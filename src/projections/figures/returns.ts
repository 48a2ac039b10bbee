import type { Fact, Instant } from '../../domain/shared/decider.ts';
import type { ReturnEvent } from '../../domain/return/index.ts';
import { streamId } from '../../event-store/stream-names.ts';
import type { Recorded } from '../../event-store/recorded.ts';
import type { EventDays } from '../engine/index.ts';
import { differences, withBookings, type Booking } from './bookings.ts';
import { count, hoursBetween, type Figure } from './positions.ts';

/** The figures that only the return's own events have: the disposition of the goods, and the time until the refund. */
export type ReturnRow = {
  readonly id: string;
  readonly customer_id: string;
  readonly currency: string;
  readonly country: string;
  readonly day: string;
  readonly state: { readonly opened_at: Instant };
  readonly bookings: readonly Booking[];
};

export const isReturnRow = (row: { readonly state: object }): row is ReturnRow => 'opened_at' in row.state;

const figuresIn = (fact: Fact<ReturnEvent>, { opened_at }: ReturnRow['state']): readonly Figure[] => {
  if (fact.type === 'ReturnRefunded') return [count('time_to_refund', String(hoursBetween(opened_at, fact.at)))];
  if (fact.type !== 'ReturnProcessed') return [];
  return fact.data.items.map(({ disposition, accepted_quantity: units }) => ({
    kind: 'disposition',
    key: disposition,
    values: { units },
  }));
};

export const evolveReturn = (
  row: ReturnRow | undefined,
  { stream, fact }: Recorded,
  { booked, now }: EventDays & { readonly now: string },
): ReturnRow | undefined => {
  const event = fact as Fact<ReturnEvent>; // return streams hold nothing else
  if (event.type === 'ReturnInitiated') {
    const { customer_id, currency } = event.data;
    const state = { opened_at: event.at };
    return { id: streamId(stream), customer_id, currency, country: 'unknown', day: now, state, bookings: [] };
  }
  if (row === undefined) return undefined;
  const made = differences([], figuresIn(event, row.state)).map((one) => ({ ...one, day: now, booked }));
  return { ...row, bookings: withBookings(row.bookings, made) };
};
