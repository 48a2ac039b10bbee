import type { Knex } from 'knex';

/** How a word was meant: as it stands, as the beginning of a longer one, or with a typing error. */
export const MEANINGS = ['exact', 'prefix', 'typo'] as const;
export type Meaning = (typeof MEANINGS)[number];

/** A word that orders have, for one that was typed. */
export type FoundWord = { readonly typed: string; readonly word: string; readonly meaning: Meaning };

const MOST_PREFIXED = 100;
const MOST_MISTYPED = 20;
/** Of similar words, those are taken whose similarity is this close to the best one. */
const NEARLY = 0.1;
/** Sorts after every letter. */
const LAST = '\u{10FFFF}';

const BEGINNING_WITH = `
  select typed, word, case when word = typed then 'exact' else 'prefix' end as meaning
  from unnest(?::text[]) as typed,
    lateral (select word from search_words where word >= typed and word < typed || ?
      order by word limit ${MOST_PREFIXED}) found`;

const LIKE_IT = `
  select typed, word, 'typo' as meaning
  from unnest(?::text[], ?::text[]) as asked (typed, sought),
    lateral (select word, likeness, max(likeness) over () as best
      from (select word, similarity(word, sought) as likeness from search_words
        where word % sought and strpos(word, '@') = 0) liked
      order by likeness desc, word limit ${MOST_MISTYPED}) found
  where likeness > best - ${NEARLY}`;

const hasTrigrams = async (db: Knex): Promise<boolean> => {
  const { rows } = await db.raw<{ rows: readonly { exists: boolean }[] }>(
    `select to_regclass('search_words_trigrams') is not null as exists`,
  );
  return rows[0]?.exists === true;
};

/** In an e-mail address only the name may be mistyped: the domain is similar to very many others. */
const soughtFor = (typed: string): string => typed.split('@')[0] ?? typed;

/** What each typed word may have meant. Without the trigram extension on the server typing errors find nothing. */
export const findWords = async (db: Knex, typed: readonly string[]): Promise<readonly FoundWord[]> => {
  const words = [...typed];
  const prefixed = db.raw<{ rows: readonly FoundWord[] }>(BEGINNING_WITH, [words, LAST]);
  const mistyped = (await hasTrigrams(db))
    ? db.raw<{ rows: readonly FoundWord[] }>(LIKE_IT, [words, words.map(soughtFor)])
    : undefined;
  const [{ rows }, more] = await Promise.all([prefixed, mistyped]);
  return [...rows, ...(more?.rows ?? [])];
};

/**
 * Deletes words that no order has any more, so that what was erased from orders is erased here too. Then adds the words
 * that an order has brought back at the moment of the deletion.
 */
export const tidySearchWords = (db: Knex): Promise<void> =>
  db.transaction(async (tx) => {
    await tx.raw('set local statement_timeout = 0');
    await tx.raw(
      `delete from search_words using
         (select word from search_words except select unnest(words) from order_search) as gone
       where search_words.word = gone.word`,
    );
    await tx.raw(
      `insert into search_words (word)
       select distinct unnest(words) from order_search order by 1 on conflict do nothing`,
    );
  });
