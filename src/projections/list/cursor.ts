/** What a list is sorted by; the id breaks ties. `-` is descending. */
export const ORDER_SORTS = ['created_at', '-created_at', 'updated_at', '-updated_at', 'total', '-total'] as const;
export type OrderSort = (typeof ORDER_SORTS)[number];

/** A place in a sorted list, between two rows: it stays right whatever is inserted before it. */
export type Cursor = {
  /** The read model that is listed: the place means nothing in another. */
  readonly list: string;
  readonly sort: OrderSort;
  /** The row beside it: the sorted column as text, never rounded, and the id. */
  readonly value: string;
  readonly id: string;
  /** Which way the page lies from there. */
  readonly direction: 'next' | 'previous';
};

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const DECIMAL = /^\d{1,15}(\.\d{1,3})?$/;

export const columnOf = (sort: OrderSort): 'created_at' | 'updated_at' | 'total' =>
  sort.replace('-', '') as 'created_at' | 'updated_at' | 'total'; // OrderSort has no other

/** As rows say it, which leaves one way to write each instant; PostgreSQL has no year 0. */
const isStoredInstant = (value: string): boolean => {
  const at = new Date(value);
  return !Number.isNaN(at.getTime()) && at.toISOString() === value && /^(?!0000)\d{4}-/.test(value);
};

const isValue = (sort: OrderSort, value: string): boolean =>
  columnOf(sort) === 'total' ? DECIMAL.test(value) : isStoredInstant(value);

export const encodeCursor = ({ list, sort, value, id, direction }: Cursor): string =>
  Buffer.from(JSON.stringify([list, sort, value, id, direction])).toString('base64url');

const parse = (text: string): unknown => {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    return undefined;
  }
};

/** Reads a cursor that came from outside; `undefined` when it is none of ours. */
export const decodeCursor = (text: string): Cursor | undefined => {
  const parts = parse(text);
  if (!Array.isArray(parts) || parts.length !== 5 || !parts.every((part) => typeof part === 'string')) return undefined;
  const [list = '', name, value = '', id = '', direction] = parts;
  const sort = ORDER_SORTS.find((known) => known === name);
  if (sort === undefined || !isValue(sort, value) || !UUID.test(id)) return undefined;
  return direction === 'next' || direction === 'previous' ? { list, sort, value, id, direction } : undefined;
};
