import type { OpenReturnInput } from '../../commands/index.ts';
import type { ItemConditions, RequestedReturnItem } from '../../domain/order/index.ts';
import type { Caller } from '../server/caller.ts';
import { rejectForce } from '../server/reject-force.ts';
import type { OpenReturnBody, ReturnItemRequest } from './schemas.ts';

const requested = ({ order_item_id, quantity, reason }: ReturnItemRequest): RequestedReturnItem => ({
  order_item_id: order_item_id.toLowerCase(),
  quantity,
  reason: reason ?? null,
});

const conditionsOf = (items: readonly ReturnItemRequest[]): ItemConditions =>
  Object.fromEntries(
    items.flatMap(({ order_item_id, condition = null, condition_notes = null }) =>
      condition === null && condition_notes === null
        ? []
        : [[order_item_id.toLowerCase(), { condition, condition_notes }]],
    ),
  );

/** A return as asked for over HTTP; without items it is everything that is left. */
export const openReturnInput = (order_id: string, body: OpenReturnBody, caller: Caller): OpenReturnInput => {
  rejectForce(body, caller);
  const { items } = body;
  return {
    order_id,
    reason: body.reason ?? 'other',
    items: items?.map(requested) ?? null,
    force: body.force ?? false,
    personal: {
      reason_description: body.reason_description ?? null,
      return_address: body.return_address ?? null,
      notes: body.notes ?? null,
      meta_data: body.meta_data ?? null,
      conditions: conditionsOf(items ?? []),
    },
  };
};
