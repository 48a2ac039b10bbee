import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { LRUCache } from 'lru-cache';
import { v7 as uuidv7 } from 'uuid';
import { coalesce } from './coalesce.ts';
import { masterKeyId, openWrapped, type MasterKeys } from './master-key.ts';
import { seal } from './seal.ts';

export type DataKey = { readonly id: string; readonly key: Uint8Array };

/** The keys that seal personal data, one for each person. */
export type DataKeys = {
  /** The live key of a person, made on first use. */
  readonly forSubject: (person: string) => Promise<DataKey>;
  /** The key of a person's documents of a year: it outlives the person's own, for as long as books are kept. */
  readonly forBooks: (person: string, year: number) => Promise<DataKey>;
  /** Keys by id. A destroyed key is absent: what it sealed is erased. */
  readonly byId: (ids: readonly string[]) => Promise<ReadonlyMap<string, DataKey>>;
  /** The one key of the search index. */
  readonly forSearch: () => Promise<Uint8Array>;
};

type Row = { readonly id: string; readonly subject: string; readonly wrapped: Buffer | null };

type SearchKeyRow = { readonly wrapped: Buffer };

/** The seal of the search key is bound to this. */
export const SEARCH_KEY = 'search key';

/** A key that another process destroyed is forgotten here within a minute. */
const REMEMBERED = { max: 50_000, ttl: 60_000 };

/** Keys in PostgreSQL, wrapped by the master key. */
export const openDataKeys = ({ db, ...keys }: MasterKeys & { readonly db: Knex }): DataKeys => {
  const { masterKey } = keys;
  const master_id = masterKeyId(masterKey);
  const bySubject = new LRUCache<string, DataKey>(REMEMBERED);
  const known = new LRUCache<string, DataKey>(REMEMBERED);

  const unwrap = ({ id, wrapped }: Row): DataKey | undefined =>
    wrapped === null ? undefined : { id, key: openWrapped(keys, wrapped, id) };

  // Always sorted: two processes that make keys for the same people must not wait for each other.
  const makeMissing = async (subjects: readonly string[]): Promise<void> => {
    const rows = subjects.toSorted().map((subject) => {
      const id = uuidv7();
      return { id, subject, wrapped: seal(masterKey, randomBytes(32), id), master_id };
    });
    await db('data_keys').insert(rows).onConflict(db.raw('(subject) where wrapped is not null')).ignore();
  };

  const readLive = async (subjects: readonly string[]): Promise<Map<string, DataKey>> => {
    const rows = await db<Row>('data_keys').whereIn('subject', subjects).whereNotNull('wrapped').select();
    return new Map(
      rows.flatMap((row) => {
        const key = unwrap(row);
        return key === undefined ? [] : [[row.subject, key] as const];
      }),
    );
  };

  const load = coalesce<string, DataKey>(async (subjects) => {
    const wanted = [...new Set(subjects)];
    let found = await readLive(wanted);
    const missing = wanted.filter((subject) => !found.has(subject));
    if (missing.length > 0) {
      await makeMissing(missing);
      found = new Map([...found, ...(await readLive(missing))]);
    }
    return subjects.map((subject) => {
      const key = found.get(subject);
      if (key === undefined) throw new Error('a data key is missing after it was made');
      bySubject.set(subject, key);
      known.set(key.id, key);
      return key;
    });
  });

  const forAny = async (subject: string): Promise<DataKey> => bySubject.get(subject) ?? load(subject);

  const loadByIds = async (ids: readonly string[]): Promise<void> => {
    const rows = await db<Row>('data_keys').whereIn('id', ids).select();
    for (const row of rows) {
      const key = unwrap(row);
      if (key !== undefined) known.set(row.id, key);
    }
  };

  const forSearch = async (): Promise<Uint8Array> => {
    const row = await db<SearchKeyRow>('search_key').first('wrapped');
    if (row !== undefined) return openWrapped(keys, row.wrapped, SEARCH_KEY);
    const wrapped = seal(masterKey, randomBytes(32), SEARCH_KEY);
    await db<SearchKeyRow>('search_key').insert({ wrapped }).onConflict('one').ignore();
    return forSearch(); // another process may have been first
  };

  return {
    forSearch,
    forSubject: (person) => forAny(`life-${person}`),
    forBooks: (person, year) => forAny(`books-${person}-${year}`),
    byId: async (ids) => {
      const wanted = [...new Set(ids)];
      const missing = wanted.filter((id) => known.get(id) === undefined);
      if (missing.length > 0) await loadByIds(missing);
      return new Map(
        wanted.flatMap((id) => {
          const key = known.get(id);
          return key === undefined ? [] : [[id, key] as const];
        }),
      );
    },
  };
};
