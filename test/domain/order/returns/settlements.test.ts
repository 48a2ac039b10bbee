import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  createOrderDecider,
  DEFAULT_ORDER_SETTINGS,
  expectedSettlement,
  isPlaced,
  returnedQuantity,
  returnRequestedQuantity,
  type OrderEvent,
} from '../../../../src/domain/order/index.ts';
import { specFor } from '../../../support/decider-spec.ts';
import { mug, place, take } from '../../../support/order-commands.ts';
import {
  item,
  openReturn,
  paymentCaptured,
  recordCapture,
  recordRefund,
  refund,
  refundAllocated,
  refundOverpaid,
  returnClosed,
  settleReturn,
  startPayment,
} from '../../../support/order-money.ts';
import { runOrder } from '../../../support/order-run.ts';
import { arrived, line, opened, paid, TOTAL, unit, settled } from '../../../support/returned-order.ts';

const test = suite('order: settling returns');
const given = specFor(createOrderDecider());

test('a processed return is settled, and its refund allocated, in one append', () =>
  given(...paid, opened('r-1', 1, 2, 2858))
    .when(settleReturn('r-1', { [line.id]: 2 }))
    .then(settled(2858, 2), refundAllocated('return', [refund('p-1/refund-1', 'p-1', 2858)], 'r-1')));

test('only accepted units are refunded, the others are free again', () => {
  const days = runOrder();
  days.does(place({ lines: [mug({ quantity: 3 })] }), startPayment('p-1', TOTAL), recordCapture('p-1', TOTAL));
  days.does(...['confirm', 'start_processing', 'ship', 'deliver'].map((action) => take(action)));
  days.does(openReturn('r-1', { items: [item(line.id, 3)] }), settleReturn('r-1', { [line.id]: 1 }));
  assert.is(returnRequestedQuantity(days.order(), line.id), 1);
  days.does(recordRefund(refund('p-1/refund-1', 'p-1', 1429), 'return', 'r-1'));
  assert.is(returnedQuantity(days.order(), line.id), 1);
  assert.is(days.order().status, 'partially_returned');
  days.does(openReturn('r-2'));
  assert.equal(days.order().returns[1]?.items[0]?.units, [unit(2, 3, 2858)]);
});

test('shipping goes back with the last unit, when all came back for a seller’s fault', () =>
  given(...paid, opened('r-1', 1, 3, 4287, 'defective'))
    .when(settleReturn('r-1', { [line.id]: 3 }))
    .then(
      settled(4787, 3, { shipping: 500 }),
      refundAllocated('return', [refund('p-1/refund-1', 'p-1', 4787)], 'r-1'),
    ));

const WITHDRAWAL = { ...DEFAULT_ORDER_SETTINGS, returnShippingOnWithdrawal: true };

test('the reason that inspection found decides on shipping', () => {
  const back = (found: 'defective' | 'change_of_mind') => {
    const items = [{ order_item_id: line.id, accepted_quantity: 3, reason: found }];
    return settleReturn('r-1', {}, { items });
  };
  const settledFor = (found: 'defective' | 'change_of_mind', amount: number, shipping: number) => {
    const { data } = settled(amount, 3, { shipping });
    return { type: 'ReturnSettled', data: { ...data, items: data.items.map((one) => ({ ...one, reason: found })) } };
  };
  const decide = (past: readonly OrderEvent[], found: 'defective' | 'change_of_mind') => {
    const decision = createOrderDecider().decide(back(found), given(...past).state);
    return 'accepted' in decision ? decision.accepted[0] : decision;
  };
  assert.equal(decide([...paid, opened('r-1', 1, 3, 4287)], 'defective'), settledFor('defective', 4787, 500));
  assert.equal(
    decide([...paid, opened('r-1', 1, 3, 4287, 'defective')], 'change_of_mind'),
    settledFor('change_of_mind', 4287, 0),
  );
});

test('a corrected reason counts when the last units come back in another return', () => {
  const days = runOrder();
  days.does(place({ lines: [mug({ quantity: 3 })] }), startPayment('p-1', TOTAL), recordCapture('p-1', TOTAL));
  days.does(...['confirm', 'start_processing', 'ship', 'deliver'].map((action) => take(action)));
  const part = (quantity: number, reason?: 'defective' | 'change_of_mind') => ({
    items: [{ order_item_id: line.id, accepted_quantity: quantity, ...(reason && { reason }) }],
  });
  days.does(openReturn('r-1', { items: [item(line.id, 1)], reason: 'change_of_mind' }));
  days.does(settleReturn('r-1', {}, part(1, 'defective')));
  days.does(openReturn('r-2', { reason: 'damaged' }), settleReturn('r-2', {}, part(2)));
  assert.is(days.order().returns[0]?.items[0]?.reason, 'defective');
  assert.is(days.order().returns[1]?.settlement?.shipping, 500);
});

