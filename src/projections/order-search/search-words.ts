import type { Knex } from 'knex';
import type { BlindIndex } from '../../platform/blind-index.ts';
import { hasCopy, withRebuildLock } from '../engine/index.ts';
import { soughtFor, type Meaning } from './terms.ts';

/** The token of a word that orders have, for one that was typed. */
export type FoundWord = { readonly typed: string; readonly word: number; readonly meaning: Meaning };

const MOST_FOUND: Readonly<Record<Meaning, number>> = { exact: 1, prefix: 100, typo: 20 };

const FIND = `
  select asked.n, found.word
  from json_to_recordset(?::json) as asked (n int, token bigint, is_word boolean, most int),
    lateral (
      select word from search_words where asked.is_word and word = asked.token
      union all
      (select word from search_terms where not asked.is_word and token = asked.token limit asked.most)
    ) found`;

/** What each typed word may have meant: the same word by its best meaning only. */
export const findWords = async (
  db: Knex,
  index: BlindIndex,
  typed: readonly string[],
): Promise<readonly FoundWord[]> => {
  const sought = typed.flatMap((word) => soughtFor(word).map((one) => ({ ...one, typed: word })));
  const asked = sought.map(({ meaning, term }, n) => ({
    n,
    token: index(term),
    is_word: meaning === 'exact',
    most: MOST_FOUND[meaning],
  }));
  const { rows } = await db.raw<{ rows: readonly { n: number; word: string }[] }>(FIND, [JSON.stringify(asked)]);
  return rows.flatMap(({ n, word }) => {
    const one = sought[n];
    return one === undefined ? [] : [{ typed: one.typed, meaning: one.meaning, word: Number(word) }];
  });
};

const MOST_FORGOTTEN = 10_000;

const TABLES = { name: 'order_search', table: 'order_search' };

const hasCopies = async (db: Knex): Promise<boolean> =>
  (await hasCopy(db, TABLES, 'rebuild')) || (await hasCopy(db, TABLES, 'kept'));

/**
 * Forgets words that no order has any more, so that what was erased from orders is erased here too. They are looked for
 * first, and looked at again while nothing can be written: an order may have brought one back meanwhile. Writers that have
 * known them are told by the generation.
 */
export const tidySearchWords = (db: Knex): Promise<void> =>
  withRebuildLock(db, TABLES, async () => {
    if (await hasCopies(db)) return; // their rows have words too
    await db.transaction(async (tx) => {
      await tx.raw('set local statement_timeout = 0');
      const { rows } = await tx.raw<{ rows: readonly { word: string }[] }>(
        `select word from search_words except select unnest(words) from order_search limit ${MOST_FORGOTTEN}`,
      );
      await tx.raw('lock table search_words in share row exclusive mode');
      await tx.raw(
        `with gone as (
           delete from search_words using unnest(?::bigint[]) as unused (unused)
           where word = unused and not exists (select from order_search where words @> array[unused])
           returning word
         ), unfound as (
           delete from search_terms using gone where search_terms.word = gone.word
         )
         update search_words_generation set n = n + 1 where exists (select from gone)`,
        [rows.map(({ word }) => word)],
      );
    });
  });
