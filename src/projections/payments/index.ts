export { paymentList } from './projection.ts';
export { listPayments, paymentsOfOrders, type ListedPayment, type PaymentFilters } from './queries.ts';
