import type { Minor } from '../shared/money.ts';
import type { ReturnAction, ReturnStatus } from './transitions.ts';

export type ReturnActionContext = {
  readonly current_status: ReturnStatus;
  readonly allowed_actions: readonly ReturnAction[];
};

export type ReturnActionCode =
  | 'return.invalid_transition'
  | 'return.action_not_permitted'
  | 'return.tracking_locked'
  | `return.already_${ReturnStatus}`;

/** Rejections of a return. Those of its order are in `order/rejections.ts`. */
export type ReturnRejection =
  | { readonly rejected: 'return.not_found' | 'return.reason_required' }
  | { readonly rejected: 'return.too_many_changes'; readonly changes: number }
  | { readonly rejected: 'return.unknown_action'; readonly action: string; readonly known_actions: readonly string[] }
  | { readonly rejected: 'return.unknown_item' | 'return.duplicate_item'; readonly order_item_id: string }
  | {
      readonly rejected: 'return.quantity_out_of_range';
      readonly order_item_id: string;
      readonly field: 'received_quantity' | 'accepted_quantity';
      readonly most: number;
    }
  | { readonly rejected: 'return.invalid_restocking_fee' }
  | { readonly rejected: 'return.fee_exceeds_value'; readonly value: Minor }
  | { readonly rejected: 'return.review_amount_out_of_range'; readonly estimate: Minor }
  | ({ readonly rejected: ReturnActionCode } & ReturnActionContext);
