import type { DocumentEvent } from '../domain/document/index.ts';
import type { ORDER_TRANSITIONS, OrderEvent } from '../domain/order/index.ts';
import type { RETURN_TRANSITIONS, ReturnEvent } from '../domain/return/index.ts';
import type { MessageKind } from './kinds.ts';

/** Every event that changes a status (`S`) names the messages to its customer, even if there are none. */
type KindsByEvent<E extends { readonly type: string }, S extends string> = {
  readonly [T in S]: readonly MessageKind[];
} & {
  readonly [T in E['type']]?: readonly MessageKind[];
};

/** The messages of each event, by the category of the stream. */
const MESSAGES = {
  order: {
    OrderPlaced: ['order_confirmation', 'notification'],
    OrderReleased: ['order_status', 'notification'],
    OrderConfirmed: ['order_status', 'notification'],
    OrderProcessingStarted: ['order_status', 'notification'],
    OrderShipped: ['order_shipped', 'notification'],
    OrderOutForDelivery: ['order_status', 'notification'],
    OrderDelivered: ['order_delivered', 'shipment_status', 'notification'],
    ItemsShipped: ['order_shipped', 'notification'],
    ShipmentOutForDelivery: ['shipment_status', 'notification'],
    ShipmentDelivered: ['order_delivered', 'shipment_status', 'notification'],
    ShipmentFailed: ['shipment_status'],
    ShipmentReturnedToSender: ['shipment_status', 'notification'],
    ShipmentLost: ['shipment_status', 'notification'],
    ShipmentResolved: ['shipment_status', 'notification'],
    ItemsCancelled: ['order_items_cancelled'],
    OrderCancelled: ['order_cancelled', 'notification'],
    OrderReturned: ['order_status', 'notification'],
    OrderCredited: ['order_credited'],
    RefundAllocated: ['order_refunded', 'payout_due'],
    PaymentRefunded: ['order_refunded'],
    RefundResolved: ['order_refunded'],
    PaymentRefundFailed: ['refund_failed'],
    ReturnOpened: ['notification'],
    ReturnClosed: ['notification'],
  },
  return: {
    ReturnInitiated: ['return_requested'],
    ReturnApproved: ['return_approved'],
    ReturnRejected: ['return_rejected'],
    ReturnCancelled: ['return_status'],
    ReturnNotSent: ['return_not_sent'],
    ReturnPickupScheduled: ['return_status'],
    ReturnInTransit: [],
    ReturnReceived: ['return_status'],
    ReturnExchanged: [],
    ReturnProcessed: [],
    ReturnRefunded: ['return_refunded', 'return_exchanged'],
  },
  document: {
    /** The invoice goes with the message that the goods are on their way, a memo with that of its credit: they wait for it. */
    DocumentRendered: ['order_shipped', 'order_credited'],
  },
} as const satisfies {
  readonly order: KindsByEvent<OrderEvent, (typeof ORDER_TRANSITIONS)[number]['event']>;
  readonly return: KindsByEvent<ReturnEvent, (typeof RETURN_TRANSITIONS)[number]['event']>;
  readonly document: KindsByEvent<DocumentEvent, never>;
};

/** Those that lead to a message at all. An object literal has no keys but those of its type. */
const leading = <T extends { readonly [K in keyof T]: readonly MessageKind[] }>(
  kindsByEvent: T,
): readonly (keyof T)[] => (Object.keys(kindsByEvent) as (keyof T)[]).filter((type) => kindsByEvent[type].length > 0);

/** Events that lead to messages, by the category of their streams: what `notifyCustomers` follows. */
export const MESSAGE_EVENTS = {
  order: leading(MESSAGES.order),
  return: leading(MESSAGES.return),
  document: leading(MESSAGES.document),
} as const;

/** The kinds of message that an event leads to; events that lead to none are left out. */
export const MESSAGES_OF: ReadonlyMap<string, readonly MessageKind[]> = new Map(
  Object.values(MESSAGES)
    .flatMap((kindsByEvent) => Object.entries<readonly MessageKind[]>(kindsByEvent))
    .filter(([, kinds]) => kinds.length > 0),
);

export const messagesOf = (eventType: string): readonly MessageKind[] => MESSAGES_OF.get(eventType) ?? [];
