export { returnList, type ReturnRow } from './projection.ts';
export { awaitedReturns } from './awaited-returns.ts';
export { listReturns, returnsOfOrders, type ListedReturn, type PagedReturn, type ReturnFilters } from './queries.ts';
