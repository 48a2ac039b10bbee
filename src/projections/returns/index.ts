export { returnList } from './projection.ts';
export { listReturns, returnsOfOrders, type ListedReturn, type ReturnFilters } from './queries.ts';
