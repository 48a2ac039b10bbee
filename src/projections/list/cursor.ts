import { isLowerCaseUuid } from '../../platform/uuid.ts';

/** The sort order of a list; the id breaks ties. `-` is descending. */
export const SORTS = ['created_at', '-created_at', 'updated_at', '-updated_at', 'total', '-total'] as const;
export type Sort = (typeof SORTS)[number];

/** A place in a sorted list, between two rows: it stays right when rows are inserted before it. */
export type Cursor = {
  /** The read model that is listed: the place means nothing in another. */
  readonly list: string;
  readonly sort: Sort;
  /** The row beside it: the sorted column as text, never rounded, and the id. */
  readonly value: string;
  readonly id: string;
  /** Which way the page lies from there. */
  readonly direction: 'next' | 'previous';
};

const DECIMAL = /^\d{1,15}(\.\d{1,3})?$/;

/** The column that a sort compares, and its SQL type. */
export const SORT_KEYS = { created_at: 'timestamptz', updated_at: 'timestamptz', total: 'numeric' } as const;
export type SortKey = keyof typeof SORT_KEYS;

export const sortKeyOf = (sort: Sort): SortKey => sort.replace('-', '') as SortKey; // Sort has no other

/** As rows have it, so that each instant is written in one way; PostgreSQL has no year 0. */
const isStoredInstant = (value: string): boolean => {
  const at = new Date(value);
  return !Number.isNaN(at.getTime()) && at.toISOString() === value && /^(?!0000)\d{4}-/.test(value);
};

const isValue = (sort: Sort, value: string): boolean =>
  sortKeyOf(sort) === 'total' ? DECIMAL.test(value) : isStoredInstant(value);

export const encodeCursor = ({ list, sort, value, id, direction }: Cursor): string =>
  Buffer.from(JSON.stringify([list, sort, value, id, direction])).toString('base64url');

const parse = (text: string): unknown => {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    return undefined;
  }
};

/** Reads a cursor that came from outside; `undefined` when it was not written by `encodeCursor`. */
export const decodeCursor = (text: string): Cursor | undefined => {
  const parts = parse(text);
  if (!Array.isArray(parts) || parts.length !== 5 || !parts.every((part) => typeof part === 'string')) return undefined;
  const [list = '', name, value = '', id = '', direction] = parts;
  const sort = SORTS.find((known) => known === name);
  if (sort === undefined || !isValue(sort, value) || !isLowerCaseUuid(id)) return undefined;
  return direction === 'next' || direction === 'previous' ? { list, sort, value, id, direction } : undefined;
};
