export { customerTotals, type CustomerTotals } from './customer-totals.ts';
export { ORDER_CSV_COLUMNS, orderCells } from './csv.ts';
export { exportLines, exportOrders, type ExportedOrder, type ExportQuery } from './export.ts';
export { orderPlaces, type OrderPlace } from './places.ts';
export { orderIn, orderList, type OrderRow } from './projection.ts';
export {
  countNeeds,
  type StaffWork,
  findOrders,
  listOrders,
  orderIdsOfCustomer,
  ordersWithoutPersonal,
  type ListedOrder,
  type ListOrders,
  type OrderFilters,
} from './queries.ts';
export { storedOrder, wholeOrder, type StoredOrder } from './stored-order.ts';
export { scheduledOrders, waitingOrders } from './waiting-orders.ts';
