import { progressAfter, type OrderEvent, type OrderProgress } from '../../domain/order/index.ts';
import type { Fact } from '../../domain/shared/decider.ts';
import { streamId } from '../../event-store/stream-names.ts';
import { projection, typesFolded } from '../engine/index.ts';

/** The statuses of an order, and the positions of the log from which on it had them: both in order, each as many. */
export type OrderStatusRow = {
  readonly id: string;
  readonly customer_id: string;
  readonly created_at: string;
  readonly statuses: readonly string[];
  readonly from_positions: readonly number[];
  /** What the next status follows from. */
  readonly progress: OrderProgress;
};

export const orderStatusHistory = projection<OrderStatusRow>({
  name: 'order_status_history',
  version: 2,
  prefixes: ['order-'],
  personal: false,
  types: typesFolded<OrderEvent['type']>({
    OrderPlaced: true,
    OrderReleased: true,
    OrderConfirmed: true,
    OrderProcessingStarted: true,
    OrderShipped: true,
    OrderOutForDelivery: true,
    OrderDelivered: true,
    ItemsShipped: true,
    ShipmentOutForDelivery: true,
    ShipmentDelivered: true,
    ShipmentFailed: true,
    ShipmentReturnedToSender: true,
    ShipmentLost: true,
    ShipmentResolved: true,
    ShipmentDetailsChanged: false,
    OrderCancelled: true,
    OrderReturned: true,
    OrderItemsModified: true,
    OrderDetailsChanged: false,
    DeliveryPartnerAssigned: false,
    PaymentStarted: false,
    PaymentCaptured: false,
    PaymentFailed: false,
    OrderCredited: false,
    RefundAllocated: false,
    PaymentRefunded: false,
    PaymentRefundFailed: false,
    RefundResolved: false,
    RefundWithdrawn: false,
    ReturnOpened: true,
    ReturnSettled: true,
    ReturnClosed: true,
    FeedbackGiven: false,
    NoteAdded: false,
    ItemsCancelled: true,
    OrderHeld: false,
    HoldReleased: false,
  }),
  table: 'order_status_history',
  key: 'id',
  keysElsewhere: "select id from numbers where kind = 'order'",
  columns: {
    id: 'uuid',
    customer_id: 'text',
    created_at: 'timestamptz',
    statuses: 'text[]',
    from_positions: 'bigint[]',
    progress: 'json',
  },
  evolve: (row, { stream, position, fact: said }) => {
    const fact = said as Fact<OrderEvent>; // order streams hold nothing else
    const progress = progressAfter(row?.progress, fact);
    if (progress === undefined) return row;
    const { status } = progress;
    if (row !== undefined && row.statuses.at(-1) === status)
      return progress === row.progress ? row : { ...row, progress };
    const changed = {
      statuses: [...(row?.statuses ?? []), status],
      from_positions: [...(row?.from_positions ?? []), Number(position)],
      progress,
    };
    if (row !== undefined) return { ...row, ...changed };
    if (fact.type !== 'OrderPlaced') return undefined;
    return { id: streamId(stream), customer_id: fact.data.customer_id, created_at: fact.at, ...changed };
  },
});
