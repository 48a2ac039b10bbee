/** One keyset pager for every list. */
export { counterOf, countersOf, sumCounters } from './counters.ts';
export { decodeCursor, encodeCursor, sortKeyOf, SORTS, type Cursor, type Sort } from './cursor.ts';
export { anyOf, atLeast, atMost, conditionsOf, equals, flagged, whereSql, type FiltersOf } from './filters.ts';
export {
  COUNTED_TO,
  listPage,
  openPage,
  PAGE_BYTES,
  rowBytesSql,
  type List,
  type ListQuery,
  type Page,
  type RowReader,
  type SortedListQuery,
  type Total,
} from './pager.ts';
