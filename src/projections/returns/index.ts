export { returnList } from './projection.ts';
export { listReturns, returnsOfOrders, type ListedReturn, type PagedReturn, type ReturnFilters } from './queries.ts';
