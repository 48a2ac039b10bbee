export { paymentList } from './projection.ts';
export { findMovedBy, listPayments, paymentsOfOrders, type ListedPayment, type PaymentFilters } from './queries.ts';
