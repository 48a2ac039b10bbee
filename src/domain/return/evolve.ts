import type { Fact, Fold } from '../shared/decider.ts';
import { changedOnceMore } from '../shared/detail-changes.ts';
import { statusChange, type StatusChange } from '../shared/history.ts';
import { changesOf, type Changes } from '../shared/fold.ts';
import { withNote } from '../shared/notes.ts';
import { mergePersonal, personalField } from '../shared/personal.ts';
import type { ReturnApproved, ReturnEvent, ReturnInitiated, ReturnReceived, ReturnRejected } from './events.ts';
import { isInitiated, NO_RETURN, type Return, type ReturnState, type Review } from './state.ts';
import type { ReturnStatus } from './transitions.ts';

/** Folds a fact into the return. Holds no rule and never throws: the fact has already happened. */
const evolveReturn = (state: ReturnState, fact: Fact<ReturnEvent>): ReturnState => {
  if (fact.type === 'ReturnInitiated') return initiated(fact);
  if (!isInitiated(state)) return state;
  const change = changesOf(CHANGES, state, fact);
  const moved_at = change.status === undefined ? {} : { moved_at: fact.at };
  return { ...state, ...moved_at, ...change, updated_at: fact.at };
};

/** How a return is read from its stream. */
export const returnFold: Fold<ReturnEvent, ReturnState> = {
  name: 'return',
  initialState: NO_RETURN,
  evolve: evolveReturn,
};

type LaterFact = Exclude<Fact<ReturnEvent>, { type: 'ReturnInitiated' }>;

const CHANGES: Changes<LaterFact, Return> = {
  ReturnApproved: (one, approved) => ({
    ...moved(one, 'approved'),
    approved_at: approved.at,
    review: reviewOf(approved, 'approved'),
  }),
  ReturnRejected: (one, rejected) => ({
    ...moved(one, 'rejected'),
    rejection_reason: personalField(rejected.data.personal, 'reason'),
    review: reviewOf(rejected, 'rejected') ?? one.review,
  }),
  ReturnCancelled: (one) => moved(one, 'cancelled'),
  ReturnNotSent: (one) => moved(one, 'not_sent'),
  ReturnPickupScheduled: (one, { at }) => ({
    ...moved(one, 'pickup_scheduled'),
    pickup_scheduled_at: at,
  }),
  ReturnInTransit: (one) => moved(one, 'in_transit'),
  ReturnReceived: (one, fact) => ({ ...moved(one, 'received'), ...received(one, fact) }),
  // Its status follows from `ReturnProcessed`, which is in the same append.
  ReturnExchanged: (_, { data: { order_id, order_number } }) => ({ exchange: { order_id, order_number } }),
  ReturnProcessed: (one, { at, data: { items, restocking_fee, refund_method } }) => ({
    ...moved(one, 'processed'),
    processed_at: at,
    restocking_fee,
    refund_method,
    items: withItems(one, items),
  }),
  ReturnRefunded: (one, { at, data: { refunded_amount } }) => ({
    ...moved(one, 'refunded'),
    refunded_at: at,
    refunded_amount,
  }),
  NoteAdded: (one, added) => ({ ...withNote(one.staff_notes, added), ...changedOnceMore(one) }),
  ReturnDetailsChanged: (one, { at, by, data: { tracking_number, personal } }) => ({
    personal: mergePersonal(one.personal, personal),
    // Notes of staff are a list of their own.
    ...(by.role === 'customer' && { notes_by: by.role }),
    ...(tracking_number !== undefined && { tracking_number }),
    ...(typeof tracking_number === 'string' && { moved_at: at }),
    ...changedOnceMore(one),
  }),
};

const moved = ({ status }: Return, next: ReturnStatus) => ({ status: next, previous_status: status });

const withItems = (one: Return, changed: readonly { readonly order_item_id: string }[]): Return['items'] =>
  one.items.map((item) => ({
    ...item,
    ...changed.find(({ order_item_id }) => order_item_id === item.order_item_id),
  }));

const received = (one: Return, { at, data: { items, personal } }: Fact<ReturnReceived>): Partial<Return> => ({
  received_at: at,
  items: withItems(one, items),
  inspected: personalField(personal, 'conditions'),
});

const reviewOf = (
  { at, by, data }: Fact<ReturnApproved | ReturnRejected>,
  decision: Review['decision'],
): Review | null =>
  data.reviewed
    ? {
        decision,
        notes: personalField(data.personal, decision === 'approved' ? 'notes' : 'reason'),
        refund_amount: 'reviewed_amount' in data ? data.reviewed_amount : null,
        adds_shipping: 'adds_shipping' in data,
        by,
        at,
      }
    : null;

const initiated = ({ data, at, by }: Fact<ReturnInitiated>): Return => ({
  ...data,
  opened_by: by.role,
  notes_by: by.role,
  inspected: null,
  status: 'initiated',
  previous_status: null,
  items: data.items.map((item) => ({
    ...item,
    received_quantity: null,
    accepted_quantity: null,
    disposition: null,
  })),
  tracking_number: null,
  rejection_reason: null,
  review: null,
  restocking_fee: 0,
  exchange: null,
  refund_method: null,
  refunded_amount: 0,
  staff_notes: [],
  detail_changes: 0,
  moved_at: at,
  created_at: at,
  updated_at: at,
  approved_at: null,
  pickup_scheduled_at: null,
  received_at: null,
  processed_at: null,
  refunded_at: null,
});

/** Every change of status a return went through, oldest first. */
export const returnHistory = (facts: readonly Fact<ReturnEvent>[]): readonly StatusChange<ReturnStatus>[] => {
  let state: ReturnState = NO_RETURN;
  return facts.flatMap((fact) => {
    const before = state;
    state = returnFold.evolve(before, fact);
    return statusChange(before, state, fact) ?? [];
  });
};
