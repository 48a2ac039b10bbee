import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createOrderDecider, isPlaced } from '../../../src/domain/order/index.ts';
import {
  initiationOf,
  isInitiated,
  RETURN_ACTIONS,
  RETURN_STATUSES,
  RETURN_TRANSITIONS,
  RETURN_UNDER_WAY,
  returnDecider,
  returnHistory,
  type ReturnEvent,
  type ReturnExchanged,
} from '../../../src/domain/return/index.ts';
import { ERASED } from '../../../src/domain/shared/decider.ts';
import { fact, NOON, specFor, SYSTEM } from '../../support/decider-spec.ts';
import { ADMIN, CUSTOMER, pricedMug } from '../../support/order-commands.ts';
import { pathTo } from '../../support/order-events.ts';
import { returnOpened } from '../../support/order-money.ts';
import {
  initiated,
  approved,
  rejected,
  cancelled,
  scheduled,
  inTransit,
  notSent,
  received,
  processed,
  refunded,
  moving,
  pathOf,
  take,
} from '../../support/return-events.ts';

const test = suite('return');
const given = specFor(returnDecider);

test('a return goes its way, step by step', () => {
  given(initiated).when(take('approve')).then(approved);
  given(...pathOf.approved)
    .when(take('schedule_pickup'))
    .then(scheduled);
  given(...pathOf.pickup_scheduled)
    .when(take('start_transit'))
    .then(inTransit);
  given(...pathOf.in_transit)
    .when(take('receive'))
    .then(received(2));
  given(...pathOf.received)
    .when(take('process'))
    .then(processed(2));
});

test('a return that is brought in, or sent by the customer, takes no transport that never happened', () => {
  for (const status of ['approved', 'pickup_scheduled'] as const)
    given(...pathOf[status])
      .when(take('receive'))
      .then(received(2));
  given(...pathOf.approved, received(2))
    .when(take('cancel', { by: CUSTOMER }))
    .thenRejected('return.invalid_transition');
});

test('a return whose goods never came ends by hand, or by the clock thirty days after its last step', () => {
  const expire = (at: string) => ({ type: 'ExpireReturn', data: { days: 30 }, at, by: SYSTEM }) as const;
  given(...pathOf.in_transit)
    .when(take('Not sent'))
    .then(notSent);
  given(...pathOf.approved)
    .when(take('not_sent', { by: CUSTOMER }))
    .thenRejected('return.action_not_permitted', { allowed_actions: ['cancel'] });
  const [lastMoment, late] = ['2026-03-31T12:00:00.000Z', '2026-03-31T12:00:00.001Z'];
  given(...pathOf.approved)
    .when(expire(lastMoment))
    .thenNothing();
  given(...pathOf.approved)
    .when(expire(late))
    .then(notSent);
  for (const status of ['initiated', 'received', 'refunded', 'not_sent'] as const)
    given(...pathOf[status])
      .when(expire(late))
      .thenNothing();
  given(initiated).when(take('not_sent')).thenRejected('return.invalid_transition');
});

test('a tracking number says that the goods are on their way: the thirty days begin anew', () => {
  const sent = fact<ReturnEvent>({ type: 'ReturnDetailsChanged', data: { tracking_number: 'T1' } });
  const { state } = given(...pathOf.approved);
  const later = returnDecider.evolve(state, { ...sent, at: '2026-03-20T12:00:00.000Z' });
  const expire = (at: string) => ({ type: 'ExpireReturn', data: { days: 30 }, at, by: SYSTEM }) as const;
  assert.equal(returnDecider.decide(expire('2026-04-19T12:00:00.000Z'), later), { accepted: [] });
  assert.equal(returnDecider.decide(expire('2026-04-19T12:00:00.001Z'), later), { accepted: [notSent] });
});

