import type { ShipmentResolution, ShipmentStatus } from './shipment.ts';
import type { Minor } from '../../shared/money.ts';
import type { ShipmentAction } from './shipment-transitions.ts';
import type { RefundState } from './state.ts';
import type { OrderAction, OrderStatus } from './transitions.ts';

/** The status of the order, and the actions that the caller may take instead. */
type ActionContext = { readonly current_status: OrderStatus; readonly allowed_actions: readonly OrderAction[] };

/** A line that cannot be ordered. `line` is its index as sent. */
export type LineRejection =
  | {
      readonly rejected: 'order.invalid_line';
      readonly line: number;
      readonly field: 'quantity' | 'unit_price' | 'discount' | 'tax';
      readonly expected: string;
    }
  | {
      readonly rejected: 'order.discount_exceeds_line';
      readonly line: number;
      readonly discount: Minor;
      readonly line_total: Minor;
    }
  | { readonly rejected: 'order.invalid_line_count'; readonly lines: number; readonly expected: string }
  | {
      readonly rejected: 'order.amount_too_large';
      /** The amount that is too large: a line's total, the subtotal, or the total. */
      readonly amount: 'line_total' | 'subtotal' | 'total';
      readonly line: number | null;
    };

/** A payment or refund that is not possible. */
export type MoneyRejection =
  | ({
      readonly rejected: 'payment.exceeds_amount_due';
      readonly amount_due: Minor;
      /** Already in progress. */
      readonly in_flight: Minor;
    } & ActionContext)
  | { readonly rejected: 'refund.nothing_refundable' | 'refund.nothing_to_credit' | 'refund.invalid_amount' }
  | { readonly rejected: 'refund.exceeds_refundable'; readonly requested: Minor; readonly refundable: Minor }
  | { readonly rejected: 'refund.exceeds_creditable'; readonly requested: Minor; readonly creditable: Minor }
  | ({ readonly rejected: 'refund.unknown_item' | 'refund.duplicate_item' } & OfItem)
  | ({ readonly rejected: 'refund.invalid_quantity'; readonly creditable: number } & OfItem)
  | ({
      readonly rejected: 'refund.restock_not_possible';
      /** Units that can be put into stock with a credit. */
      readonly restockable: number;
    } & OfItem)
  | { readonly rejected: 'refund.not_found' | 'refund.in_progress' | 'refund.not_failed' | 'refund.not_owed' }
  | { readonly rejected: 'refund.payment_required' | 'refund.store_credit_only' }
  | { readonly rejected: 'refund.already_ended'; readonly refund_status: RefundState }
  | { readonly rejected: 'refund.still_overpaid'; readonly overpaid: Minor };

type OfItem = { readonly order_item_id: string };
type NamedItem = OfItem & { readonly product_name: string };

/** A return that cannot be opened, settled or refunded. */
export type ReturnRejection =
  | { readonly rejected: 'return.not_found' | 'return.nothing_left' | 'return.not_settled' }
  | ({ readonly rejected: 'return.item_not_returnable' } & NamedItem)
  | ({
      readonly rejected: 'return.window_closed';
      readonly window_days: number;
      /** The last moment at which it could be returned. */
      readonly returnable_until: string;
    } & NamedItem)
  | ({ readonly rejected: 'return.unknown_item' | 'return.duplicate_item' | 'return.invalid_quantity' } & OfItem)
  | ({
      readonly rejected: 'return.quantity_exceeds_returnable';
      readonly requested: number;
      readonly returnable: number;
    } & OfItem)
  | ({ readonly rejected: 'return.accepted_exceeds_requested'; readonly requested: number } & OfItem)
  | { readonly rejected: 'return.refund_in_progress'; readonly pending: Minor };

/** A shipment that cannot be made or moved. */
export type ShipmentRejection =
  | { readonly rejected: 'shipment.not_found' }
  | { readonly rejected: 'shipment.nothing_left'; readonly current_status: OrderStatus }
  | ({ readonly rejected: 'shipment.unknown_item' | 'shipment.duplicate_item' | 'shipment.invalid_quantity' } & OfItem)
  | {
      readonly rejected: 'shipment.more_than_left';
      /** How many units of each line are left. */
      readonly left: readonly { readonly order_item_id: string; readonly left: number }[];
    }
  | {
      readonly rejected: 'shipment.resolution_not_possible' | 'shipment.restock_not_possible';
      readonly action: ShipmentAction;
    }
  | ({ readonly rejected: 'shipment.more_than_shipped'; readonly shipped: number } & OfItem)
  | {
      readonly rejected: 'shipment.invalid_transition';
      readonly shipment_status: ShipmentStatus;
      readonly resolution: ShipmentResolution | null;
      readonly allowed_actions: readonly ShipmentAction[];
    };

export type OrderRejection =
  | { readonly rejected: 'order.not_found' }
  | { readonly rejected: 'order.already_placed' }
  | { readonly rejected: 'order.scheduled_in_the_past'; readonly scheduled_for: string }
  | { readonly rejected: 'order.unknown_action'; readonly action: string; readonly known_actions: readonly string[] }
  | { readonly rejected: 'order.cancel_reason_required' }
  | { readonly rejected: 'order.too_many_changes'; readonly changes: number }
  | { readonly rejected: 'order.cancel_reason_length'; readonly length: number; readonly expected: string }
  | ({ readonly rejected: 'order.payment_required'; readonly amount_due: Minor } & ActionContext)
  | { readonly rejected: 'feedback.already_given' }
  | { readonly rejected: 'feedback.invalid_rating'; readonly rating: number }
  | ({ readonly rejected: ActionCode } & ActionContext)
  | LineRejection
  | MoneyRejection
  | ReturnRejection
  | ShipmentRejection;

export type ActionCode =
  | 'order.invalid_transition'
  | `order.already_${OrderStatus}`
  | 'order.action_not_permitted'
  | 'order.cancel_items_required'
  | 'order.items_locked'
  | 'order.items_priced_by_staff'
  | 'order.items_paid'
  | 'order.address_locked'
  | 'order.billing_locked'
  | 'order.assignment_locked'
  | 'order.not_under_way'
  | 'order.captured_money_left'
  | 'order.held'
  | 'order.already_held'
  | 'order.not_held'
  | 'return.order_not_returnable'
  | 'feedback.order_not_delivered';
