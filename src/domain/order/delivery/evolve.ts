import type { Shipment } from '../vocabulary/shipment.ts';
import type { ItemUnits } from '../vocabulary/unit-ranges.ts';
import { match } from 'ts-pattern';
import type { Fact, Instant } from '../../shared/decider.ts';
import type { Changes } from '../../shared/fold.ts';
import type { CausesInvoice, OrderDeliveryEvent, Tracking } from '../vocabulary/events.ts';
import { movedTo, statusOfGoods, type Goods } from '../goods/goods-status.ts';
import { phaseOf } from '../vocabulary/transitions.ts';
import type { Invoiced, Order } from '../vocabulary/state.ts';
import { everythingToShip, isOpen, lastDelivery } from '../goods/shipments.ts';
import { movesShipment, type ShipmentAction } from '../vocabulary/shipment-transitions.ts';

type DeliveryFact = Fact<OrderDeliveryEvent>;

const follow = (order: Order, fact: DeliveryFact): Partial<Order> => withShipments(order, shipmentsAfter(order, fact));

const leave = (
  order: Order,
  fact: Extract<DeliveryFact, { readonly type: 'OrderShipped' | 'ItemsShipped' | 'OrderOutForDelivery' }>,
): Partial<Order> => ({
  ...follow(order, fact),
  shipped_at: order.shipped_at ?? fact.at,
  invoices: withInvoice(order.invoices, fact),
});

export const DELIVERY_CHANGES: Changes<DeliveryFact, Order> = {
  OrderShipped: leave,
  ItemsShipped: leave,
  OrderOutForDelivery: leave,
  OrderDelivered: follow,
  ShipmentOutForDelivery: follow,
  ShipmentDelivered: follow,
  ShipmentFailed: follow,
  ShipmentReturnedToSender: follow,
  ShipmentLost: follow,
  ShipmentResolved: follow,
  ShipmentDetailsChanged: follow,
};

/** The shipments of an order after a fact about them. */
export const shipmentsAfter = (goods: Goods, fact: DeliveryFact): readonly Shipment[] => {
  const { shipments } = goods;
  const { at } = fact;
  const changed = (shipment_id: string, change: (one: Shipment) => Shipment) =>
    shipments.map((one) => (one.shipment_id === shipment_id ? change(one) : one));
  return match(fact)
    .returnType<readonly Shipment[]>()
    .with({ type: 'OrderShipped' }, ({ data }) => [
      ...shipments,
      shipmentOf(data.shipment_id, everythingToShip(goods), { at, tracking: data }),
    ])
    .with({ type: 'ItemsShipped' }, ({ data }) => [
      ...shipments,
      shipmentOf(data.shipment_id, data.items, { at, tracking: data }),
    ])
    .with({ type: 'OrderOutForDelivery' }, ({ data: { shipment_id } }) => [
      ...shipments.map((one) => moved(one, 'out_for_delivery', at)),
      ...(shipment_id === null ? [] : [takenAlong(shipment_id, goods, at)]),
    ])
    .with({ type: 'OrderDelivered' }, () => shipments.map((one) => moved(one, 'deliver', at)))
    .with({ type: 'ShipmentOutForDelivery' }, ({ data }) =>
      changed(data.shipment_id, (one) => moved(one, 'out_for_delivery', at)),
    )
    .with({ type: 'ShipmentDelivered' }, ({ data }) => changed(data.shipment_id, (one) => moved(one, 'deliver', at)))
    .with({ type: 'ShipmentFailed' }, ({ data }) => changed(data.shipment_id, (one) => moved(one, 'fail', at)))
    .with({ type: 'ShipmentReturnedToSender' }, ({ data: { shipment_id, resolution, restocked } }) =>
      changed(shipment_id, (one) => ({
        ...moved(one, 'returned_to_sender', at),
        resolution,
        ...(restocked && { restocked }),
      })),
    )
    .with({ type: 'ShipmentLost' }, ({ data: { shipment_id, resolution } }) =>
      changed(shipment_id, (one) => ({ ...moved(one, 'lost', at), resolution })),
    )
    .with({ type: 'ShipmentResolved' }, ({ data: { shipment_id, resolution, restocked } }) =>
      changed(shipment_id, (one) => ({ ...one, resolution, ...(restocked && { restocked }) })),
    )
    .with({ type: 'ShipmentDetailsChanged' }, ({ data: { shipment_id, ...tracking } }) =>
      changed(shipment_id, (one) => ({ ...one, ...tracking })),
    )
    .exhaustive();
};

const shipmentOf = (
  shipment_id: string,
  items: readonly ItemUnits[],
  { at, tracking }: { readonly at: Instant; readonly tracking?: Tracking },
): Shipment => ({
  shipment_id,
  items,
  carrier: tracking?.carrier ?? null,
  tracking_number: tracking?.tracking_number ?? null,
  tracking_url: tracking?.tracking_url ?? null,
  status: 'shipped',
  resolution: null,
  by_courier: false,
  shipped_at: at,
  delivered_at: null,
});

/** What a courier of the shop takes along. */
const takenAlong = (shipment_id: string, goods: Goods, at: Instant): Shipment => ({
  ...shipmentOf(shipment_id, everythingToShip(goods), { at }),
  status: 'out_for_delivery',
  by_courier: true,
});

const STATUS_AFTER = {
  out_for_delivery: 'out_for_delivery',
  deliver: 'delivered',
  fail: 'failed',
  returned_to_sender: 'returned_to_sender',
  lost: 'lost',
} as const satisfies Record<ShipmentAction, Shipment['status']>;

/** A shipment from which the action leads nowhere stays as it is. */
const moved = (one: Shipment, action: ShipmentAction, at: Instant): Shipment =>
  isOpen(one) && movesShipment(action, one.status)
    ? { ...one, status: STATUS_AFTER[action], ...(action === 'deliver' && { delivered_at: at }) }
    : one;

/** The order follows its shipments. It was delivered when its last parcel was. */
export const withShipments = (order: Order, shipments: readonly Shipment[]): Partial<Order> => {
  const status = statusOfGoods({ ...order, shipments });
  const hasArrived = order.delivered_at === null && phaseOf(status) === 'delivered';
  return {
    shipments,
    ...movedTo(order, status),
    ...(hasArrived && { delivered_at: lastDelivery({ shipments }) }),
  };
};

/** An invoice with parts is that of its shipment. */
const withInvoice = (
  invoices: Order['invoices'],
  { at, data }: { readonly at: Instant; readonly data: CausesInvoice & { readonly shipment_id: string | null } },
): readonly Invoiced[] => {
  const { invoice, shipment_id } = data;
  if (invoice === null) return invoices;
  const { amount, parts } = invoice;
  return [...invoices, { amount, at, shipment_id: parts === undefined ? null : shipment_id, parts: parts ?? null }];
};