test('it begins with everything the order put under it', () => {
  const { state } = specFor(createOrderDecider())(...pathTo('delivered'));
  assert.ok(isPlaced(state));
  const units = [{ first: 1, last: 2, amount: 2858 }];
  const opened = returnOpened('r-1', [{ order_item_id: 'line-mug', quantity: 2, units }], { reason: 'defective' });
  const data = initiationOf(opened.data, state, 'o-1');
  assert.equal(data.items, initiated.data.items);
  assert.is(data.return_number, 'RET-r-1');
  assert.is(pricedMug().product_id, data.items[0]?.product_id);
  given().when({ type: 'InitiateReturn', data, at: NOON, by: SYSTEM }).then({ type: 'ReturnInitiated', data });
  given(initiated).when({ type: 'InitiateReturn', data, at: NOON, by: SYSTEM }).thenNothing();
});

test('the target status is understood, and completed is a word for refunded', () => {
  given(initiated).when(take('Approved')).then(approved);
  given(...pathOf.approved)
    .when(take('pickup scheduled'))
    .then(scheduled);
  given(...pathOf.processed)
    .when(take('completed'))
    .thenNothing();
  given(...pathOf.refunded)
    .when(take('Completed'))
    .thenRejected('return.already_refunded');
});

test('rejecting needs a reason', () => {
  given(initiated).when(take('reject')).thenRejected('return.reason_required');
  given(initiated)
    .when(take('reject', { reason: ' ' }))
    .thenRejected('return.reason_required');
  given(initiated)
    .when(take('reject', { reason: 'worn out' }))
    .then(rejected);
});

test('a customer withdraws their own return, and nothing else', () => {
  given(initiated)
    .when(take('cancel', { by: CUSTOMER }))
    .then(cancelled);
  given(initiated)
    .when(take('approve', { by: CUSTOMER }))
    .thenRejected('return.action_not_permitted', { allowed_actions: ['cancel'] });
  given(initiated)
    .when(take('cancel', { by: { id: 'c-2', role: 'customer' } }))
    .thenRejected('return.not_found');
});

test('exactly the actions of the table are accepted, from every status', () => {
  for (const status of RETURN_STATUSES) {
    const { state } = given(...pathOf[status]);
    assert.is(state.status, status);
    for (const action of RETURN_ACTIONS) {
      const row = RETURN_TRANSITIONS.find((candidate) => candidate.action === action);
      const allowed = row?.from.some((from) => from === status);
      const decision = returnDecider.decide(take(action, { reason: 'worn out' }), state);
      assert.is('accepted' in decision, allowed, `${action} from ${status}`);
      const [event] = 'accepted' in decision ? decision.accepted : [];
      // `refund` is decided by the order; the return follows.
      if (event === undefined) continue;
      assert.is(event.type, row?.event);
      assert.is(returnDecider.evolve(state, fact(event)).status, row?.to);
    }
  }
});

test('an unknown word is answered with the known ones', () =>
  given(initiated).when(take('burn')).thenRejected('return.unknown_action', { action: 'burn' }));

test('fewer may arrive than were announced, never more', () => {
  const some = (received_quantity: number) =>
    take('receive', { items: [{ order_item_id: 'line-mug', received_quantity }] });
  given(...moving)
    .when(some(1))
    .then(received(1));
  given(...moving)
    .when(some(0))
    .then(received(0));
  given(...moving)
    .when(some(3))
    .thenRejected('return.quantity_out_of_range', { field: 'received_quantity', most: 2 });
  given(...moving)
    .when(some(0.5))
    .thenRejected('return.quantity_out_of_range');
  given(...moving)
    .when(take('receive', { items: [{ order_item_id: 'other', received_quantity: 1 }] }))
    .thenRejected('return.unknown_item', { order_item_id: 'other' });
});

test('what the warehouse saw is kept beside what the customer said', () => {
  const items = [{ order_item_id: 'line-mug', condition_notes: 'glue marks' }];
  const event: ReturnEvent = {
    type: 'ReturnReceived',
    data: {
      items: [{ order_item_id: 'line-mug', received_quantity: 2 }],
      personal: { conditions: { 'line-mug': { condition: null, condition_notes: 'glue marks' } } },
    },
  };
  given(...moving)
    .when(take('receive', { items }))
    .then(event);
  const { state } = given(...moving, event);
  assert.ok(isInitiated(state) && !('erased' in state.personal));
  assert.equal(state.personal.conditions, { 'line-mug': { condition: 'used', condition_notes: null } });
  assert.equal(state.inspected, { 'line-mug': { condition: null, condition_notes: 'glue marks' } });
});

