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
  /** The live key of a person, made on first use. @throws KeyMissing when it was made before and is gone */
  readonly forSubject: (person: string) => Promise<DataKey>;
  /** The live key of a person, if there is one: always read, so that no destroyed key seals anything. */
  readonly findLive: (person: string) => Promise<DataKey | undefined>;
  /** The key of a person's documents of a year: it outlives the person's own, for as long as books are kept. */
  readonly forBooks: (person: string, year: number) => Promise<DataKey>;
  /**
   * Keys by id. A destroyed key is absent: what it sealed is erased.
   * @throws KeyMissing when a key has no row, which is damage
   */
  readonly byId: (ids: readonly string[]) => Promise<ReadonlyMap<string, DataKey>>;
  /** Forgets keys that are kept in memory, so that they are read again. Default: all. */
  readonly forget: (dropped?: readonly DroppedKey[]) => void;
  /** The one key of the search index, made on first use. @throws KeyMissing when it was made before and is gone */
  readonly forSearch: () => Promise<Uint8Array>;
  /** Makes a new one where it is gone, and answers whether it was. What the lost one has written is found by nothing. */
  readonly replaceLostSearchKey: (tx: Knex) => Promise<boolean>;
};

/** A key that processes must forget: it was destroyed, or seals nothing any more. */
export type DroppedKey = { readonly key_id: string; readonly subject: string };

/** Something is sealed with a key that has no row. A destroyed key has one: it was lost, and a backup may still have it. */
export class KeyMissing extends Error {
  override readonly name = 'KeyMissing';
}

type Row = { readonly id: string; readonly subject: string; readonly wrapped: Buffer | null };

type SearchKeyRow = { readonly wrapped: Buffer };

/** The seal of the search key is bound to this. */
export const SEARCH_KEY = 'search key';

/** Processes are told to forget a key. Should one not be, it forgets within a minute. */
const REMEMBERED = { max: 50_000, ttl: 60_000 };

/**
 * The key of the search index is read again after this time: shorter than a projector rests before it goes on, so that one
 * whose write was rejected because the key was replaced goes on with the new one.
 */
const SEARCH_KEY_MS = 100;

/** One statement: the key and the note that it was made. Where the key was lost, there is the note alone. */
const MAKE_SEARCH_KEY = `with noted as (insert into search_key_made default values on conflict (one) do nothing returning one)
  insert into search_key (wrapped) select ? from noted on conflict (one) do nothing`;

const lifeOf = (person: string): string => `life-${person}`;
const booksOf = (person: string, year: number): string => `books-${person}-${year}`;
/** The year of a key of documents; null for any other key. */
const yearIn = (subject: string): number | null => {
  const [, year] = /^books-.*-(\d{4})$/s.exec(subject) ?? [];
  return year === undefined ? null : Number(year);
};

export type DataKeysOptions = MasterKeys & {
  readonly db: Knex;
  /** Whether this process has heard lately which keys were dropped. If not, keys in memory are not used. Default: it has. */
  readonly isCurrent?: () => boolean;
};

export type MissingKeys = {
  /** How many data keys were asked for and are still gone. */
  readonly data: number;
  /** Whether the key of the search index is gone. */
  readonly search: boolean;
};

export const readMissingKeys = async (db: Knex): Promise<MissingKeys> => {
  const { rows } = await db.raw<{ rows: readonly MissingKeys[] }>(
    `select (select count(*)::int from missing_keys where not exists (select from data_keys where id = key_id)) as data,
       exists (select from search_key_made) and not exists (select from search_key) as search`,
  );
  return rows[0] ?? { data: 0, search: false };
};

/** Health shows what is missing, and what to do. @throws KeyMissing */
const reportMissing = async (db: Knex, ids: readonly string[]): Promise<never> => {
  await db('missing_keys')
    .insert(ids.map((key_id) => ({ key_id })))
    .onConflict('key_id')
    .ignore();
  throw new KeyMissing(`the key ${ids.join(', ')} that sealed personal data is gone: restore data_keys from a backup`);
};

