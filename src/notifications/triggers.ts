import type { DomainEvent } from '../domain/events.ts';
import type { ORDER_TRANSITIONS } from '../domain/order/index.ts';
import type { RETURN_TRANSITIONS } from '../domain/return/index.ts';
import type { MessageKind } from './kinds.ts';

/** Streams whose events lead to messages. */
export const MESSAGE_PREFIXES = ['order-', 'return-', 'document-'] as const;

/** Every event that changes a status says what its customer is told, even if that is nothing. */
type StatusEvent = (typeof ORDER_TRANSITIONS | typeof RETURN_TRANSITIONS)[number]['event'];
type Told = { readonly [T in StatusEvent]: readonly MessageKind[] } & {
  readonly [T in DomainEvent['type']]?: readonly MessageKind[];
};

/** What is told when. */
const TOLD = {
  OrderPlaced: ['order_confirmation', 'notification'],
  OrderReleased: ['order_status', 'notification'],
  OrderConfirmed: ['order_status', 'notification'],
  OrderProcessingStarted: ['order_status', 'notification'],
  OrderShipped: ['notification'],
  OrderOutForDelivery: ['order_status', 'notification'],
  OrderDelivered: ['order_delivered', 'notification'],
  OrderCancelled: ['order_cancelled', 'notification'],
  OrderReturned: ['order_status', 'notification'],
  PaymentRefunded: ['order_refunded'],
  ReturnOpened: ['notification'],
  ReturnClosed: ['notification'],
  ReturnInitiated: ['return_requested'],
  ReturnApproved: ['return_approved'],
  ReturnRejected: ['return_rejected'],
  ReturnCancelled: ['return_status'],
  ReturnPickupScheduled: ['return_status'],
  ReturnInTransit: [],
  ReturnReceived: ['return_status'],
  ReturnProcessed: [],
  ReturnRefunded: ['return_refunded'],
  /** The invoice goes with the news that the goods are on their way, so that news waits for it. */
  DocumentRendered: ['order_shipped'],
} as const satisfies Told;

/** The kinds of message that an event leads to; events that lead to none are left out. `notifyCustomers` follows these. */
export const MESSAGES_OF: ReadonlyMap<string, readonly MessageKind[]> = new Map(
  Object.entries(TOLD).filter(([, kinds]) => kinds.length > 0),
);

export const messagesOf = (eventType: string): readonly MessageKind[] => MESSAGES_OF.get(eventType) ?? [];
