export { paymentList, type PaymentRow } from './projection.ts';
export {
  findMovedBy,
  listPayments,
  paymentIdsOfOrders,
  paymentsOfOrders,
  type ListedPayment,
  type PaymentFilters,
} from './queries.ts';
