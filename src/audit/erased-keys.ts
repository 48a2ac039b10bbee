import type { EventStore } from '../event-store/port.ts';
import { auditStream } from '../event-store/stream-names.ts';

/** Before any release of Waybill. */
const FIRST_YEAR = 2025;

/** What the log says is destroyed: keys by id, and all keys of documents of a year. */
export type ErasedKeys = { readonly keys: ReadonlySet<string>; readonly years: ReadonlySet<number> };

/** Read from the streams themselves: tables may come from an old backup. `now`: up to the year after. */
export const readErasedKeys = async (
  { store }: { readonly store: Pick<EventStore, 'readStream'> },
  now: Date,
): Promise<ErasedKeys> => {
  const keys = new Set<string>();
  const years = new Set<number>();
  for (let year = FIRST_YEAR; year <= now.getUTCFullYear() + 1; year++)
    for (const { type, data } of await store.readStream(auditStream(String(year)))) {
      if (type === 'SubjectErased' && typeof data['key_id'] === 'string') keys.add(data['key_id']);
      if (type === 'BooksEnded' && typeof data['year'] === 'number') years.add(data['year']);
    }
  return { keys, years };
};
