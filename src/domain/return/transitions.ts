import type { Role } from '../shared/decider.ts';
import type { ReturnEvent } from './events.ts';

/** Every status that a return can have, from first to last. */
export const RETURN_STATUSES = [
  'initiated',
  'approved',
  'pickup_scheduled',
  'in_transit',
  'received',
  'processed',
  'refunded',
  'rejected',
  'cancelled',
  'not_sent',
] as const;

export type ReturnStatus = (typeof RETURN_STATUSES)[number];

type Row = {
  readonly action: string;
  readonly from: readonly (ReturnStatus | 'none')[];
  readonly to: ReturnStatus;
  readonly event: ReturnEvent['type'];
  readonly by: readonly Role[];
  /** Whether people may request it by this word. */
  readonly asked: boolean;
};

const STAFF = ['admin', 'system'] as const satisfies readonly Role[];
/** Until the goods are here. Steps may be skipped: a customer may bring or send the goods themselves. */
const UNDER_WAY = ['approved', 'pickup_scheduled', 'in_transit'] as const satisfies readonly ReturnStatus[];

const CUSTOMER_TOO = ['customer', ...STAFF] as const satisfies readonly Role[];

/** The one table of what can happen to a return's status. */
export const RETURN_TRANSITIONS = [
  { action: 'initiate', from: ['none'], to: 'initiated', event: 'ReturnInitiated', by: CUSTOMER_TOO, asked: false },
  { action: 'approve', from: ['initiated'], to: 'approved', event: 'ReturnApproved', by: STAFF, asked: true },
  {
    action: 'reject',
    from: ['initiated', 'approved'],
    to: 'rejected',
    event: 'ReturnRejected',
    by: STAFF,
    asked: true,
  },
  {
    action: 'cancel',
    from: ['initiated', ...UNDER_WAY],
    to: 'cancelled',
    event: 'ReturnCancelled',
    by: CUSTOMER_TOO,
    asked: true,
  },
  {
    action: 'schedule_pickup',
    from: ['approved'],
    to: 'pickup_scheduled',
    event: 'ReturnPickupScheduled',
    by: STAFF,
    asked: true,
  },
  {
    action: 'start_transit',
    from: ['pickup_scheduled'],
    to: 'in_transit',
    event: 'ReturnInTransit',
    by: STAFF,
    asked: true,
  },
  { action: 'receive', from: UNDER_WAY, to: 'received', event: 'ReturnReceived', by: STAFF, asked: true },
  { action: 'not_sent', from: UNDER_WAY, to: 'not_sent', event: 'ReturnNotSent', by: STAFF, asked: true },
  { action: 'process', from: ['received'], to: 'processed', event: 'ReturnProcessed', by: STAFF, asked: true },
  {
    action: 'exchange',
    from: ['received'],
    to: 'processed',
    event: 'ReturnExchanged',
    by: STAFF,
    asked: false,
  },
  { action: 'refund', from: ['processed'], to: 'refunded', event: 'ReturnRefunded', by: STAFF, asked: true },
] as const satisfies readonly Row[];

const WITHOUT_GOODS: ReadonlySet<ReturnStatus> = new Set(['rejected', 'cancelled', 'not_sent']);

/** Whether a return ended before its goods came: nothing is refunded, and its units are free. */
export const hasEndedWithoutGoods = (status: ReturnStatus): boolean => WITHOUT_GOODS.has(status);

/** The statuses in which the goods are awaited. */
export const RETURN_UNDER_WAY: readonly ReturnStatus[] = UNDER_WAY;

type AnyRow = (typeof RETURN_TRANSITIONS)[number];
export type ReturnTransition = Row & { readonly action: AnyRow['action'] };

/** A verb that people may request. */
export type ReturnAction = Extract<AnyRow, { asked: true }>['action'];
