import type { Knex } from 'knex';
import type { EventStore, JsonValue } from '../event-store/port.ts';
import { auditStream } from '../event-store/stream-names.ts';

/** Before any release of Waybill. */
const FIRST_YEAR = 2025;

/** What the log says is destroyed, keys by id and all keys of documents of a year, and which keys are restricted. */
export type ErasedKeys = {
  readonly keys: ReadonlySet<string>;
  readonly years: ReadonlySet<number>;
  readonly restricted: ReadonlySet<string>;
};

const textsIn = (value: JsonValue | undefined): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];

/** Read from the streams themselves: tables may come from an old backup. `now`: up to the year after. */
export const readErasedKeys = async (
  { store }: { readonly store: Pick<EventStore, 'readStream'> },
  now: Date,
): Promise<ErasedKeys> => {
  const keys = new Set<string>();
  const years = new Set<number>();
  const restricted = new Set<string>();
  for (let year = FIRST_YEAR; year <= now.getUTCFullYear() + 1; year++)
    for (const { type, data } of await store.readStream(auditStream(String(year)))) {
      if (type === 'SubjectErased' && typeof data['key_id'] === 'string') {
        keys.add(data['key_id']);
        for (const id of textsIn(data['restricted'])) restricted.add(id);
      }
      if (type === 'BooksEnded' && typeof data['year'] === 'number') years.add(data['year']);
    }
  return { keys, years, restricted };
};

export type ReturnedKey = { readonly id: string; readonly subject: string; readonly master_id: string | null };

/** Keys that are not as the log says: they came back from an old backup. */
export type ReturnedKeys = {
  /** These must be destroyed, and are not. */
  readonly undestroyed: readonly ReturnedKey[];
  /** These must be restricted, and are not. */
  readonly unrestricted: readonly ReturnedKey[];
};

const BATCH = 1_000;

export const findReturnedKeys = async (db: Knex, { keys, years, restricted }: ErasedKeys): Promise<ReturnedKeys> => {
  const live = () => db<ReturnedKey>('data_keys').whereNotNull('wrapped').select('id', 'subject', 'master_id');
  const liveAmong = async (ids: ReadonlySet<string>, find: typeof live): Promise<readonly ReturnedKey[]> => {
    const all = [...ids];
    const found: ReturnedKey[] = [];
    for (let at = 0; at < all.length; at += BATCH)
      found.push(...(await find().whereIn('id', all.slice(at, at + BATCH))));
    return found;
  };
  const byId = await liveAmong(keys, live);
  const ofYears = years.size === 0 ? [] : await live().whereIn('books_year', [...years]);
  const undestroyed = [...new Map([...byId, ...ofYears].map((key) => [key.id, key])).values()];
  const destroyed = new Set(undestroyed.map(({ id }) => id));
  const unrestricted = await liveAmong(restricted, () => live().whereNull('restricted_at'));
  return { undestroyed, unrestricted: unrestricted.filter(({ id }) => !destroyed.has(id)) };
};
