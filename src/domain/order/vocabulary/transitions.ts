import type { Role } from '../../shared/decider.ts';
import type { OrderEvent } from './events.ts';

/**
 * The progress of the goods. Rules use the phase of a status and not its name, so that all rules apply to a new status
 * as soon as it has its row below.
 */
export type OrderPhase =
  | 'scheduled'
  | 'waiting'
  | 'preparing'
  | 'in_delivery'
  | 'delivered'
  | 'undelivered'
  | 'cancelled';

type StatusRow = {
  readonly status: string;
  readonly phase: OrderPhase;
  /** Other words for it, used by people and older systems. */
  readonly aliases: readonly string[];
};

/** Every status that an order can have, from first to last. */
const STATUS_ROWS = [
  { status: 'scheduled', phase: 'scheduled', aliases: [] },
  { status: 'pending', phase: 'waiting', aliases: ['placed'] },
  { status: 'confirmed', phase: 'waiting', aliases: [] },
  { status: 'processing', phase: 'preparing', aliases: ['preparing'] },
  { status: 'partially_shipped', phase: 'in_delivery', aliases: [] },
  { status: 'shipped', phase: 'in_delivery', aliases: [] },
  { status: 'out_for_delivery', phase: 'in_delivery', aliases: [] },
  { status: 'partially_delivered', phase: 'in_delivery', aliases: [] },
  { status: 'delivered', phase: 'delivered', aliases: [] },
  { status: 'undelivered', phase: 'undelivered', aliases: [] },
  { status: 'return_requested', phase: 'delivered', aliases: [] },
  { status: 'partially_returned', phase: 'delivered', aliases: [] },
  { status: 'returned', phase: 'delivered', aliases: [] },
  { status: 'cancelled', phase: 'cancelled', aliases: ['canceled'] },
] as const satisfies readonly StatusRow[];

export type OrderStatus = (typeof STATUS_ROWS)[number]['status'];

export const ORDER_STATUSES: readonly OrderStatus[] = STATUS_ROWS.map(({ status }) => status);

const statusRows: ReadonlyMap<OrderStatus, StatusRow> = new Map(STATUS_ROWS.map((row) => [row.status, row]));

export const phaseOf = (status: OrderStatus): OrderPhase => {
  const row = statusRows.get(status);
  if (row === undefined) throw new Error(`no such order status: ${status}`);
  return row.phase;
};

/** The statuses of a phase, in the order of an order's life. */
export const statusesIn = (phase: OrderPhase): readonly OrderStatus[] =>
  ORDER_STATUSES.filter((status) => phaseOf(status) === phase);

/** Other words for statuses, and the status each stands for. */
export const STATUS_ALIASES: ReadonlyMap<string, OrderStatus> = new Map(
  STATUS_ROWS.flatMap(({ status, aliases }) => aliases.map((alias) => [alias, status] as const)),
);

type Row = {
  readonly action: string;
  readonly from: readonly (OrderStatus | 'none')[];
  /** More than one: the facts decide which. */
  readonly to: readonly OrderStatus[];
  /** The status by which people ask for it. Default: every one that it leads to. */
  readonly named?: OrderStatus;
  readonly event: OrderEvent['type'];
  readonly by: readonly Role[];
  /** Whether people may request it by this word. Other actions follow from something else. */
  readonly asked: boolean;
};

/** Goods have left, and something is left, in delivery or unresolved. */
const NOT_YET_ARRIVED = ['partially_shipped', 'shipped', 'out_for_delivery', 'partially_delivered'] as const;

/** Everything that was to arrive has arrived; parts that came first may be on their way back already. */
const ARRIVED = ['delivered', 'return_requested', 'partially_returned', 'returned'] as const;

/**
 * The one table of what can happen to an order's status. Next status, allowed actions, the words people may use, and
 * the diagrams in `docs/states.md` all derive from it.
 */
