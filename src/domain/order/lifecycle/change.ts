import { accept, type Decision } from '../../shared/decider.ts';
import { rejectAction } from './allowed-actions.ts';
import type { AssignDeliveryPartner, ChangeDetails, ModifyItems } from '../commands.ts';
import type { OrderEvent } from '../events.ts';
import type { OrderSettings } from '../settings.ts';
import { priceLines } from '../pricing/price-lines.ts';
import type { OrderRejection } from '../rejections.ts';
import type { Order } from '../state.ts';
import type { OrderStatus } from './transitions.ts';

type Decided = Decision<OrderEvent, OrderRejection>;

/** Statuses in which the lines may still be replaced. */
export const MODIFIABLE_STATUSES: readonly OrderStatus[] = ['scheduled', 'pending', 'confirmed'];
const BEFORE_SHIPPING: readonly OrderStatus[] = [...MODIFIABLE_STATUSES, 'processing'];
const BEFORE_THE_DOOR: readonly OrderStatus[] = [...BEFORE_SHIPPING, 'shipped', 'out_for_delivery'];

/** New lines at the tax rate the order was placed with. */
export const modifyItems = ({ data, by }: ModifyItems, order: Order, policy: OrderSettings): Decided => {
  if (!MODIFIABLE_STATUSES.includes(order.status)) return rejectAction('order.items_locked', order, by.role, policy);
  const priced = priceLines(data.lines, order);
  if ('rejected' in priced) return priced;
  const { line_meta_data } = data;
  return accept({ type: 'OrderItemsModified', data: { lines: priced.lines, personal: { line_meta_data } } });
};

/** Notes and meta data at any time, the address until the parcel is on its way. */
export const changeDetails = ({ data, by }: ChangeDetails, order: Order, policy: OrderSettings): Decided => {
  const { notes, meta_data, shipping_address } = data;
  if (shipping_address !== undefined && !BEFORE_SHIPPING.includes(order.status)) {
    return rejectAction('order.address_locked', order, by.role, policy);
  }
  const personal = {
    ...(notes !== undefined && { notes }),
    ...(meta_data !== undefined && { meta_data }),
    ...(shipping_address !== undefined && { shipping_address }),
  };
  return Object.keys(personal).length === 0 ? accept() : accept({ type: 'OrderDetailsChanged', data: { personal } });
};

/** Who brings it. Naming the same partner again changes nothing. */
export const assignDeliveryPartner = (
  { data, by }: AssignDeliveryPartner,
  order: Order,
  policy: OrderSettings,
): Decided => {
  if (data.delivery_partner_id === order.delivery.partner_id) return accept();
  if (!BEFORE_THE_DOOR.includes(order.status)) return rejectAction('order.assignment_locked', order, by.role, policy);
  const { delivery_partner_id } = data;
  return accept({ type: 'DeliveryPartnerAssigned', data: { delivery_partner_id } });
};
