import { v5 as uuidv5, v7 as uuidv7 } from 'uuid';
import {
  expectedSettlement,
  isPlaced,
  returnMoney,
  type AddNote,
  type OpenReturn,
  type OrderDecider,
  type OrderRejection,
  type RefundMethod,
  type RequestedReturnItem,
  type ReturnPersonal,
} from '../domain/order/index.ts';
import {
  isInitiated,
  NO_RETURN,
  processedItems,
  returnDecider,
  reviewTermsOf,
  type ChangeReturnDetails,
  type ReturnCommand,
  type ReturnProcessed,
  type ReturnReason,
  type ReturnRejection,
  type ReturnState,
  type ReviewReturn,
  type TakeReturnAction,
} from '../domain/return/index.ts';
import type { Instant } from '../domain/shared/decider.ts';
import { eventId } from '../event-store/codec.ts';
import type { Revision } from '../event-store/port.ts';
import type { Recorded } from '../event-store/recorded.ts';
import { orderStream, returnStream } from '../event-store/stream-names.ts';
import { findEvent, isOf } from './find-event.ts';
import type { createPrepareExchange, ExchangeInput } from './exchange.ts';
import type { ExchangeProcess } from './exchange-process.ts';
import type { HandleOrder } from './handle-order.ts';
import { demandSameRequest, wasRejected, type Handle, type Outcome } from './handle.ts';
import type { PaymentProcess } from './payment-process.ts';
import type { Caller, DrawNumber } from './orders.ts';
import { saidBy } from './process-context.ts';
import { tryEagerly } from './try-eagerly.ts';
import { findById, type ReadStream } from './read.ts';
import type { ReturnProcess } from './return-process.ts';

export type ReturnOutcome = Outcome<ReturnState, ReturnRejection | OrderRejection> & { readonly id: string };

export type OpenReturnInput = {
  readonly order_id: string;
  readonly reason: ReturnReason;
  /** Null: everything that is left. */
  readonly items: readonly RequestedReturnItem[] | null;
  /** An admin's word that the window does not matter. */
  readonly force: boolean;
  readonly personal: ReturnPersonal;
};

export type OnReturn = Caller & {
  readonly id: string;
  /** The caller's If-Match. */
  readonly expected?: Revision | undefined;
};

export type ReturnCommands = {
  /** The order decides which units go back, then the return begins. `expected` is a revision of the order. */
  readonly open: (
    input: OpenReturnInput,
    caller: Caller & { readonly expected?: Revision | undefined },
  ) => Promise<ReturnOutcome>;
  readonly takeAction: (target: OnReturn, data: TakeReturnAction['data']) => Promise<ReturnOutcome>;
  /** Settles a return that was received as store credit, which pays for a new order. */
  readonly exchange: (target: OnReturn, input: ExchangeInput) => Promise<ReturnOutcome>;
  readonly review: (target: OnReturn, data: ReviewReturn['data']) => Promise<ReturnOutcome>;
  readonly addNote: (target: OnReturn, data: AddNote['data']) => Promise<ReturnOutcome>;
  readonly changeDetails: (target: OnReturn, data: ChangeReturnDetails['data']) => Promise<ReturnOutcome>;
};

const RETURN_IDS = 'd1c0a7e4-62f7-5a55-9d0e-7be24b1b9d5f';

