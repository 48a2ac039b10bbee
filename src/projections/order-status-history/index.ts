/** Which status each order had at any position of the log. */
export { orderStatusHistory } from './projection.ts';
export { listPastOrders, type ListPastOrders, type PastOrder, type PastOrderFilters } from './queries.ts';
