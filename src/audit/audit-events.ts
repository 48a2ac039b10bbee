import type { Knex } from 'knex';
import { hashOf } from '../event-store/hash-chain.ts';
import type { EventStore, StoredEvent } from '../event-store/port.ts';

/** An event about the log itself, and the hash of the event before it in its stream. */
export type AuditEventRead = { readonly event: StoredEvent; readonly previous: string | null };

export type AuditReading = { readonly db: Knex; readonly store: Pick<EventStore, 'readStream' | 'readHashes'> };

/** What the log says about itself, of one kind, in its order. */
export const readAuditEvents = async (
  { db, store }: { readonly db: Knex; readonly store: Pick<EventStore, 'readStream'> },
  type: 'LogKeyChanged' | 'LogRestored',
): Promise<readonly AuditEventRead[]> => {
  const streams = await db<{ stream: string }>('log_streams')
    .whereLike('stream', 'audit-%')
    .orderBy('stream')
    .pluck('stream');
  const found: AuditEventRead[] = [];
  for (const stream of streams) {
    const events = await store.readStream(stream);
    for (const [at, event] of events.entries()) {
      const before = events[at - 1];
      if (event.type === type) found.push({ event, previous: before === undefined ? null : hashOf(before) });
    }
  }
  return found;
};
