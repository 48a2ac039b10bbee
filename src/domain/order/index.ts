export {
  etaAt,
  destinationOf,
  distanceKm,
  estimatedDelivery,
  type Coordinates,
  type Sighting,
} from './delivery/eta.ts';
export { allowedOrderActions } from './lifecycle/allowed-actions.ts';
export * from './ledger/index.ts';
export * from './commands.ts';
export { createOrderDecider, type OrderDecider, type OrderDecision } from './decide.ts';
export * from './events.ts';
export { orderFold } from './evolve.ts';
export { withBooksElsewhere, withBooksRestored } from './external-books.ts';
export { OPEN_BUSINESS, openBusinessOf, type OpenBusiness } from './lifecycle/open-business.ts';
export { historyRow, orderHistory, type HistoryRow } from './lifecycle/history.ts';
export { progressAfter, type OrderProgress } from './lifecycle/progress.ts';
export { DEFAULT_ORDER_SETTINGS, PLAIN_IDS, type OrderIds, type OrderSettings } from './settings.ts';
export { MAX_LINES, MAX_QUANTITY } from './pricing/price-lines.ts';
export * from './refunds/refund-status.ts';
export type { OrderRejection } from './rejections.ts';
export { returnableUntil } from './returns/return-terms.ts';
export { freeUnits, returnedQuantity, returnRequestedQuantity } from './returns/returnable.ts';
export * from './refunds/methods.ts';
export { paidBy } from './refunds/refund-order.ts';
export {
  NO_REVIEW,
  type ReturnWorth,
  type ReviewTerms,
  expectedSettlement,
  type Settlement,
  termsOfReturn,
  valueOfReturn,
} from './returns/settlement.ts';
export * from './state.ts';
export { majorTotals } from './pricing/major-totals.ts';
export { soldQuantity } from './pricing/totals.ts';
export { finalPrice, lineTotal, nameOf, orderTotals, type OrderTotals } from './pricing/totals.ts';
export { HOLD_REASONS, type HoldReason } from './lifecycle/hold-reasons.ts';
export * from './lifecycle/transitions.ts';
export { isDeliveryOver, isInDelivery, whyNoPosition } from './delivery/delivery-phase.ts';
export { isOrderWord, ORDER_WORDS, orderActionOf, orderStatusOf } from './lifecycle/action-aliases.ts';
export { retainedUnits, type Restocked } from './returns/retained-units.ts';
export { countUnits } from './returns/unit-ranges.ts';
export { partsOfUnits, shareOfUnits, valueUnits, worthOf, worthOfUnits } from './pricing/unit-values.ts';
export * from './returns/reasons.ts';
export * from './payments/methods.ts';
export * from './delivery/shipment.ts';
export * from './delivery/shipments.ts';
export * from './delivery/shipment-transitions.ts';
