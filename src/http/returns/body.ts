import {
  refundStatusOf,
  refundedOfReturn,
  type ItemCondition,
  type ItemConditions,
  type ReturnWorth,
  type ReturnPersonal,
  wayOfReturn,
} from '../../domain/order/index.ts';
import { allowedReturnActions, type Return, type ReturnItem } from '../../domain/return/index.ts';
import { toMajor } from '../../domain/shared/amount-notation.ts';
import { isErased, type Personal, type Role } from '../../domain/shared/decider.ts';
import type { Minor } from '../../domain/shared/money.ts';
import { isStaff, type Viewer } from '../server/caller.ts';
import type { NamedReturn } from './find-return.ts';

type Major = (amount: Minor) => number;

const NOTHING_KNOWN: ReturnPersonal = {
  reason_description: null,
  return_address: null,
  notes: null,
  meta_data: null,
  conditions: {},
};

const textOf = (personal: Personal<string> | null): string | null => (typeof personal === 'string' ? personal : null);

/** Part of the same number as the return's: of an item that is worth less by now, the lower amount. */
const worthOfItem = ({ order_item_id }: ReturnItem, { items }: ReturnWorth): Minor =>
  items.find((item) => item.order_item_id === order_item_id)?.amount ?? 0;

/** Words that staff wrote are for staff. */
const mayRead = (viewer: Viewer, writer: Role): boolean => isStaff(viewer) || writer === 'customer';

/** What the customer said of each line; to staff what the warehouse saw, where it says anything. */
const conditionsFor = ({ personal, opened_by, inspected }: Return, viewer: Viewer) => {
  const said: ItemConditions = isErased(personal) || !mayRead(viewer, opened_by) ? {} : personal.conditions;
  const seen: ItemConditions = inspected === null || isErased(inspected) || !isStaff(viewer) ? {} : inspected;
  return (order_item_id: string): ItemCondition => ({
    condition: seen[order_item_id]?.condition ?? said[order_item_id]?.condition ?? null,
    condition_notes: seen[order_item_id]?.condition_notes ?? said[order_item_id]?.condition_notes ?? null,
  });
};

const itemBody = (
  item: ReturnItem,
  conditionOf: (id: string) => ItemCondition,
  { expected }: NamedReturn,
  major: Major,
) => ({
  id: item.id,
  order_item_id: item.order_item_id,
  product_id: item.product_id,
  product_name: item.product_name,
  product_sku: item.product_sku,
  quantity: item.quantity,
  received_quantity: item.received_quantity,
  accepted_quantity: item.accepted_quantity,
  refund_amount: major(worthOfItem(item, expected)),
  reason: item.reason,
  ...conditionOf(item.order_item_id),
  disposition: item.disposition,
});

/** Who reviewed, and what was noted, is told to staff. Of a rejection the customer reads the reason. */
const reviewBody = ({ review }: Return, viewer: Viewer, major: Major) =>
  review === null
    ? null
    : {
        decision: review.decision,
        notes: isStaff(viewer) ? textOf(review.notes) : null,
        refund_amount: review.refund_amount === null ? null : major(review.refund_amount),
        refund_shipping: review.adds_shipping,
        by: isStaff(viewer) ? review.by.id : null,
        at: review.at,
      };

const times = (one: Return) => ({
  created_at: one.created_at,
  updated_at: one.updated_at,
  approved_at: one.approved_at,
  pickup_scheduled_at: one.pickup_scheduled_at,
  received_at: one.received_at,
  processed_at: one.processed_at,
  refunded_at: one.refunded_at,
});

/** At most so much as the order stands now; once settled what was settled. */
const sums = ({ one, money, expected }: NamedReturn, major: Major) => ({
  refund_amount: major(expected.amount),
  refunded_amount: major(refundedOfReturn(money)),
  refund_method: wayOfReturn(money) ?? one.refund_method,
  refund_status: refundStatusOf(money),
  restocking_fee: major(money.settled_fee ?? one.restocking_fee),
  currency: one.currency,
});

/** A return as this caller may see it, in major units. */
export const returnBody = (named: NamedReturn, viewer: Viewer) => {
  const { id, one } = named;
  const erased = isErased(one.personal);
  const personal = isErased(one.personal) ? NOTHING_KNOWN : one.personal;
  const major: Major = (amount) => toMajor(amount, one.currency);
  const conditionOf = conditionsFor(one, viewer);
  return {
    id,
    return_number: one.return_number,
    order_id: one.order_id,
    order_number: one.order_number,
    status: one.status,
    previous_status: one.previous_status,
    reason: one.reason,
    reason_description: mayRead(viewer, one.opened_by) ? personal.reason_description : null,
    ...sums(named, major),
    items: one.items.map((item) => itemBody(item, conditionOf, named, major)),
    return_address: personal.return_address,
    tracking_number: one.tracking_number,
    notes: mayRead(viewer, one.notes_by) ? personal.notes : null,
    rejection_reason: textOf(one.rejection_reason),
    exchange: one.exchange,
    review: reviewBody(one, viewer, major),
    meta_data: personal.meta_data,
    allowed_actions: allowedReturnActions(one, viewer.role, named.money),
    ...(erased && { erased }),
    ...times(one),
  };
};

export type ReturnBody = ReturnType<typeof returnBody>;