test('shipping goes back for a change of mind, if the shop’s rule said so when the return was opened', () => {
  const withdrawal = specFor(createOrderDecider(WITHDRAWAL));
  const { shipping_on_withdrawal, estimate } = (() => {
    const decision = createOrderDecider(WITHDRAWAL).decide(
      openReturn('r-1', { reason: 'change_of_mind' }),
      withdrawal(...paid).state,
    );
    assert.ok('accepted' in decision && decision.accepted[0]?.type === 'ReturnOpened');
    return decision.accepted[0].data;
  })();
  assert.equal([shipping_on_withdrawal, estimate], [true, 4787]);
  const asked = opened('r-1', 1, 3, 4287);
  const openedUnder = (rule: object) => ({
    ...asked,
    data: { ...asked.data, reason: 'change_of_mind' as const, ...rule },
  });
  // The rule of today decides nothing: that of the day on which it was opened does.
  for (const rules of [DEFAULT_ORDER_SETTINGS, WITHDRAWAL]) {
    const shop = specFor(createOrderDecider(rules));
    const refunded = refundAllocated('return', [refund('p-1/refund-1', 'p-1', 4787)], 'r-1');
    shop(...paid, openedUnder({ shipping_on_withdrawal: true }))
      .when(settleReturn('r-1', { [line.id]: 3 }))
      .then(settled(4787, 3, { shipping: 500 }), refunded);
    shop(...paid, openedUnder({}))
      .when(settleReturn('r-1', { [line.id]: 3 }))
      .then(settled(4287, 3), refundAllocated('return', [refund('p-1/refund-1', 'p-1', 4287)], 'r-1'));
  }
});

test('a reviewer adds shipping, due or not, and only what is left of it', () => {
  given(...paid, opened('r-1', 1, 2, 2858))
    .when(settleReturn('r-1', { [line.id]: 2 }, { adds_shipping: true }))
    .then(settled(3358, 2, { shipping: 500 }), refundAllocated('return', [refund('p-1/refund-1', 'p-1', 3358)], 'r-1'));
  const { state } = given(
    ...paid,
    opened('r-1', 1, 2, 2858),
    settled(3358, 2, { shipping: 500 }),
    opened('r-2', 3, 3, 1429),
  );
  assert.ok(isPlaced(state));
  const review = { reviewed_amount: null, adds_shipping: true };
  assert.is(expectedSettlement(state, 'r-2', { review }).amount, 1429);
});

test('a restocking fee and a lowered review belong to their return alone', () => {
  given(...arrived, opened('r-1', 1, 2, 2858))
    .when(settleReturn('r-1', { [line.id]: 2 }, { reviewed_amount: 2000, restocking_fee: 300 }))
    .then(settled(1700, 2, { pays: 0, reviewed_amount: 2000, restocking_fee: 300 }), returnClosed('r-1', 'refunded'));
  given(...arrived, opened('r-1', 1, 2, 2858))
    .when(settleReturn('r-1', { [line.id]: 2 }, { reviewed_amount: 2858, restocking_fee: 9999 }))
    .then(settled(0, 2, { reviewed_amount: 2858, restocking_fee: 2858 }), returnClosed('r-1', 'refunded'));
});

test('an unpaid order has no money to give back: the return has ended', () =>
  given(...arrived, opened('r-1', 1, 2, 2858))
    .when(settleReturn('r-1', { [line.id]: 2 }))
    .then(settled(2858, 2, { pays: 0 }), returnClosed('r-1', 'refunded')));

test('a half-paid order gets back what is overpaid then; the rest is set off against what was due', () =>
  given(...arrived, paymentCaptured('p-1', 2000), opened('r-1', 1, 2, 2858))
    .when(settleReturn('r-1', { [line.id]: 2 }))
    .then(settled(2858, 2, { pays: 71 }), refundAllocated('return', [refund('p-1/refund-1', 'p-1', 71)], 'r-1')));

test('store credit is given from the payments, and that money goes nowhere else', () => {
  const method = 'store_credit' as const;
  const credit = refund('p-1/refund-1', 'p-1', 2858, method);
  const past = [...paid, opened('r-1', 1, 2, 2858)];
  given(...past)
    .when(settleReturn('r-1', { [line.id]: 2 }, { refund_method: method }))
    .then(settled(2858, 2, { refund_method: method }), refundAllocated('return', [credit], 'r-1'));
  given(...past, settled(2858, 2, { refund_method: method }), refundAllocated('return', [credit], 'r-1'))
    .when(refundOverpaid)
    .thenNothing();
  given(...arrived, opened('r-1', 1, 2, 2858))
    .when(settleReturn('r-1', { [line.id]: 2 }, { refund_method: method }))
    .then(settled(2858, 2, { pays: 0, refund_method: method }), returnClosed('r-1', 'refunded'));
});

test('if nothing is accepted, nothing is refunded: the order is delivered, as before', () => {
  const past = [...paid, opened('r-1', 1, 2, 2858)];
  given(...past)
    .when(settleReturn('r-1', {}))
    .then(settled(0, 0), returnClosed('r-1', 'refunded'));
  const { state } = given(...past, settled(0, 0), returnClosed('r-1', 'refunded'));
  assert.is(state.status, 'delivered');
});

test('no more units are accepted than were requested', () =>
  given(...paid, opened('r-1', 1, 2, 2858))
    .when(settleReturn('r-1', { [line.id]: 3 }))
    .thenRejected('return.accepted_exceeds_requested', { requested: 2 }));

test('settling and closing twice change nothing', () => {
  const past = [...paid, opened('r-1', 1, 2, 2858), settled(2858, 2)];
  given(...past)
    .when(settleReturn('r-1', { [line.id]: 1 }))
    .thenNothing();
  given(...past)
    .when({ ...refundOverpaid, type: 'CloseReturn', data: { return_id: 'r-1', outcome: 'cancelled' } })
    .thenNothing();
});

test.run();
