import { match } from 'ts-pattern';
import { canAccess } from '../shared/access.ts';
import { accept, type Decider, type Decision } from '../shared/decider.ts';
import { isAfter, plusDays } from '../shared/instant.ts';
import { isChangedTooOften } from '../shared/detail-changes.ts';
import { mayAddNotes, noteAdded } from '../shared/notes.ts';
import { leadsReturnFrom } from './actions.ts';
import type { ChangeReturnDetails, ReturnCommand } from './commands.ts';
import type { ReturnEvent } from './events.ts';
import { returnFold } from './evolve.ts';
import type { ReturnRejection } from './rejections.ts';
import { reviewReturn } from './review.ts';
import { isInitiated, type Return, type ReturnState } from './state.ts';
import { exchangeReturn, rejectHere, takeReturnAction } from './take-action.ts';
import { RETURN_UNDER_WAY } from './transitions.ts';

export type ReturnDecision = Decision<ReturnEvent, ReturnRejection>;

/** The steps of one return. The order decides on its units and its money. */
export const returnDecider: Decider<ReturnCommand, ReturnEvent, ReturnState, ReturnRejection> = {
  ...returnFold,
  decide: (command, state) => {
    if (command.type === 'InitiateReturn') {
      return isInitiated(state) ? accept() : accept({ type: 'ReturnInitiated', data: command.data });
    }
    if (!isInitiated(state) || !canAccess(command.by, state)) return { rejected: 'return.not_found' };
    return decideOnReturn(command, state);
  },
};

type LaterCommand = Exclude<ReturnCommand, { type: 'InitiateReturn' }>;

const decideOnReturn = (command: LaterCommand, one: Return): ReturnDecision =>
  match(command)
    .returnType<ReturnDecision>()
    .with({ type: 'TakeReturnAction' }, (asked) => takeReturnAction(asked, one))
    .with({ type: 'ExchangeReturn' }, (asked) => exchangeReturn(asked, one))
    .with({ type: 'ReviewReturn' }, (asked) => reviewReturn(asked, one))
    .with({ type: 'ChangeReturnDetails' }, (asked) => changeDetails(asked, one))
    .with({ type: 'AddNote' }, ({ data, by }) =>
      !mayAddNotes(by)
        ? rejectHere('return.action_not_permitted', { command: { by, data: {} }, one })
        : isChangedTooOften(one)
          ? tooManyChanges(one)
          : accept(noteAdded(data)),
    )
    .with({ type: 'ExpireReturn' }, ({ at, data }) =>
      leadsReturnFrom('not_sent', one.status) && isAfter(at, plusDays(one.moved_at, data.days))
        ? accept({ type: 'ReturnNotSent', data: {} })
        : accept(),
    )
    .with({ type: 'RecordReturnRefunded' }, ({ data }) =>
      one.status === 'processed' ? accept({ type: 'ReturnRefunded', data }) : accept(),
    )
    .exhaustive();

const tooManyChanges = ({ detail_changes }: Return): ReturnRejection => ({
  rejected: 'return.too_many_changes',
  changes: detail_changes,
});

const changeDetails = ({ data: said, by }: ChangeReturnDetails, one: Return): ReturnDecision => {
  if (isChangedTooOften(one)) return tooManyChanges(one);
  const { notes, meta_data, tracking_number, visible_to_customer = false } = said;
  const isCustomers = by.role === 'customer';
  // The customer's own parcel: before the approval there is none, and when it has come its number is a fact.
  if (isCustomers && tracking_number !== undefined && !RETURN_UNDER_WAY.includes(one.status))
    return rejectHere('return.tracking_locked', { command: { by, data: {} }, one });
  const personal = {
    ...(notes !== undefined && isCustomers && { notes }),
    ...(meta_data !== undefined && { meta_data }),
  };
  const data = {
    ...(tracking_number !== undefined && { tracking_number }),
    ...(Object.keys(personal).length > 0 && { personal }),
  };
  const changed: ReturnEvent = { type: 'ReturnDetailsChanged', data };
  const noted = typeof notes === 'string' && !isCustomers ? [noteAdded({ text: notes, visible_to_customer })] : [];
  return { accepted: [...(Object.keys(data).length === 0 ? [] : [changed]), ...noted] };
};
