import { randomUUID } from 'node:crypto';
import { WrongExpectedRevision, type EventStore } from './port.ts';

/** No stream gets there. */
const NEVER_REACHED = 2n ** 40n;
const STREAM = 'probe-of-appends';

/**
 * Fails when the store takes no appends. It asks for one that cannot succeed: a store that takes appends compares the revision
 * and rejects it, and nothing is ever stored.
 */
export const probeAppends = async (store: Pick<EventStore, 'append'>): Promise<void> => {
  const event = { id: randomUUID(), type: 'ProbeOfAppends', data: {}, metadata: {} };
  try {
    await store.append(STREAM, [event], NEVER_REACHED);
  } catch (error) {
    if (error instanceof WrongExpectedRevision) return;
    throw error;
  }
  throw new Error('the event store took an append behind a revision that does not exist');
};
