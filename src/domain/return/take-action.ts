import { match } from 'ts-pattern';
import type { ItemConditions } from '../order/index.ts';
import { accept, type Decision } from '../shared/decider.ts';
import { remarksOf } from '../shared/remarks.ts';
import { isVisible } from '../shared/visible-text.ts';
import {
  allowedReturnActions,
  isReturnWord,
  leadsReturnFrom,
  mayEverTakeOnReturn,
  RETURN_WORDS,
  returnActionOf,
  returnStatusOf,
  returnTransition,
} from './actions.ts';
import type { ExchangeReturn, ReturnActionItem, TakeReturnAction } from './commands.ts';
import type { ReturnEvent } from './events.ts';
import { processedItems, receivedItems } from './inspection.ts';
import type { ReturnRejection, ReturnActionCode } from './rejections.ts';
import type { Return } from './state.ts';
import type { ReturnAction } from './transitions.ts';

type Decided = Decision<ReturnEvent, ReturnRejection>;

/** Takes an action, named by its verb or by the status that it leads to. */
export const takeReturnAction = (command: TakeReturnAction, one: Return): Decided => {
  const word = command.data.action;
  if (!isReturnWord(word)) return { rejected: 'return.unknown_action', action: word, known_actions: RETURN_WORDS };
  const action = returnActionOf(word, one.status);
  const code = whyNot(word, action, { command, one });
  if (code !== undefined) return rejectHere(code, { command, one });
  return action === undefined
    ? rejectHere('return.invalid_transition', { command, one })
    : decided(action, command, one);
};

type Taking = {
  readonly command: Pick<TakeReturnAction, 'by'> & { readonly data: Pick<TakeReturnAction['data'], 'money'> };
  readonly one: Return;
};

/** The reason why the table rejects an action, if it does. */
export const whyNot = (
  word: string,
  action: ReturnAction | undefined,
  { command, one }: Taking,
): ReturnActionCode | undefined => {
  const { status } = one;
  const isAlready =
    returnStatusOf(word) === status ||
    (action !== undefined && !leadsReturnFrom(action, status) && returnTransition(action).to === status);
  if (isAlready) return `return.already_${status}`;
  if (action === undefined) return 'return.invalid_transition';
  if (!mayEverTakeOnReturn(command.by.role, action)) return 'return.action_not_permitted';
  return leadsReturnFrom(action, status) ? undefined : 'return.invalid_transition';
};

export const rejectHere = (rejected: ReturnActionCode, { command, one }: Taking): ReturnRejection => ({
  rejected,
  current_status: one.status,
  allowed_actions: allowedReturnActions(one, command.by.role, command.data.money),
});

const decided = (action: ReturnAction, { data }: TakeReturnAction, one: Return): Decided => {
  const remarks = remarksOf(data);
  return match(action)
    .returnType<Decided>()
    .with('approve', () =>
      accept({ type: 'ReturnApproved', data: { reviewed: false, reviewed_amount: null, ...remarks } }),
    )
    .with('reject', () =>
      data.reason === undefined || !isVisible(data.reason)
        ? { rejected: 'return.reason_required' }
        : accept({ type: 'ReturnRejected', data: { reviewed: false, ...remarks } }),
    )
    .with('cancel', () => accept({ type: 'ReturnCancelled', data: remarks }))
    .with('not_sent', () => accept({ type: 'ReturnNotSent', data: remarks }))
    .with('schedule_pickup', () => accept({ type: 'ReturnPickupScheduled', data: remarks }))
    .with('start_transit', () => accept({ type: 'ReturnInTransit', data: remarks }))
    .with('receive', () => receive(data, one))
    .with('process', () => processReturn(data, one))
    .with('refund', () => accept())
    .exhaustive();
};

/** Processes the return for store credit, and decides the order that it pays for, in one append. */
export const exchangeReturn = ({ data, by }: ExchangeReturn, one: Return): Decided => {
  const { exchanged, ...said } = data;
  const code = whyNot('process', 'process', { command: { by, data: {} }, one });
  if (code !== undefined) return rejectHere(code, { command: { by, data: {} }, one });
  const processed = processReturn({ action: 'process', ...said, refund_method: 'store_credit' }, one);
  return 'rejected' in processed
    ? processed
    : { accepted: [{ type: 'ReturnExchanged', data: exchanged }, ...processed.accepted] };
};

const receive = (data: TakeReturnAction['data'], one: Return): Decided => {
  const { items: given = [] } = data;
  const items = receivedItems(one, given);
  if ('rejected' in items) return items;
  const conditions = conditionsOf(given);
  const { personal } = remarksOf(data);
  const noted = Object.keys(conditions).length > 0 ? { personal: { ...personal, conditions } } : remarksOf(data);
  return accept({ type: 'ReturnReceived', data: { items, ...noted } });
};

const conditionsOf = (given: readonly ReturnActionItem[]): ItemConditions =>
  Object.fromEntries(
    given
      .filter(({ condition, condition_notes }) => condition !== undefined || condition_notes !== undefined)
      .map(({ order_item_id, condition = null, condition_notes = null }) => [
        order_item_id,
        { condition, condition_notes },
      ]),
  );

const processReturn = (data: TakeReturnAction['data'], one: Return): Decided => {
  const { items: given = [], restocking_fee = 0, refund_method = 'original_payment', value } = data;
  if (!Number.isSafeInteger(restocking_fee) || restocking_fee < 0) return { rejected: 'return.invalid_restocking_fee' };
  if (value !== undefined && restocking_fee > value) return { rejected: 'return.fee_exceeds_value', value };
  const items = processedItems(one, given);
  if ('rejected' in items) return items;
  return accept({ type: 'ReturnProcessed', data: { items, restocking_fee, refund_method, ...remarksOf(data) } });
};
