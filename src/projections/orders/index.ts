export { customerTotals, type CustomerTotals } from './customer-totals.ts';
export { ORDER_CSV_COLUMNS } from './csv.ts';
export { exportLines, exportOrders, type ExportedOrder, type ExportQuery } from './export.ts';
export { orderPlaces, type OrderPlace } from './places.ts';
export { orderList } from './projection.ts';
export { countNeeds, findOrders, listOrders, type ListedOrder, type ListOrders, type OrderFilters } from './queries.ts';
export { scheduledOrders, waitingOrders } from './waiting-orders.ts';