/** Subjects whose newest key has no row: as long as it can come back, they get no other. */
const readLost = async (db: Knex, subjects: readonly string[]): Promise<ReadonlyMap<string, string>> => {
  const { rows } = await db.raw<{ rows: readonly { readonly subject: string; readonly key_id: string }[] }>(
    `select subject, key_id from keys_made m
     where subject = any(?) and not exists (select from data_keys k where k.id = m.key_id)`,
    [[...subjects]],
  );
  return new Map(rows.map(({ subject, key_id }) => [subject, key_id]));
};

/** Of what is done with all keys of a person: one that is missing must not be passed over. @throws KeyMissing */
export const demandKeys = async (db: Knex, subjects: readonly string[]): Promise<void> => {
  const lost = await readLost(db, subjects);
  if (lost.size > 0) await reportMissing(db, [...lost.values()]);
};

const NO_YEAR = 0;
/** One statement: a key and the note that it was made. A subject whose key is missing gets none. */
const MAKE_KEYS = `with made as (
    insert into data_keys (id, subject, wrapped, master_id, books_year)
    select id, subject, wrapped, ?, nullif(books_year, ${NO_YEAR})
    from unnest(?::uuid[], ?::text[], ?::bytea[], ?::smallint[]) as a (id, subject, wrapped, books_year)
    where not exists (
      select from keys_made m
      where m.subject = a.subject and not exists (select from data_keys k where k.id = m.key_id)
    )
    order by subject
    on conflict (subject) where wrapped is not null and restricted_at is null do nothing
    returning id, subject
  )
  insert into keys_made (subject, key_id) select subject, id from made order by subject
  on conflict (subject) do update set key_id = excluded.key_id`;

