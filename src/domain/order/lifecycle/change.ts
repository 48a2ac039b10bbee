import type { Address } from '../../shared/address.ts';
import { accept, isErased, type Actor, type Decision } from '../../shared/decider.ts';
import { isChangedTooOften } from '../../shared/detail-changes.ts';
import { mayAddNotes, noteAdded } from '../../shared/notes.ts';
import { addLines } from './add-lines.ts';
import { isAnythingLeft, openShipments } from '../goods/shipments.ts';
import { rejectAction } from '../actions/allowed-actions.ts';
import type { AddItems, AddNote, AssignDeliveryPartner, ChangeDetails, ModifyItems } from '../vocabulary/commands.ts';
import type { LineMetaData, OrderEvent, OrderItemsModified, OrderLine } from '../vocabulary/events.ts';
import { isInvoiced, ledgerOf } from '../ledger/index.ts';
import type { OrderSettings } from '../settings.ts';
import { cutCredits } from '../pricing/cut-credits.ts';
import { keepLines } from '../pricing/keep-lines.ts';
import { priceLines } from '../pricing/price-lines.ts';
import type { ActionCode, OrderRejection } from '../vocabulary/rejections.ts';
import type { Order } from '../vocabulary/state.ts';
import { phaseOf, type OrderPhase } from '../vocabulary/transitions.ts';

type Decided = Decision<OrderEvent, OrderRejection>;

type Part = 'items' | 'more_items' | 'address' | 'delivery_partner';

/**
 * The parts that may still be changed in each phase: the items until they are packed; the address, and whether there
 * are more items, until the parcel is shipped, which causes the invoice.
 */
const CHANGEABLE: Readonly<Record<OrderPhase, readonly Part[]>> = {
  scheduled: ['items', 'more_items', 'address', 'delivery_partner'],
  waiting: ['items', 'more_items', 'address', 'delivery_partner'],
  preparing: ['more_items', 'address', 'delivery_partner'],
  in_delivery: ['delivery_partner'],
  delivered: [],
  undelivered: [],
  cancelled: [],
};

const mayChange = (part: Part, { status }: Order): boolean => CHANGEABLE[phaseOf(status)].includes(part);

/**
 * New lines at the tax rate with which the order was placed. A line that stays keeps its id and the data attached to
 * it.
 */
export const modifyItems = ({ data, by }: ModifyItems, order: Order, settings: OrderSettings): Decided => {
  const rejection = whyLocked('items', { order, by, settings });
  if (rejection !== undefined) return rejection;
  const { lines: wanted, line_meta_data } = keepLines(data, order.lines);
  const priced = priceLines(wanted, order);
  return 'rejected' in priced ? priced : withLines(order, { ...data, lines: priced.lines, line_meta_data });
};

/**
 * Further lines at the tax rate with which the order was placed, until the invoice. The tax is computed as if all lines
 * had been ordered at once; units that were cancelled stay cancelled.
 */
export const addItems = ({ data, by }: AddItems, order: Order, settings: OrderSettings): Decided => {
  const rejection = whyLocked('more_items', { order, by, settings });
  if (rejection !== undefined) return rejection;
  const priced = addLines(data.lines, order);
  if ('rejected' in priced) return priced;
  const before = isErased(order.personal) ? {} : order.personal.line_meta_data;
  return withLines(order, {
    lines: priced.lines,
    line_meta_data: { ...before, ...data.line_meta_data },
    overrides_catalogue: order.overrides_catalogue || data.overrides_catalogue === true,
  });
};

type NewLines = {
  readonly lines: readonly OrderLine[];
  readonly line_meta_data: LineMetaData;
  readonly overrides_catalogue?: boolean;
};

const withLines = (order: Order, { lines, line_meta_data, overrides_catalogue }: NewLines) =>
  accept<OrderItemsModified>({
    type: 'OrderItemsModified',
    data: {
      lines,
      ...(overrides_catalogue === true && { overrides_catalogue }),
      credits: cutCredits(order, lines),
      personal: { line_meta_data },
    },
  });

type Changing = { readonly order: Order; readonly by: Actor; readonly settings: OrderSettings };

/** One rule for items that are replaced and items that are added. */
const whyLocked = (part: 'items' | 'more_items', { order, by, settings }: Changing): OrderRejection | undefined => {
  const lock = itemsLock(part, { order, by, settings });
  if (lock !== undefined) return rejectAction(lock, order, by.role, settings);
  return isChangedTooOften(order) ? tooManyChanges(order) : undefined;
};

/**
 * A customer may not change prices that staff set, nor items that are paid for, unless prices come from the catalogue,
 * nor add any once the goods are packed.
 */