test('no more units are accepted than arrived, and units that are sent back are not accepted', () => {
  const past = [...moving, received(1)];
  const accept = (accepted_quantity: number) =>
    take('process', { items: [{ order_item_id: 'line-mug', accepted_quantity }] });
  given(...past)
    .when(take('process'))
    .then(processed(1));
  given(...past)
    .when(accept(0))
    .then(processed(0));
  given(...past)
    .when(accept(2))
    .thenRejected('return.quantity_out_of_range', { field: 'accepted_quantity', most: 1 });
  given(...past)
    .when(take('process', { items: [{ order_item_id: 'line-mug', disposition: 'return_to_customer' }] }))
    .then(processed(0, 'return_to_customer'));
});

test('a restocking fee is an amount of 0 or more', () =>
  given(...pathOf.received)
    .when(take('process', { restocking_fee: -1 }))
    .thenRejected('return.invalid_restocking_fee'));

const review = (decision: 'approved' | 'rejected', refund_amount?: number) =>
  ({ type: 'ReviewReturn', data: { decision, notes: 'seen by Eva', refund_amount }, at: NOON, by: ADMIN }) as const;

test('a review may lower what goes back, never raise it', () => {
  const lowered: ReturnEvent = {
    type: 'ReturnApproved',
    data: { reviewed: true, reviewed_amount: 2000, personal: { notes: 'seen by Eva' } },
  };
  given(initiated).when(review('approved', 2000)).then(lowered);
  given(initiated).when(review('approved', 2859)).thenRejected('return.review_amount_out_of_range', { estimate: 2858 });
  given(initiated).when(review('approved', 0)).thenRejected('return.review_amount_out_of_range');
  const { state } = given(initiated, lowered);
  assert.ok(isInitiated(state));
  assert.is(state.review?.refund_amount, 2000);
  assert.equal([state.review?.decision, state.review?.notes, state.review?.by], ['approved', 'seen by Eva', SYSTEM]);
});

test('the notes of a rejecting review are the reason of the rejection', () => {
  const event: ReturnEvent = { type: 'ReturnRejected', data: { reviewed: true, personal: { reason: 'seen by Eva' } } };
  given(initiated).when(review('rejected')).then(event);
  const { state } = given(initiated, event);
  assert.ok(isInitiated(state));
  assert.is(state.rejection_reason, 'seen by Eva');
  assert.is(state.review?.decision, 'rejected');
});

test('a decided return is not reviewed again', () => {
  given(...pathOf.approved)
    .when(review('approved'))
    .thenRejected('return.already_approved');
  given(...pathOf.rejected)
    .when(review('approved'))
    .thenRejected('return.invalid_transition');
});

test('the return follows the order once the money is back', () => {
  const record = { type: 'RecordReturnRefunded', data: { refunded_amount: 2858 }, at: NOON, by: SYSTEM } as const;
  given(...pathOf.processed)
    .when(record)
    .then(refunded);
  given(...pathOf.refunded)
    .when(record)
    .thenNothing();
});

test('the customer names their parcel from the approval until the goods are here; staff do at any time', () => {
  const name = (by = CUSTOMER) =>
    ({ type: 'ChangeReturnDetails', data: { tracking_number: 'T1' }, at: NOON, by }) as const;
  const named: ReturnEvent = { type: 'ReturnDetailsChanged', data: { tracking_number: 'T1' } };
  for (const status of RETURN_STATUSES) {
    given(...pathOf[status])
      .when(name(ADMIN))
      .then(named);
    const asked = given(...pathOf[status]).when(name());
    if (RETURN_UNDER_WAY.includes(status)) asked.then(named);
    else asked.thenRejected('return.tracking_locked', { current_status: status });
  }
});

const exchanged: ReturnExchanged = {
  type: 'ReturnExchanged',
  data: {
    order_id: 'o-2',
    order_number: 'ORD-2026-000002',
    tax_rate: '0.1',
    shipping_cost: 0,
    lines: [pricedMug()],
    personal: { line_meta_data: {} },
  },
};

