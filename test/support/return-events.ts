import {
  type ReturnEvent,
  type ReturnInitiated,
  type ReturnStatus,
  type TakeReturnAction,
} from '../../src/domain/return/index.ts';
import { type Actor } from '../../src/domain/shared/decider.ts';
import { NOON } from './decider-spec.ts';
import { ADMIN } from './order-commands.ts';

export const initiated: ReturnInitiated = {
  type: 'ReturnInitiated',
  data: {
    return_number: 'RET-2026-000001',
    order_id: 'o-1',
    order_number: 'ORD-2026-000001',
    customer_id: 'c-1',
    currency: 'EUR',
    reason: 'defective',
    forced: false,
    estimate: 2858,
    items: [
      {
        id: 'r-1/line-mug',
        order_item_id: 'line-mug',
        product_id: 'p-mug',
        product_name: 'Mug',
        product_sku: 'MUG',
        quantity: 2,
        refund_amount: 2858,
        reason: null,
      },
    ],
    personal: {
      reason_description: 'handle came off',
      return_address: null,
      notes: null,
      meta_data: null,
      conditions: { 'line-mug': { condition: 'used', condition_notes: null } },
    },
  },
};
export const approved: ReturnEvent = { type: 'ReturnApproved', data: { reviewed: false, reviewed_amount: null } };
export const rejected: ReturnEvent = {
  type: 'ReturnRejected',
  data: { reviewed: false, personal: { reason: 'worn out' } },
};
export const cancelled: ReturnEvent = { type: 'ReturnCancelled', data: {} };
export const notSent: ReturnEvent = { type: 'ReturnNotSent', data: {} };
export const scheduled: ReturnEvent = { type: 'ReturnPickupScheduled', data: {} };
export const inTransit: ReturnEvent = { type: 'ReturnInTransit', data: {} };
export const received = (quantity: number): ReturnEvent => ({
  type: 'ReturnReceived',
  data: { items: [{ order_item_id: 'line-mug', received_quantity: quantity }] },
});
export const processed = (
  accepted_quantity: number,
  disposition: 'restock' | 'scrap' | 'return_to_customer' = 'restock',
): ReturnEvent => ({
  type: 'ReturnProcessed',
  data: {
    items: [{ order_item_id: 'line-mug', accepted_quantity, disposition }],
    restocking_fee: 0,
    refund_method: 'original_payment',
  },
});
export const refunded: ReturnEvent = { type: 'ReturnRefunded', data: { refunded_amount: 2858 } };

export const moving = [initiated, approved, scheduled, inTransit];
export const pathOf: Readonly<Record<ReturnStatus, readonly ReturnEvent[]>> = {
  initiated: [initiated],
  approved: [initiated, approved],
  pickup_scheduled: [initiated, approved, scheduled],
  in_transit: moving,
  received: [...moving, received(2)],
  processed: [...moving, received(2), processed(2)],
  refunded: [...moving, received(2), processed(2), refunded],
  rejected: [initiated, rejected],
  cancelled: [initiated, cancelled],
  not_sent: [initiated, approved, notSent],
};

export const take = (
  action: string,
  more: Omit<TakeReturnAction['data'], 'action'> & { readonly by?: Actor } = {},
): TakeReturnAction => {
  const { by = ADMIN, ...data } = more;
  return { type: 'TakeReturnAction', data: { action, ...data }, at: NOON, by };
};
