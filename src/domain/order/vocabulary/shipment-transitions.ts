import type { OrderEvent } from './events.ts';
import type { ShipmentStatus } from './shipment.ts';

type Row = {
  readonly action: string;
  readonly from: readonly (ShipmentStatus | 'none')[];
  readonly to: readonly ShipmentStatus[];
  readonly event: OrderEvent['type'];
};

/** The one table of what can happen to a shipment. */
export const SHIPMENT_TRANSITIONS = [
  { action: 'ship', from: ['none'], to: ['shipped'], event: 'ItemsShipped' },
  {
    action: 'out_for_delivery',
    from: ['shipped', 'failed'],
    to: ['out_for_delivery'],
    event: 'ShipmentOutForDelivery',
  },
  {
    action: 'deliver',
    from: ['shipped', 'out_for_delivery', 'failed'],
    to: ['delivered'],
    event: 'ShipmentDelivered',
  },
  { action: 'fail', from: ['shipped', 'out_for_delivery'], to: ['failed'], event: 'ShipmentFailed' },
  {
    action: 'returned_to_sender',
    from: ['shipped', 'out_for_delivery', 'failed'],
    to: ['returned_to_sender'],
    event: 'ShipmentReturnedToSender',
  },
  { action: 'lost', from: ['shipped', 'out_for_delivery', 'failed'], to: ['lost'], event: 'ShipmentLost' },
] as const satisfies readonly Row[];

/** A verb that staff may request for a shipment. */
export type ShipmentAction = Exclude<(typeof SHIPMENT_TRANSITIONS)[number]['action'], 'ship'>;

type Movement = Row & { readonly action: ShipmentAction };
const MOVEMENTS: readonly Movement[] = SHIPMENT_TRANSITIONS.filter((row) => row.action !== 'ship');

export const SHIPMENT_ACTIONS: readonly ShipmentAction[] = MOVEMENTS.map(({ action }) => action);

/** Whether an action leads anywhere from a status. */
export const movesShipment = (action: ShipmentAction, status: ShipmentStatus): boolean =>
  MOVEMENTS.some((row) => row.action === action && row.from.includes(status));
