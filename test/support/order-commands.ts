import type {
  AddItems,
  CancelItems,
  HoldOrder,
  ModifyItems,
  MoveShipment,
  OrderLine,
  PlaceOrder,
  ReleaseHold,
  RequestedLine,
  ShipItems,
  TakeOrderAction,
} from '../../src/domain/order/index.ts';
import type { Actor } from '../../src/domain/shared/decider.ts';
import { NOON } from './decider-spec.ts';
import { personalOf } from './orders.ts';

export const ADMIN: Actor = { id: 'admin', role: 'admin' };
export const CUSTOMER: Actor = { id: 'c-1', role: 'customer' };
export const COURIER: Actor = { id: 'd-1', role: 'delivery_partner' };

export const mug = (changes: Partial<RequestedLine> = {}): RequestedLine => ({
  id: 'line-mug',
  product_id: 'p-mug',
  product_name: 'Mug',
  product_sku: 'MUG',
  product_description: null,
  unit_price: 1299,
  quantity: 2,
  ...changes,
});

/** A line of 50.00 with 5.00 tax, named after its product. */
export const fiftyLine = (product_id: string, changes: Partial<RequestedLine> = {}): RequestedLine =>
  mug({ id: product_id, product_id, unit_price: 5000, quantity: 1, ...changes });

export const pricedMug = (changes: Partial<OrderLine> = {}): OrderLine => ({
  ...mug(),
  discount: 0,
  tax: 260,
  ...changes,
});

export const place = (changes: Partial<PlaceOrder['data']> = {}, at = NOON): PlaceOrder => ({
  type: 'PlaceOrder',
  data: {
    order_number: 'ORD-2026-000001',
    customer_id: 'c-1',
    currency: 'EUR',
    tax_rate: '0.1',
    shipping_cost: 500,
    payment_method: null,
    scheduled_for: null,
    lines: [mug()],
    personal: personalOf('Ana'),
    ...changes,
  },
  at,
  by: CUSTOMER,
});

/** Two lines of 50.00 with 5.00 tax each, and 5.00 shipping: 115.00. */
export const placeFifties = (one: string, other: string, changes: Partial<PlaceOrder['data']> = {}): PlaceOrder =>
  place({ currency: 'USD', lines: [fiftyLine(one), fiftyLine(other)], shipping_cost: 500, ...changes });

export const take = (
  action: string,
  more: Omit<TakeOrderAction['data'], 'action'> & { readonly by?: Actor; readonly at?: string } = {},
): TakeOrderAction => {
  const { by = ADMIN, at = NOON, ...data } = more;
  return { type: 'TakeOrderAction', data: { action, ...data }, at, by };
};

export const modify = (lines: readonly RequestedLine[]): ModifyItems => ({
  type: 'ModifyItems',
  data: { lines, line_meta_data: {} },
  at: NOON,
  by: CUSTOMER,
});

export const addItems = (lines: readonly RequestedLine[], by: Actor = CUSTOMER): AddItems => ({
  type: 'AddItems',
  data: { lines, line_meta_data: {} },
  at: NOON,
  by,
});

export const hold = (
  reason_category: HoldOrder['data']['reason_category'] = 'fraud_check',
  by: Actor = ADMIN,
): HoldOrder => ({ type: 'HoldOrder', data: { reason_category }, at: NOON, by });

export const releaseHold = (by: Actor = ADMIN): ReleaseHold => ({ type: 'ReleaseHold', data: {}, at: NOON, by });
/** Ships units; without items everything that is left. */
export const ship = (items?: ShipItems['data']['items'], changes: Partial<ShipItems['data']> = {}): ShipItems => ({
  type: 'ShipItems',
  data: { items, ...changes },
  at: NOON,
  by: ADMIN,
});

export const move = (
  shipment_id: string,
  action: MoveShipment['data']['action'],
  changes: Partial<MoveShipment['data']> = {},
): MoveShipment => ({ type: 'MoveShipment', data: { shipment_id, action, ...changes }, at: NOON, by: ADMIN });

export const cancelItems = (items: CancelItems['data']['items'], by: Actor = ADMIN): CancelItems => ({
  type: 'CancelItems',
  data: { items, reason_category: 'out_of_stock' },
  at: NOON,
  by,
});
