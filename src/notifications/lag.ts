import type { Counted, EventStore } from '../event-store/port.ts';
import { notifyCustomers } from './notify-customers.ts';
import type { Outbox } from './outbox/outbox.ts';

/** How far messages are behind the log. */
export type MessageLag = {
  /** Events that lead to messages and are not noted as such yet, counted up to 1000. */
  readonly lag_events: number;
  /** Age of the oldest of them, seconds; 0 when there is none. */
  readonly lag_seconds: number;
};

const COUNTED_TO = 1_000;

const ageSeconds = ({ since }: Counted): number =>
  since === undefined ? 0 : Math.max(0, (Date.now() - Date.parse(since)) / 1_000);

export const messageLag = async (
  outbox: Pick<Outbox, 'position'>,
  store: Pick<EventStore, 'countAfter'>,
): Promise<MessageLag> => {
  const { prefixes, handles: types } = notifyCustomers;
  const counted = await store.countAfter({ after: await outbox.position(), limit: COUNTED_TO, prefixes, types });
  return { lag_events: counted.count, lag_seconds: ageSeconds(counted) };
};
