import type { DomainEvent } from '../domain/events.ts';
import type { MessageKind } from './kinds.ts';

/** Streams whose events lead to messages. */
export const MESSAGE_PREFIXES = ['order-', 'return-', 'document-'] as const;

/** What is told when. `reactors/tell-customers.ts` wakes the job for the same events. */
export const MESSAGES_OF = {
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
  ReturnReceived: ['return_status'],
  ReturnRefunded: ['return_refunded'],
  /** The invoice goes with the news that the goods are on their way, so that news waits for it. */
  DocumentRendered: ['order_shipped'],
} as const satisfies { readonly [T in DomainEvent['type']]?: readonly MessageKind[] };

const byType = new Map<string, readonly MessageKind[]>(Object.entries(MESSAGES_OF));

export const messagesOf = (eventType: string): readonly MessageKind[] => byType.get(eventType) ?? [];