export const ORDER_TRANSITIONS = [
  {
    action: 'place',
    from: ['none'],
    to: ['pending', 'scheduled'],
    event: 'OrderPlaced',
    by: ['customer', 'admin', 'system'],
    asked: false,
  },
  { action: 'release', from: ['scheduled'], to: ['pending'], event: 'OrderReleased', by: ['system'], asked: false },
  {
    action: 'confirm',
    from: ['pending'],
    to: ['confirmed'],
    event: 'OrderConfirmed',
    by: ['admin', 'system'],
    asked: true,
  },
  {
    action: 'start_processing',
    from: ['confirmed'],
    to: ['processing'],
    event: 'OrderProcessingStarted',
    by: ['admin', 'system'],
    asked: true,
  },
  {
    action: 'ship',
    from: ['processing', 'partially_shipped'],
    to: ['shipped', 'out_for_delivery', 'partially_delivered'],
    named: 'shipped',
    event: 'OrderShipped',
    by: ['admin', 'system'],
    asked: true,
  },
  {
    action: 'out_for_delivery',
    from: ['processing', ...NOT_YET_ARRIVED],
    to: ['out_for_delivery', 'partially_delivered'],
    named: 'out_for_delivery',
    event: 'OrderOutForDelivery',
    by: ['delivery_partner', 'admin', 'system'],
    asked: true,
  },
  {
    action: 'deliver',
    from: NOT_YET_ARRIVED,
    to: ['partially_delivered', ...ARRIVED],
    named: 'delivered',
    event: 'OrderDelivered',
    by: ['delivery_partner', 'admin', 'system'],
    asked: true,
  },
  {
    action: 'ship_items',
    from: ['processing', 'partially_shipped'],
    to: NOT_YET_ARRIVED,
    event: 'ItemsShipped',
    by: ['admin', 'system'],
    asked: false,
  },
  {
    action: 'shipment_out_for_delivery',
    from: NOT_YET_ARRIVED,
    to: NOT_YET_ARRIVED,
    event: 'ShipmentOutForDelivery',
    by: ['admin', 'system'],
    asked: false,
  },
  {
    action: 'shipment_delivered',
    from: NOT_YET_ARRIVED,
    to: ['partially_shipped', 'partially_delivered', ...ARRIVED],
    event: 'ShipmentDelivered',
    by: ['admin', 'system'],
    asked: false,
  },
  {
    action: 'shipment_failed',
    from: NOT_YET_ARRIVED,
    to: NOT_YET_ARRIVED,
    event: 'ShipmentFailed',
    by: ['admin', 'system'],
    asked: false,
  },
  {
    action: 'shipment_returned_to_sender',
    from: NOT_YET_ARRIVED,
    to: [...NOT_YET_ARRIVED, 'undelivered', ...ARRIVED],
    event: 'ShipmentReturnedToSender',
    by: ['admin', 'system'],
    asked: false,
  },
  {
    action: 'shipment_lost',
    from: NOT_YET_ARRIVED,
    to: [...NOT_YET_ARRIVED, 'undelivered', ...ARRIVED],
    event: 'ShipmentLost',
    by: ['admin', 'system'],
    asked: false,
  },
  {
    action: 'resolve_shipment',
    from: NOT_YET_ARRIVED,
    to: [...NOT_YET_ARRIVED, 'undelivered', ...ARRIVED],
    event: 'ShipmentResolved',
    by: ['admin', 'system'],
    asked: false,
  },
  {
    action: 'cancel',
    from: ['scheduled', 'pending', 'confirmed', 'processing'],
    to: ['cancelled'],
    event: 'OrderCancelled',
    by: ['customer', 'admin', 'system'],
    asked: true,
  },
  {
    action: 'open_return',
    from: ['partially_shipped', 'partially_delivered', 'delivered', 'partially_returned', 'return_requested'],
    to: ['partially_shipped', 'partially_delivered', 'return_requested'],
    event: 'ReturnOpened',
    by: ['customer', 'admin', 'system'],
    asked: false,
  },
  {
    action: 'end_return',
    from: ['partially_shipped', 'partially_delivered', 'return_requested'],
    to: ['partially_shipped', 'partially_delivered', 'returned', 'partially_returned', 'delivered'],
    event: 'ReturnClosed',
    by: ['system'],
    asked: false,
  },
  {
    action: 'return_order',
    from: ['delivered', 'partially_returned'],
    to: ['returned'],
    event: 'OrderReturned',
    by: ['admin', 'system'],
    asked: true,
  },
] as const satisfies readonly Row[];

type AnyRow = (typeof ORDER_TRANSITIONS)[number];
export type OrderTransition = Row & { readonly action: AnyRow['action'] };

/** A verb that people may request. */
export type OrderAction = Extract<AnyRow, { asked: true }>['action'];

const rows: readonly OrderTransition[] = ORDER_TRANSITIONS;

export const ORDER_ACTIONS: readonly OrderAction[] = ORDER_TRANSITIONS.filter((row) => row.asked).map(
  (row) => row.action,
);

/** The row of an action. */
export const orderTransition = (action: OrderTransition['action']): OrderTransition => {
  const row = rows.find((candidate) => candidate.action === action);
  if (row === undefined) throw new Error(`no such order action: ${action}`);
  return row;
};

/** Whether an action leads anywhere from a status. */
export const leadsFrom = (action: OrderTransition['action'], status: OrderStatus): boolean =>
  orderTransition(action).from.includes(status);

/** The verb that leads from one status to another in one step, if people may ask for it. */
export const actionBetween = (from: OrderStatus, to: OrderStatus): OrderAction | undefined =>
  ORDER_ACTIONS.find((action) => leadsFrom(action, from) && isAskedForBy(action, to));

/** Whether people who name a status ask for this action. */
export const isAskedForBy = (action: OrderTransition['action'], status: OrderStatus): boolean => {
  const { named, to } = orderTransition(action);
  return named === undefined ? to.includes(status) : named === status;
};

/** Whether a role may ever request this; `allowedOrderActions` says whether it may now. */
export const mayEverTake = (role: Role, action: OrderAction): boolean => orderTransition(action).by.includes(role);

/** Statuses the table allows for `ORDER_CANCELLATION_ALLOWED_STATUSES` and `ORDER_RETURN_ALLOWED_STATUSES`. */
export const CANCELLABLE_STATUSES = ORDER_STATUSES.filter((status) => leadsFrom('cancel', status));
export const RETURNABLE_STATUSES = ORDER_STATUSES.filter((status) => leadsFrom('open_return', status));
