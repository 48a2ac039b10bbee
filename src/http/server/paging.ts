import type { Total } from '../../projections/list/index.ts';
import { invalid } from './problem.ts';

const DEFAULT_LIMIT = 20;

export type PagingQuery = {
  readonly limit?: number;
  readonly offset?: number;
  readonly page?: number;
  readonly cursor?: string;
  readonly count?: 'exact';
};

export type Paging<C> = {
  readonly limit: number;
  readonly offset?: number;
  readonly cursor?: C;
  readonly exactCount: boolean;
};

const exclusive = (field: string, other: string) =>
  invalid([{ field, message: `cannot be combined with ${other}; send one of the two` }]);

type Decode<C> = (cursor: string) => C | undefined;

/** Reads the cursors of one list. Those of another list, or of another sort than the one asked for, are none. */
export const cursorsOf =
  <C extends { readonly list: string; readonly sort: string }>(
    decode: Decode<C>,
    list: string,
    sort?: string,
  ): Decode<C> =>
  (text) => {
    const cursor = decode(text);
    return cursor?.list === list && (sort === undefined || cursor.sort === sort) ? cursor : undefined;
  };

/** What a list is asked for. A cursor knows its own place, so no other may be named with it. */
export const readPaging = <C>(query: PagingQuery, decode: Decode<C>): Paging<C> => {
  const { limit = DEFAULT_LIMIT, offset, page, cursor } = query;
  const exactCount = query.count === 'exact';
  if (page !== undefined && offset !== undefined) throw exclusive('page', 'offset');
  if (cursor === undefined)
    return { limit, offset: page === undefined ? (offset ?? 0) : (page - 1) * limit, exactCount };
  if (page !== undefined || offset !== undefined) throw exclusive('cursor', page === undefined ? 'offset' : 'page');
  const decoded = decode(cursor);
  if (decoded === undefined) {
    const message = 'must be a cursor from a Link header of this list with the same sort; start again without it';
    throw invalid([{ field: 'cursor', message }]);
  }
  return { limit, cursor: decoded, exactCount };
};

/** For lists that are paged by number or offset alone. */
export const noCursor = (): undefined => undefined;

export type PageFacts = {
  readonly path: string;
  /** Query string of the request. */
  readonly search: string;
  readonly total: Total;
  readonly next: string | undefined;
  readonly previous: string | undefined;
};

const PLACES = ['offset', 'skip', 'page', 'cursor'];

const link = (path: string, search: string, cursor: string | undefined, rel: string): string => {
  const query = new URLSearchParams(search);
  for (const place of PLACES) query.delete(place);
  if (cursor !== undefined) query.set('cursor', cursor);
  const text = query.toString();
  return `<${path}${text === '' ? '' : `?${text}`}>; rel="${rel}"`;
};

/** `Link` to what comes next, with these parameters changed. */
export const nextLink = (path: string, search: string, changes: Readonly<Record<string, string>>): string => {
  const query = new URLSearchParams(search);
  for (const [name, value] of Object.entries(changes)) query.set(name, value);
  return `<${path}?${query.toString()}>; rel="next"`;
};

/** `Link` to the neighbouring pages and `X-Total-Count`. */
export const pageHeaders = ({ path, search, total, next, previous }: PageFacts): Record<string, string> => ({
  Link: [
    link(path, search, undefined, 'first'),
    ...(previous === undefined ? [] : [link(path, search, previous, 'prev')]),
    ...(next === undefined ? [] : [link(path, search, next, 'next')]),
  ].join(', '),
  'X-Total-Count': String(total.count),
  ...(!total.exact && { 'X-Total-Count-Exact': 'false' }),
});