/** Keys in PostgreSQL, wrapped by the master key. */
export const openDataKeys = ({ db, isCurrent = () => true, ...keys }: DataKeysOptions): DataKeys => {
  const { masterKey } = keys;
  const master_id = masterKeyId(masterKey);
  const bySubject = new LRUCache<string, DataKey>(REMEMBERED);
  const known = new LRUCache<string, DataKey | 'destroyed'>(REMEMBERED);
  /** Raised by every `forget`: what was read before is not remembered after it. */
  let forgotten = 0;

  const unwrap = ({ id, wrapped }: Row): DataKey | undefined =>
    wrapped === null ? undefined : { id, key: openWrapped(keys, wrapped, id) };

  // Always sorted: two processes that make keys for the same people must not wait for each other.
  const makeMissing = async (subjects: readonly string[]): Promise<void> => {
    const sorted = subjects.toSorted();
    const ids = sorted.map(() => uuidv7());
    const wrapped = ids.map((id) => seal(masterKey, randomBytes(32), id));
    await db.raw(MAKE_KEYS, [master_id, ids, sorted, wrapped, sorted.map((subject) => yearIn(subject) ?? NO_YEAR)]);
  };

  const readLive = async (subjects: readonly string[]): Promise<Map<string, DataKey>> => {
    const rows = await db<Row>('data_keys')
      .whereIn('subject', subjects)
      .whereNotNull('wrapped')
      .whereNull('restricted_at')
      .select();
    return new Map(
      rows.flatMap((row) => {
        const key = unwrap(row);
        return key === undefined ? [] : [[row.subject, key] as const];
      }),
    );
  };

  /** One that is missing does not fail the others of a batch. */
  const load = coalesce<string, DataKey | { readonly lost: string }>(async (subjects) => {
    const begun = forgotten;
    const wanted = [...new Set(subjects)];
    let found = await readLive(wanted);
    let lost: ReadonlyMap<string, string> = new Map();
    const missing = wanted.filter((subject) => !found.has(subject));
    if (missing.length > 0) {
      await makeMissing(missing);
      found = new Map([...found, ...(await readLive(missing))]);
      const without = missing.filter((subject) => !found.has(subject));
      if (without.length > 0) lost = await readLost(db, without);
    }
    return subjects.map((subject) => {
      const key = found.get(subject);
      if (key === undefined) {
        const id = lost.get(subject);
        if (id === undefined) throw new Error('a data key is missing after it was made');
        return { lost: id };
      }
      if (begun === forgotten) {
        bySubject.set(subject, key);
        known.set(key.id, key);
      }
      return key;
    });
  });

  const forAny = async (subject: string): Promise<DataKey> => {
    const found = (isCurrent() ? bySubject.get(subject) : undefined) ?? (await load(subject));
    return 'lost' in found ? reportMissing(db, [found.lost]) : found;
  };

  const readByIds = async (ids: readonly string[]): Promise<ReadonlyMap<string, DataKey | 'destroyed'>> => {
    const begun = forgotten;
    const rows = await db<Row>('data_keys').whereIn('id', ids).select();
    const read = new Map(rows.map((row) => [row.id, unwrap(row) ?? ('destroyed' as const)]));
    const missing = ids.filter((id) => !read.has(id));
    if (missing.length > 0) return reportMissing(db, missing);
    if (begun === forgotten) for (const [id, key] of read) known.set(id, key);
    return read;
  };

  let search: { readonly wrapped: Buffer; readonly key: Uint8Array; readonly readAt: number } | undefined;
  const readSearchKey = () => db<SearchKeyRow>('search_key').first('wrapped');
  const newSearchKey = (): Buffer => seal(masterKey, randomBytes(32), SEARCH_KEY);

  const forSearch = async (): Promise<Uint8Array> => {
    const readAt = performance.now();
    if (search !== undefined && readAt - search.readAt < SEARCH_KEY_MS) return search.key;
    let row = await readSearchKey();
    if (row === undefined) {
      await db.raw(MAKE_SEARCH_KEY, [newSearchKey()]);
      row = await readSearchKey(); // another process may have been first
    }
    if (row === undefined)
      throw new KeyMissing(
        'the key of the search index is gone: restore search_key from a backup, or rebuild the read model that uses it with a new one',
      );
    const { wrapped } = row;
    const key = search?.wrapped.equals(wrapped) === true ? search.key : openWrapped(keys, wrapped, SEARCH_KEY);
    search = { wrapped, key, readAt };
    return key;
  };

  const replaceLostSearchKey = async (tx: Knex): Promise<boolean> => {
    const { rows } = await tx.raw<{ rows: readonly unknown[] }>(
      `insert into search_key (wrapped) select ? where exists (select from search_key_made)
       on conflict (one) do nothing returning 1`,
      [newSearchKey()],
    );
    return rows.length > 0;
  };

  return {
    forSearch,
    replaceLostSearchKey,
    forSubject: (person) => forAny(lifeOf(person)),
    findLive: async (person) => (await readLive([lifeOf(person)])).get(lifeOf(person)),
    forBooks: (person, year) => forAny(booksOf(person, year)),
    byId: async (ids) => {
      // Taken before anything is read: what is forgotten meanwhile must not look destroyed.
      const found = new Map<string, DataKey | 'destroyed'>();
      if (isCurrent())
        for (const id of ids) {
          const key = known.get(id);
          if (key !== undefined) found.set(id, key);
        }
      const missing = [...new Set(ids)].filter((id) => !found.has(id));
      if (missing.length > 0) for (const [id, key] of await readByIds(missing)) found.set(id, key);
      return new Map([...found].flatMap(([id, key]) => (key === 'destroyed' ? [] : [[id, key] as const])));
    },
    forget: (dropped) => {
      forgotten += 1;
      if (dropped === undefined) {
        bySubject.clear();
        known.clear();
      }
      for (const { key_id, subject } of dropped ?? []) {
        bySubject.delete(subject);
        known.delete(key_id);
      }
    },
  };
};