test('an exchange decides the new order and settles the return as store credit, in one append', () => {
  const ask = (more: object = {}, by = ADMIN) =>
    ({ type: 'ExchangeReturn', data: { exchanged: exchanged.data, ...more }, at: NOON, by }) as const;
  const plain = processed(2);
  assert.ok(plain.type === 'ReturnProcessed');
  const settled: ReturnEvent = { ...plain, data: { ...plain.data, refund_method: 'store_credit' } };
  given(...pathOf.received)
    .when(ask())
    .then(exchanged, settled);
  const { state } = given(...pathOf.received, exchanged, settled);
  assert.ok(isInitiated(state));
  assert.equal([state.status, state.exchange], ['processed', { order_id: 'o-2', order_number: 'ORD-2026-000002' }]);
  given(...pathOf.received, exchanged, settled)
    .when(ask())
    .thenRejected('return.already_processed');
  given(...pathOf.approved)
    .when(ask())
    .thenRejected('return.invalid_transition');
  given(...pathOf.received)
    .when(ask({}, CUSTOMER))
    .thenRejected('return.action_not_permitted');
  given(...pathOf.received)
    .when(ask({ restocking_fee: 2859, value: 2858 }))
    .thenRejected('return.fee_exceeds_value');
});

test('the reason is corrected at inspection', () => {
  const items = [{ order_item_id: 'line-mug', reason: 'size_issue' as const }];
  const plain = processed(2);
  assert.ok(plain.type === 'ReturnProcessed');
  const corrected: ReturnEvent = {
    ...plain,
    data: { ...plain.data, items: plain.data.items.map((item) => ({ ...item, reason: 'size_issue' })) },
  };
  given(...pathOf.received)
    .when(take('process', { items }))
    .then(corrected);
  const { state } = given(...pathOf.received, corrected);
  assert.ok(isInitiated(state));
  assert.equal([state.reason, state.items[0]?.reason], ['defective', 'size_issue']);
});

test('a reviewer adds shipping, and the refund may then be that much above the estimate', () => {
  const asked = (refund_amount: number) => {
    const decision = 'approved' as const;
    const data = { decision, notes: 'seen by Eva', refund_amount, adds_shipping: true, estimate: 3358 };
    return { type: 'ReviewReturn', data, at: NOON, by: ADMIN } as const;
  };
  const personal = { notes: 'seen by Eva' };
  const approvedWith: ReturnEvent = {
    type: 'ReturnApproved',
    data: { reviewed: true, reviewed_amount: 3358, adds_shipping: true, personal },
  };
  given(initiated).when(asked(3358)).then(approvedWith);
  given(initiated).when(asked(3359)).thenRejected('return.review_amount_out_of_range', { estimate: 3358 });
});

test('notes change at any time; changing nothing is no event; a note of staff is their own', () => {
  const change = (data: object, by = CUSTOMER) => ({ type: 'ChangeReturnDetails', data, at: NOON, by }) as const;
  const event: ReturnEvent = {
    type: 'ReturnDetailsChanged',
    data: { personal: { notes: 'x' } },
  };
  given(...pathOf.refunded)
    .when(change({ notes: 'x' }))
    .then(event);
  given(initiated).when(change({})).thenNothing();
  given(initiated)
    .when(change({ notes: 'worn, I think' }, ADMIN))
    .then({ type: 'NoteAdded', data: { visible_to_customer: false, personal: { text: 'worn, I think' } } });
  const { state } = given(initiated, event);
  assert.ok(isInitiated(state) && !('erased' in state.personal));
  assert.is(state.personal.notes, 'x');
  assert.is(state.personal.reason_description, 'handle came off');
});

test('an erased customer’s return keeps its steps and sums', () => {
  const facts = pathOf.refunded.map((event) =>
    fact({
      ...event,
      data: 'personal' in event.data ? { ...event.data, personal: ERASED } : event.data,
    } as ReturnEvent),
  );
  const state = facts.reduce((s, one) => returnDecider.evolve(s, one), returnDecider.initialState);
  assert.ok(isInitiated(state));
  assert.equal([state.personal, state.refunded_amount, state.status], [ERASED, 2858, 'refunded']);
  assert.equal(
    returnHistory(facts).map(({ new_status }) => new_status),
    RETURN_STATUSES.slice(0, 7),
  );
});

test.run();