export const createReturnCommands = ({
  handle,
  handleOrder,
  readStream,
  decider,
  returnProcess,
  paymentProcess,
  exchangeProcess,
  prepareExchange,
  drawNumber,
}: {
  readonly handle: Handle;
  readonly handleOrder: HandleOrder;
  readonly readStream: ReadStream;
  /** Of orders. */
  readonly decider: OrderDecider;
  readonly returnProcess: ReturnProcess;
  readonly paymentProcess: Pick<PaymentProcess, 'requestRefunds'>;
  readonly exchangeProcess: Pick<ExchangeProcess, 'place'>;
  readonly prepareExchange: ReturnType<typeof createPrepareExchange>;
  readonly drawNumber: DrawNumber;
}): ReturnCommands => {
  const onReturn = async ({ id, context, expected }: OnReturn, command: ReturnCommand): Promise<ReturnOutcome> => ({
    ...(await handle(returnDecider, { stream: returnStream(id), command, context, expected })),
    id,
  });

  /** The return after steps in other streams. */
  const whereItStands = async (id: string) => {
    const found = await readStream(returnDecider, returnStream(id));
    if (found === undefined) throw new Error(`return ${id} vanished`);
    const { state, revision, position } = found;
    return { state, revision, position };
  };
  const asItStands = async (id: string): Promise<ReturnOutcome> => ({
    id,
    ...(await whereItStands(id)),
    events: [],
    repeated: false,
  });

  const open: ReturnCommands['open'] = async (input, { context, repeatable, expected }) => {
    const { order_id, ...wanted } = input;
    const id = repeatable ? uuidv5(context.command_id, RETURN_IDS) : uuidv7();
    const return_number = await drawNumber('return', context.at, id);
    const data = { return_id: id, return_number, ...wanted };
    const command: OpenReturn = { type: 'OpenReturn', data, ...saidBy(context) };
    const outcome = await handleOrder({ stream: orderStream(order_id), command, context, expected });
    if (wasRejected(outcome)) return { id, rejection: outcome.rejection, state: NO_RETURN };
    const opened = findEvent(outcome.events, 'ReturnOpened');
    if (opened === undefined) throw new Error(`order ${order_id} took return ${id} without a word`);
    return { ...(await returnProcess.initiate(opened)), id, repeated: outcome.repeated };
  };

  const finishAll = (events: readonly Recorded[], at: Instant): Promise<void> =>
    tryEagerly(events.filter(isOf('ReturnClosed')).map((closed) => returnProcess.finish(closed, at)));

  const settle = async (processed: Recorded<ReturnProcessed>, at: Instant): Promise<void> => {
    const { events } = await returnProcess.settle(processed, at);
    await finishAll(events, at);
  };

  /** Takes the consequences of an action on the order early, so that the answer shows them. */
  const follow = async (event: Recorded, at: Instant): Promise<void> => {
    if (isOf('ReturnProcessed')(event)) return settle(event, at);
    if (isOf('ReturnExchanged')(event)) await exchangeProcess.place(event);
    if (isOf('ReturnRejected', 'ReturnCancelled', 'ReturnNotSent')(event)) await returnProcess.close(event, at);
  };

  const followed = async (target: OnReturn, command: ReturnCommand): Promise<ReturnOutcome> => {
    const outcome = await onReturn(target, command);
    if (wasRejected(outcome) || outcome.events.length === 0) return outcome;
    await tryEagerly(outcome.events.map((event) => follow(event, target.context.at)));
    return outcome.events.some(isOf('ReturnProcessed')) ? { ...outcome, ...(await whereItStands(target.id)) } : outcome;
  };

  /** The order refunds the money: for the first time, or again for the part that failed permanently. */
  const refund = async (
    { id, context }: OnReturn,
    state: ReturnState,
    method: RefundMethod | undefined,
  ): Promise<ReturnOutcome> => {
    const found = await readStream(returnDecider, returnStream(id));
    const processed = findEvent((await found?.events()) ?? [], 'ReturnProcessed');
    if (processed === undefined || state.status === 'none') throw new Error(`return ${id} was never processed`);
    await settle(processed, context.at);
    const outcome = await handleOrder({
      stream: orderStream(state.order_id),
      command: { type: 'RefundReturn', data: { return_id: id, method }, ...saidBy(context) },
      context,
    });
    if (wasRejected(outcome)) return { id, rejection: outcome.rejection, state };
    await tryEagerly(outcome.events.filter(isOf('RefundAllocated')).map(paymentProcess.requestRefunds));
    await finishAll(outcome.events, context.at);
    return { ...(await asItStands(id)), repeated: outcome.repeated };
  };

  /** Whether this very command has been done on the order before: its answer was lost. */
  const isRepeated = async ({ context }: Caller, { order_id }: { readonly order_id: string }): Promise<boolean> => {
    const stream = orderStream(order_id);
    const order = await readStream(decider, stream);
    const first = order && (await findById(order, eventId(context.command_id, stream, 0)));
    if (first !== undefined) demandSameRequest(context, first);
    return first !== undefined;
  };

  /** The return's money in the order, for actions that depend on it: a fee is limited by the value. */
  const asTheOrderHasIt = async (
    id: string,
    { items = [], restocking_fee = 0 }: TakeReturnAction['data'],
  ): Promise<Pick<TakeReturnAction['data'], 'money' | 'value'>> => {
    const one = (await readStream(returnDecider, returnStream(id)))?.state;
    if (one === undefined || !isInitiated(one)) return {};
    const isAboutMoney = one.status === 'processed' || (one.status === 'received' && restocking_fee > 0);
    const order = isAboutMoney ? (await readStream(decider, orderStream(one.order_id)))?.state : undefined;
    if (order === undefined || !isPlaced(order)) return {};
    const accepted = processedItems(one, items);
    if ('rejected' in accepted) return { money: returnMoney(order, id) };
    const { amount } = expectedSettlement(order, id, { accepted, review: reviewTermsOf(one) });
    return { money: returnMoney(order, id), value: amount };
  };

  /** The estimate of a review that adds shipping: the order knows how much is left of it. */
  const estimateOf = async (id: string, { adds_shipping = false }: ReviewReturn['data']) => {
    const one = adds_shipping ? (await readStream(returnDecider, returnStream(id)))?.state : undefined;
    if (one === undefined || !isInitiated(one)) return undefined;
    const order = (await readStream(decider, orderStream(one.order_id)))?.state;
    if (order === undefined || !isPlaced(order)) return undefined;
    return expectedSettlement(order, id, { review: { reviewed_amount: null, adds_shipping } }).amount;
  };

  const takeAction = async (target: OnReturn, data: TakeReturnAction['data']): Promise<ReturnOutcome> => {
    const known = { ...data, ...(await asTheOrderHasIt(target.id, data)) };
    const outcome = await followed(target, { type: 'TakeReturnAction', data: known, ...saidBy(target.context) });
    const { state } = outcome;
    if (state.status === 'none') return outcome;
    if (!wasRejected(outcome)) {
      const isRefund = state.status === 'processed' && outcome.events.length === 0 && !outcome.repeated;
      return isRefund ? refund(target, state, data.refund_method) : outcome;
    }
    const isLate = outcome.rejection.rejected === 'return.already_refunded';
    const isDone = isLate && (await isRepeated(target, state));
    return isDone ? { ...(await asItStands(target.id)), repeated: true } : outcome;
  };

  const exchange: ReturnCommands['exchange'] = async (target, { inspected: items, restocking_fee, ...input }) => {
    const { id, context } = target;
    const one = (await readStream(returnDecider, returnStream(id)))?.state ?? NO_RETURN;
    if (!isInitiated(one)) return { id, rejection: { rejected: 'return.not_found' }, state: one };
    const exchanged = await prepareExchange({ id, one, context }, { ...input, inspected: items });
    if ('rejected' in exchanged) return { id, rejection: exchanged, state: one };
    const { value } = await asTheOrderHasIt(id, { action: 'process', items, restocking_fee });
    const data = { items, restocking_fee, value, exchanged };
    return followed(target, { type: 'ExchangeReturn', data, ...saidBy(context) });
  };

  return {
    open,
    takeAction,
    exchange,
    review: async (target, data) => {
      const known = { ...data, estimate: await estimateOf(target.id, data) };
      return followed(target, { type: 'ReviewReturn', data: known, ...saidBy(target.context) });
    },
    addNote: (target, data) => onReturn(target, { type: 'AddNote', data, ...saidBy(target.context) }),
    changeDetails: (target, data) => onReturn(target, { type: 'ChangeReturnDetails', data, ...saidBy(target.context) }),
  };
};