const itemsLock = (
  part: 'items' | 'more_items',
  { order, by: { role }, settings: { customerPrices } }: Changing,
): ActionCode | undefined => {
  if (!mayChange(role === 'customer' ? 'items' : part, order)) return 'order.items_locked';
  if (role !== 'customer') return undefined;
  if (isPricedByStaff(order)) return 'order.items_priced_by_staff';
  const { balance, being_paid } = ledgerOf(order);
  return balance + being_paid > 0 && customerPrices !== 'catalogue' ? 'order.items_paid' : undefined;
};

const isPricedByStaff = ({ priced_by, lines, overrides_catalogue }: Order): boolean =>
  priced_by !== 'customer' &&
  (overrides_catalogue || lines.some(({ own_tax, discount }) => own_tax === true || discount > 0));

/**
 * The billing address after a change. One that equals the shipping address, by default or as sent, changes with it until
 * the invoice; `null` makes it the default again.
 */
const billedTo = (
  order: Order,
  { shipping_address, billing_address }: Pick<ChangeDetails['data'], 'shipping_address' | 'billing_address'>,
): { readonly billing_address?: Address | null } => {
  if (billing_address !== undefined && billing_address !== null) return { billing_address };
  const { personal } = order;
  const known = isErased(personal) ? null : personal;
  if (billing_address === null) return { billing_address: shipping_address ?? known?.shipping_address ?? null };
  return shipping_address !== undefined &&
    !isBilled(order) &&
    JSON.stringify(known?.billing_address) === JSON.stringify(known?.shipping_address)
    ? { billing_address: shipping_address }
    : {};
};

/** The invoice is caused: what it says of the customer stays. An imported order had the invoice of its source. */
const isBilled = (order: Order): boolean => isInvoiced(order) || order.shipped_at !== null;

const tooManyChanges = ({ detail_changes }: Order): OrderRejection => ({
  rejected: 'order.too_many_changes',
  changes: detail_changes,
});

/** A note of staff, visible to customers or not. */
export const addNote = ({ data, by }: AddNote, order: Order, settings: OrderSettings): Decided => {
  if (!mayAddNotes(by)) return rejectAction('order.action_not_permitted', order, by.role, settings);
  return isChangedTooOften(order) ? tooManyChanges(order) : accept(noteAdded(data));
};

/**
 * Notes and meta data may change at any time; name, e-mail and billing address until the invoice. Notes of staff are a
 * list of their own; the customer's stay.
 */
export const changeDetails = ({ data, by }: ChangeDetails, order: Order, settings: OrderSettings): Decided => {
  const { notes, visible_to_customer = false, meta_data, shipping_address, billing_address } = data;
  const { customer_email, customer_name } = data;
  const isBilling = [customer_email, customer_name, billing_address].some((value) => value !== undefined);
  if (isBilling && isBilled(order)) return rejectAction('order.billing_locked', order, by.role, settings);
  if (shipping_address !== undefined && !mayChangeAddress(order, by)) {
    return rejectAction('order.address_locked', order, by.role, settings);
  }
  if (isChangedTooOften(order)) return tooManyChanges(order);
  const isCustomers = by.role === 'customer';
  const personal = {
    ...(notes !== undefined && isCustomers && { notes }),
    ...(meta_data !== undefined && { meta_data }),
    ...(shipping_address !== undefined && { shipping_address }),
    ...billedTo(order, data),
    ...(customer_email !== undefined && { customer_email }),
    ...(customer_name !== undefined && { customer_name }),
  };
  const changed: OrderEvent = { type: 'OrderDetailsChanged', data: { personal } };
  const noted = typeof notes === 'string' && !isCustomers ? [noteAdded({ text: notes, visible_to_customer })] : [];
  return { accepted: [...(Object.keys(personal).length === 0 ? [] : [changed]), ...noted] };
};

/**
 * The address until the parcel is shipped; for staff again while units are left and nothing is on its way, as when a parcel
 * came back and is sent again.
 */
const mayChangeAddress = (order: Order, { role }: Actor): boolean =>
  mayChange('address', order) ||
  (role === 'admin' && order.shipments.length > 0 && isAnythingLeft(order) && openShipments(order).length === 0);

/** Assigns the courier. Assigning the same courier again changes nothing. */
export const assignDeliveryPartner = (
  { data, by }: AssignDeliveryPartner,
  order: Order,
  settings: OrderSettings,
): Decided => {
  if (data.delivery_partner_id === order.delivery.partner_id) return accept();
  if (!mayChange('delivery_partner', order)) return rejectAction('order.assignment_locked', order, by.role, settings);
  const { delivery_partner_id } = data;
  return accept({ type: 'DeliveryPartnerAssigned', data: { delivery_partner_id } });
};
