import type { Fact } from '../../domain/shared/decider.ts';
import {
  CHANGES_RETURN_MONEY,
  evolveReturnMoney,
  NO_RETURN_MONEY,
  refundStatusOf,
  type OrderEvent,
  type RefundStatus,
  type ReturnMoney,
  type ReturnMoneyEvent,
} from '../../domain/order/index.ts';
import { returnFold, isInitiated, NO_RETURN, type Return, type ReturnEvent } from '../../domain/return/index.ts';
import { orderStream, returnStream, streamId } from '../../event-store/stream-names.ts';
import { projection, typesFolded } from '../engine/index.ts';
import { countersOf } from '../list/index.ts';

/** What `GET /returns` answers from. Personal data stays sealed in `state`, as its events have it. */
export type ReturnRow = {
  readonly id: string;
  /** Of the return's stream. */
  readonly revision: number;
  readonly order_id: string;
  readonly customer_id: string;
  readonly status: string;
  readonly reason: string;
  readonly created_at: string;
  /** How far its money has got; null before it is settled. */
  readonly refund_status: RefundStatus | null;
  readonly tracking_number: string | null;
  readonly state: Return;
  /** As its order tells it. */
  readonly money: ReturnMoney;
};

const MONEY_TYPES = typesFolded(CHANGES_RETURN_MONEY);
const RETURN_TYPES = typesFolded<ReturnEvent['type']>({
  ReturnInitiated: true,
  ReturnApproved: true,
  ReturnRejected: true,
  ReturnCancelled: true,
  ReturnNotSent: true,
  ReturnPickupScheduled: true,
  ReturnInTransit: true,
  ReturnReceived: true,
  ReturnExchanged: true,
  ReturnProcessed: true,
  ReturnRefunded: true,
  ReturnDetailsChanged: true,
  NoteAdded: false,
});

/** Refunds without a return belong to no row. */
const NO_ROW = '00000000-0000-0000-0000-000000000000';

const isMoney = (fact: Fact<OrderEvent | ReturnEvent>): fact is Fact<ReturnMoneyEvent> => MONEY_TYPES.has(fact.type);

/** A return and what its order says of its money: the order hears of it only after the return has begun. */
export const returnList = projection<ReturnRow>({
  name: 'return_list',
  version: 11,
  prefixes: ['order-', 'return-'],
  personal: 'sealed',
  types: new Set([...MONEY_TYPES, ...RETURN_TYPES]),
  table: 'return_list',
  key: 'id',
  keysElsewhere: "select id from numbers where kind = 'return'",
  columns: {
    id: 'uuid',
    revision: 'bigint',
    order_id: 'uuid',
    customer_id: 'text',
    status: 'text',
    reason: 'text',
    created_at: 'timestamptz',
    refund_status: 'text',
    tracking_number: 'text',
    state: 'json',
    money: 'json',
  },
  keyOf: ({ stream, fact }) => {
    const event = fact as Fact<OrderEvent | ReturnEvent>; // order and return streams hold nothing else
    return isMoney(event) ? (event.data.return_id ?? NO_ROW) : streamId(stream);
  },
  eventsOf: async (key, { read }) => {
    const own = await read(returnStream(key));
    const order = own[0]?.data['order_id'];
    return typeof order === 'string' ? [...own, ...(await read(orderStream(order)))] : own;
  },
  evolve: (row, { stream, revision, fact }) => {
    const event = fact as Fact<OrderEvent | ReturnEvent>;
    if (isMoney(event)) {
      if (row === undefined) return undefined;
      const money = evolveReturnMoney(row.money, event);
      return { ...row, money, refund_status: refundStatusOf(money) };
    }
    const state = returnFold.evolve(row?.state ?? NO_RETURN, event as Fact<ReturnEvent>);
    if (!isInitiated(state)) return row;
    const { order_id, customer_id, status, reason, created_at, tracking_number } = state;
    const { money } = row ?? { money: NO_RETURN_MONEY };
    const refund_status = refundStatusOf(money);
    const found = { order_id, customer_id, status, reason, created_at, tracking_number };
    const known = { ...found, refund_status, state, money };
    return { id: streamId(stream), revision: Number(revision), ...known };
  },
  counters: countersOf,
  counted: ['customer_id', 'status'],
});
