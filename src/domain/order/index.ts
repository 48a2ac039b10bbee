export {
  etaAt,
  destinationOf,
  distanceKm,
  estimatedDelivery,
  type Coordinates,
  type Sighting,
} from './delivery/eta.ts';
export { allowedOrderActions } from './actions/allowed-actions.ts';
export * from './ledger/index.ts';
export * from './vocabulary/commands.ts';
export { createOrderDecider, type OrderDecider, type OrderDecision } from './decide.ts';
export * from './vocabulary/events.ts';
export { orderFold } from './evolve.ts';
export { withBooksElsewhere, withBooksRestored } from './external-books.ts';
export { OPEN_BUSINESS, openBusinessOf, type OpenBusiness } from './lifecycle/open-business.ts';
export { progressAfter, type OrderProgress } from './lifecycle/progress.ts';
export { DEFAULT_ORDER_SETTINGS, PLAIN_IDS, type OrderIds, type OrderSettings } from './settings.ts';
export { MAX_LINES, MAX_QUANTITY } from './pricing/price-lines.ts';
export * from './refunds/refund-status.ts';
export type { OrderRejection } from './vocabulary/rejections.ts';
export { returnableUntil } from './returns/return-terms.ts';
export { freeUnits, returnedQuantity, returnRequestedQuantity } from './goods/returned-units.ts';
export * from './vocabulary/refund-methods.ts';
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
export * from './vocabulary/state.ts';
export { soldQuantity } from './pricing/totals.ts';
export { finalPrice, lineTotal, nameOf, orderTotals, type OrderTotals } from './pricing/totals.ts';
export * from './vocabulary/transitions.ts';
export { isDeliveryOver, isInDelivery, whyNoPosition } from './delivery/delivery-phase.ts';
export { isOrderWord, ORDER_WORDS, orderActionOf, orderStatusOf } from './actions/action-aliases.ts';
export { retainedUnits, type Restocked } from './goods/retained-units.ts';
export { countUnits } from './vocabulary/unit-ranges.ts';
export * from './vocabulary/reasons.ts';
export * from './vocabulary/payment-methods.ts';
export * from './vocabulary/shipment.ts';
export * from './goods/shipments.ts';
export * from './vocabulary/shipment-transitions.ts';
