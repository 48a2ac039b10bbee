import type { Knex } from 'knex';
import type { Codec } from '../../event-store/codec.ts';
import type { BlindIndex } from '../../platform/blind-index.ts';
import type { Page, RowReader } from '../list/index.ts';
import { findOrders, type ListedOrder } from '../orders/index.ts';
import { findWords, type FoundWord } from './search-words.ts';
import { MEANINGS, wordTerm, type Meaning } from './terms.ts';
import { pairsOf, partsOf, typedPhone, typedWords } from './tokenize.ts';

export type SearchOrders = {
  /** As it was typed. */
  readonly text: string;
  /** Most orders on the page. */
  readonly limit: number;
  /** Orders to skip. Default 0. */
  readonly offset?: number;
};

/** A search that finds more than this must be made more precise. */
const MOST_FOUND = 1_000;
const MOST_WORDS = 8;

type Ids = readonly string[];

const idsOf = async (db: Knex, where: string, bindings: readonly (string | number[])[]): Promise<Ids> => {
  const { rows } = await db.raw<{ rows: readonly { id: string }[] }>(
    `select id from order_search where ${where} order by created_at desc, id desc limit ${MOST_FOUND + 1}`,
    [...bindings],
  );
  return rows.map(({ id }) => id);
};

/**
 * Orders that have one word of each set. The planner knows how common a single word is, and reads the newest orders or the
 * index, the cheaper one. It does not know how common several are together, so they are looked up in the index and then
 * sorted.
 */
const havingWords = async (db: Knex, sets: readonly number[][]): Promise<Ids> => {
  const where = sets.map(() => 'words && ?::bigint[]').join(' and ');
  if (sets.every(({ length }) => length === 1)) return idsOf(db, where, sets);
  const { rows } = await db.raw<{ rows: readonly { id: string }[] }>(
    `with found as materialized (select id, created_at from order_search where ${where})
     select id from found order by created_at desc, id desc limit ${MOST_FOUND + 1}`,
    [...sets],
  );
  return rows.map(({ id }) => id);
};

/** By number: as a whole or its last digits, then by its beginning. */
const byNumber = async (db: Knex, text: string): Promise<readonly Ids[]> => {
  const number = text.trim().toLowerCase();
  const serial = /^\d{1,15}$/.test(number) ? number : null;
  return Promise.all([
    serial === null ? idsOf(db, 'number = ?', [number]) : idsOf(db, 'serial = ?::bigint', [serial]),
    idsOf(db, 'number > ? and number < ?', [number, `${number}\u{10FFFF}`]),
  ]);
};

/** By the number of a return, a payment or a document, or a number that a carrier or a payment service gave. */
const byOtherNumber = async (db: Knex, text: string): Promise<Ids> => {
  const given = text.trim();
  const spelt = [given, given.toUpperCase()];
  const { rows } = await db.raw<{ rows: readonly { order_id: string }[] }>(
    `select order_id from return_list where tracking_number = any(:spelt)
       or id = any(array(select id from numbers where number = any(:spelt) and kind = 'return'))
     union select order_id from payment_list where transaction_id = any(:spelt)
       or id = any(array(select id from numbers where number = any(:spelt) and kind = 'payment'))
     union select order_id from document_list where number = any(:spelt)
     limit ${MOST_FOUND}`,
    { spelt },
  );
  return rows.map(({ order_id }) => order_id);
};

type Searched = { readonly db: Knex; readonly index: BlindIndex };

/** Sets of words of which an order must have one each, given these meanings; undefined when no order can have them. */
const demandsOf = (
  typed: readonly string[],
  found: readonly FoundWord[],
  { meanings, index }: { readonly meanings: ReadonlySet<Meaning>; readonly index: BlindIndex },
): readonly number[][] | undefined => {
  const demands: number[][] = [];
  for (const word of typed) {
    const pairs = pairsOf(word);
    const meant = found.filter((one) => one.typed === word && meanings.has(one.meaning)).map((one) => one.word);
    // Such a word may stand anywhere inside another: then its pairs do.
    if (pairs.length > 0 && meanings.has('prefix')) demands.push(...pairs.map((pair) => [index(wordTerm(pair))]));
    else if (meant.length === 0) return undefined;
    else demands.push([...new Set(meant)]);
  }
  return demands;
};

/** A word with punctuation that no order has is looked for by its parts. */
const known = async ({ db, index }: Searched, typed: readonly string[]) => {
  const found = await findWords(db, index, typed);
  const strange = typed.filter((word) => partsOf(word).length > 0 && !found.some((one) => one.typed === word));
  if (strange.length === 0) return { typed, found };
  const parts = typed.flatMap((word) => (strange.includes(word) ? partsOf(word) : [word]));
  return { typed: parts, found: await findWords(db, index, parts) };
};

/** By words: exact matches first, then beginnings of words, then typing errors. */
const byWords = async (searched: Searched, words: readonly string[]): Promise<readonly Ids[]> => {
  const asked = [...new Set(words)].slice(0, MOST_WORDS);
  if (asked.length === 0) return [];
  const { typed, found } = await known(searched, asked);
  const ranks: Promise<Ids>[] = [];
  let before = '';
  for (const last of MEANINGS.keys()) {
    const meanings = new Set(MEANINGS.slice(0, last + 1));
    const demands = demandsOf(typed, found, { meanings, index: searched.index });
    const now = JSON.stringify(demands);
    if (demands !== undefined && now !== before) ranks.push(havingWords(searched.db, demands));
    before = now;
  }
  return Promise.all(ranks);
};

/** What was typed as one telephone number, with or without the prefix of its country. */
const byPhone = async (searched: Searched, text: string): Promise<readonly Ids[]> => {
  const phone = typedPhone(text);
  return phone === undefined ? [] : byWords(searched, [phone]);
};

const OFFSET = /^search (\d{1,4})$/;

/** An offset in what was found, as a cursor. */
export const encodeOffset = (offset: number): string => Buffer.from(`search ${offset}`).toString('base64url');

/** Reads an offset that came from outside; undefined when it was not written by `encodeOffset`. */
export const decodeOffset = (text: string): { readonly offset: number } | undefined => {
  const [, offset] = OFFSET.exec(Buffer.from(text, 'base64url').toString()) ?? [];
  return offset === undefined ? undefined : { offset: Number(offset) };
};

type SearchReader = RowReader & { readonly codec: Pick<Codec, 'blindIndex'> };

/** A page of what was found, best first, and among equals the newest. */
export const searchOrders = async (
  reader: SearchReader,
  { text, limit, offset = 0 }: SearchOrders,
): Promise<Page<ListedOrder>> => {
  const { db } = reader;
  const searched = { db, index: await reader.codec.blindIndex() };
  const ranks = await Promise.all([
    byNumber(db, text),
    byOtherNumber(db, text),
    byPhone(searched, text),
    byWords(searched, typedWords(text)),
  ]);
  const ids = [...new Set(ranks.flat(2))];
  const found = ids.slice(0, MOST_FOUND);
  const { orders, taken } = await findOrders(reader, found.slice(offset, offset + limit));
  const end = offset + taken;
  return {
    rows: orders,
    total: { count: found.length, exact: ids.length <= MOST_FOUND },
    next: end < found.length ? encodeOffset(end) : undefined,
    previous: offset > 0 ? encodeOffset(Math.max(0, offset - limit)) : undefined,
  };
};
