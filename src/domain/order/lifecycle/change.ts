import { accept, type Decision } from '../../shared/decider.ts';
import { rejectAction } from './allowed-actions.ts';
import type { AssignDeliveryPartner, ChangeDetails, ModifyItems } from '../commands.ts';
import type { OrderEvent } from '../events.ts';
import type { OrderSettings } from '../settings.ts';
import { priceLines } from '../pricing/price-lines.ts';
import type { OrderRejection } from '../rejections.ts';
import type { Order } from '../state.ts';
import { phaseOf, type OrderPhase } from './transitions.ts';

type Decided = Decision<OrderEvent, OrderRejection>;

type Part = 'items' | 'address' | 'delivery_partner';

/** What may still be changed in each phase: the items until they are packed, the address until the parcel leaves. */
const CHANGEABLE: Readonly<Record<OrderPhase, readonly Part[]>> = {
  scheduled: ['items', 'address', 'delivery_partner'],
  waiting: ['items', 'address', 'delivery_partner'],
  preparing: ['address', 'delivery_partner'],
  in_delivery: ['delivery_partner'],
  delivered: [],
  cancelled: [],
};

const mayChange = (part: Part, { status }: Order): boolean => CHANGEABLE[phaseOf(status)].includes(part);

/** New lines at the tax rate the order was placed with. */
export const modifyItems = ({ data, by }: ModifyItems, order: Order, settings: OrderSettings): Decided => {
  if (!mayChange('items', order)) return rejectAction('order.items_locked', order, by.role, settings);
  const priced = priceLines(data.lines, order);
  if ('rejected' in priced) return priced;
  const { line_meta_data } = data;
  return accept({ type: 'OrderItemsModified', data: { lines: priced.lines, personal: { line_meta_data } } });
};

/** Notes and meta data may change at any time. */
export const changeDetails = ({ data, by }: ChangeDetails, order: Order, settings: OrderSettings): Decided => {
  const { notes, meta_data, shipping_address } = data;
  if (shipping_address !== undefined && !mayChange('address', order)) {
    return rejectAction('order.address_locked', order, by.role, settings);
  }
  const personal = {
    ...(notes !== undefined && { notes }),
    ...(meta_data !== undefined && { meta_data }),
    ...(shipping_address !== undefined && { shipping_address }),
  };
  return Object.keys(personal).length === 0 ? accept() : accept({ type: 'OrderDetailsChanged', data: { personal } });
};

/** Who delivers it. Naming the same partner again changes nothing. */
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
