import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  createOrderDecider,
  DEFAULT_ORDER_SETTINGS,
  expectedSettlement,
  isPaid,
  ledgerOf,
  reconcile,
  refundMethodOf,
  type Order,
  type OrderCommand,
  type OrderSettings,
} from '../../../../src/domain/order/index.ts';
import { failureReasonOf, orderPaymentMethod, paymentMethodOf } from '../../../../src/domain/payment/index.ts';
import { NOON, SYSTEM } from '../../../support/decider-spec.ts';
import { ADMIN, CUSTOMER, fiftyLine, modify, place, placeFifties, take } from '../../../support/order-commands.ts';
import {
  openReturn,
  recordCapture,
  recordRefund,
  recordRefundFailure,
  refundByHand,
  refundOrder,
  refundOverpaid,
  resolveRefund,
  settleReturn,
  startPayment,
} from '../../../support/order-money.ts';
import { runOrder } from '../../../support/order-run.ts';

const test = suite('the money of an order, as an accountant tries it');

/** Of {@link placeFifties}. */
const TOTAL = 11_500;
const UNIT = 5_500;

const lived = (settings: Partial<OrderSettings> = {}) => {
  const life = runOrder(createOrderDecider({ ...DEFAULT_ORDER_SETTINGS, ...settings }));
  const does = (...commands: readonly OrderCommand[]) => life.does(...commands);
  does(placeFifties('a', 'b'));
  /** The rule runs, and every refund on its way arrives. */
  const settle = (): void => {
    does(refundOverpaid);
    for (const { status, refund_id, payment_id, amount, method, kind, return_id } of life.order().refunds)
      if (status === 'pending') does(recordRefund({ refund_id, payment_id, amount, method }, kind, return_id));
  };
  return { ...life, does, settle };
};
/** Stands for the moment at which refunds on their way arrive. */
const ARRIVE = refundOverpaid;

const pay = (amount = TOTAL, id = 'p-1') => [startPayment(id, amount), recordCapture(id, amount)];
const deliver = ['confirm', 'start_processing', 'ship', 'deliver'].map((action) => take(action));
const sums = (order: Order) => {
  const { owed, balance, amount_due, overpaid, refunded } = ledgerOf(order);
  assert.ok(reconcile(order).agrees, 'documents and money agree');
  return { owed, balance, amount_due, overpaid, refunded };
};

test('1: what is refunded in full before the invoice is due again, and is not processed unpaid', () => {
  const { does, order, send, settle } = lived({ paymentRequired: true });
  does(...pay(), refundByHand('p-1'));
  settle();
  assert.is(ledgerOf(order()).amount_due, TOTAL);
  assert.not(isPaid(order()));
  does(take('confirm'), { type: 'AutoProcessOrder', data: {}, at: NOON, by: SYSTEM });
  assert.is(order().status, 'confirmed');
  assert.ok('rejected' in send(take('start_processing')));
  does(startPayment('p-2', TOTAL));
});

test('2: what was refunded for a line is not refunded again when the line is removed', () => {
  for (const back of [
    refundByHand('p-1', UNIT, { reason_category: 'out_of_stock' }),
    refundOrder({ items: [{ order_item_id: 'b' }], reason_category: 'out_of_stock' }),
  ]) {
    const { does, order, settle } = lived();
    does(...pay(), back);
    settle();
    does({ ...modify([fiftyLine('a')]), by: ADMIN });
    settle();
    assert.equal(sums(order()), { owed: 6_000, balance: 6_000, amount_due: 0, overpaid: 0, refunded: UNIT });
  }
});

test('3: goodwill and a lower total end in the same sums, whatever the timing', () => {
  const edit = { ...modify([fiftyLine('a')]), by: ADMIN };
  const goodwill = refundOrder({ goodwill: 3_000 });
  const runs: readonly (readonly OrderCommand[])[] = [
    [...pay(), goodwill, ARRIVE, edit],
    [...pay(), goodwill, edit],
    [...pay(), edit, goodwill],
    [goodwill, edit, ...pay(3_000)],
  ];
  const [first, ...others] = runs.map((run) => {
    const life = lived();
    for (const command of run) {
      if (command === ARRIVE) life.settle();
      else life.does(command);
    }
    life.settle();
    return ledgerOf(life.order()).balance;
  });
  assert.is(first, 3_000, 'the new total of 60.00 less 30.00');
  for (const balance of others) assert.is(balance, first);
});

test('4: a refund that fails is visible, is not asked again by itself, and has a way out', () => {
  const { does, order, send } = lived();
  does(...pay(), ...deliver, openReturn('r-1'), settleReturn('r-1', { a: 1, b: 1 }));
  const [refund] = order().refunds;
  assert.ok(refund);
  const { refund_id, payment_id, amount, method } = refund;
  does(recordRefundFailure({ refund_id, payment_id, amount, method }, 'return', 'r-1'));
  assert.is(ledgerOf(order()).refund_status, 'failed');
  does(refundOverpaid);
  assert.is(order().refunds.length, 1, 'the rule leaves it alone');
  assert.ok('rejected' in send(resolveRefund(refund_id, 'withdraw')), 'the money would stay without a reason');
  does(resolveRefund(refund_id, 'bank_transfer'));
  assert.is(order().returns[0]?.status, 'closed');
  assert.is(ledgerOf(order()).refunded, 11_000);
});

/** Goodwill credits after the invoice whose refunds the gateway declined. */
const withFailed = (...amounts: readonly number[]) => {
  const life = lived();
  life.does(...pay(), ...deliver);
  for (const amount of amounts) {
    life.does(refundOrder({ goodwill: amount }));
    const refund = life.order().refunds.at(-1);
    assert.ok(refund);
    const { refund_id, payment_id, method, kind, return_id } = refund;
    life.does(recordRefundFailure({ refund_id, payment_id, amount, method }, kind, return_id));
  }
  return life;
};

test('4: money that went another way is not paid out again when the failed refund is resolved', () => {
  for (const method of ['bank_transfer', 'cash', 'store_credit', 'retry'] as const) {
    const { does, order, settle } = withFailed(5_000);
    does(refundByHand('p-1', 3_000, { method: 'cash' }));
    assert.equal([ledgerOf(order()).failed, ledgerOf(order()).overpaid], [2_000, 2_000]);
    does(resolveRefund(order().refunds[0]?.refund_id ?? '', method));
    settle();
    assert.equal(sums(order()), { owed: 6_500, balance: 6_500, amount_due: 0, overpaid: 0, refunded: 5_000 }, method);
  }
});

test('4: failed refunds that are served in part stand for what is left of them', () => {
  const { does, order } = withFailed(...Array.from({ length: 10 }, () => 400));
  does(refundByHand('p-1', 1_000, { method: 'cash' }));
  assert.equal([ledgerOf(order()).failed, ledgerOf(order()).overpaid], [3_000, 3_000]);
  for (const { refund_id, status } of order().refunds)
    if (status === 'failed') does(resolveRefund(refund_id, 'bank_transfer'));
  assert.equal(sums(order()), { owed: 7_500, balance: 7_500, amount_due: 0, overpaid: 0, refunded: 4_000 });
});

test('4: a failed refund is paid out where its payment has too little left', () => {
  const { does, order, settle } = lived();
  does(...pay(5_000, 'p-1'), ...pay(6_500, 'p-2'), ...deliver, refundOrder({ goodwill: 10_000 }));
  for (const { refund_id, payment_id, amount, method, kind, return_id } of order().refunds)
    does(recordRefundFailure({ refund_id, payment_id, amount, method }, kind, return_id));
  const [newer, older] = order().refunds;
  assert.equal([newer?.amount, older?.amount], [6_500, 3_500]);
  does(resolveRefund(older?.refund_id ?? '', 'other_payment', { payment_id: 'p-2' }));
  does(resolveRefund(newer?.refund_id ?? '', 'cash'));
  settle();
  assert.equal(sums(order()), { owed: 1_500, balance: 1_500, amount_due: 0, overpaid: 0, refunded: 10_000 });
});

test('5: estimate, settlement and money of a return are one number, less what was credited before', () => {
  const { does, order, settle } = lived();
  does(...pay(), ...deliver, refundByHand('p-1', 3_000));
  settle();
  does(openReturn('r-1', { reason: 'defective' }));
  assert.is(expectedSettlement(order(), 'r-1').amount, 8_500);
  does(settleReturn('r-1', { a: 1, b: 1 }));
  settle();
  assert.is(order().returns[0]?.settlement?.amount, 8_500);
  assert.equal(sums(order()), { owed: 0, balance: 0, amount_due: 0, overpaid: 0, refunded: TOTAL });
});

test('5: a refund of a payment after the invoice pays what is then overpaid; only without a credit it moves money', () => {
  for (const [credit, refunded, amount_due] of [
    [undefined, 500, 0],
    [false, 6_000, TOTAL],
  ] as const) {
    const { does, order, settle } = lived();
    does(...pay(6_000), ...deliver, refundByHand('p-1', 6_000, { credit }));
    settle();
    assert.equal([sums(order()).refunded, sums(order()).amount_due], [refunded, amount_due]);
  }
});

test('5: the items of a return that is not settled are worth as much as the return', () => {
  const { does, order } = lived();
  does(...deliver, openReturn('r-1', { items: [{ order_item_id: 'a', quantity: 1, reason: null }] }));
  does(refundOrder({ items: [{ order_item_id: 'a', amount: 4_000 }] }));
  const { amount, items } = expectedSettlement(order(), 'r-1');
  assert.equal([amount, items], [1_500, [{ order_item_id: 'a', amount: 1_500 }]]);
});

test('5: an unpaid order that is returned is credited and pays nothing', () => {
  const { does, order } = lived();
  does(...deliver, openReturn('r-1'), settleReturn('r-1', { a: 1, b: 1 }));
  const settlement = order().returns[0]?.settlement;
  assert.equal([settlement?.amount, settlement?.pays], [11_000, 0]);
  assert.equal(sums(order()), { owed: 500, balance: 0, amount_due: 500, overpaid: 0, refunded: 0 });
});

test('8: methods are a closed list of words, in any spelling', () => {
  assert.is(refundMethodOf('Store Credit'), 'store_credit');
  assert.is(refundMethodOf('bank-transfer'), 'bank_transfer');
  assert.is(refundMethodOf('a cheque'), undefined);
  assert.is(paymentMethodOf('Credit-Card'), 'credit_card');
  assert.equal(['COD', 'cash', 'Klarna'].map(orderPaymentMethod), ['cash_on_delivery', 'cash_on_delivery', 'Klarna']);
});

test('8: what was paid by store credit is refunded as store credit, whatever way was asked for', () => {
  const { does, order, send } = lived();
  const paid = { payment_id: 'p-1', amount: TOTAL, method: 'store_credit' } as const;
  does({ ...recordCapture('p-1', TOTAL), data: paid });
  assert.ok('rejected' in send(refundByHand('p-1', 1_000, { method: 'cash' })));
  does(refundOrder({ goodwill: 1_000, method: 'cash' }));
  const [refund] = order().refunds;
  assert.equal([refund?.method, refund?.status], ['store_credit', 'pending']);
});

test('9: money received outside the gateway is a fact on any order, and what is too much goes back', () => {
  const cash = (id: string, amount: number) =>
    [
      { ...startPayment(id, amount), data: { payment_id: id, amount, method: 'cash_on_delivery' } },
      { ...recordCapture(id, amount), data: { payment_id: id, amount, method: 'cash_on_delivery' } },
    ] as const;
  const { does, order } = lived();
  does(...deliver, openReturn('r-1'), settleReturn('r-1', { a: 1, b: 1 }), ...cash('p-1', TOTAL), refundOverpaid);
  const [refund] = order().refunds;
  assert.equal([refund?.amount, refund?.status, refund?.method], [11_000, 'pending', 'cash'], 'people pay it out');
  const cancelled = lived();
  cancelled.does(take('cancel'), ...cash('p-1', TOTAL + 1), refundOverpaid);
  assert.is(cancelled.order().refunds[0]?.amount, TOTAL + 1);
});

test('10: a customer reads a closed list of reasons, and a note of staff leaves the customer’s note alone', () => {
  assert.is(failureReasonOf('key sk_live_123 revoked'), 'other');
  assert.is(failureReasonOf('Insufficient-Funds'), 'insufficient_funds');
  const { does, order } = lived();
  does({ type: 'ChangeDetails', data: { notes: 'ring twice' }, at: NOON, by: CUSTOMER });
  does({ type: 'ChangeDetails', data: { notes: 'suspected fraud' }, at: NOON, by: ADMIN });
  const { personal, staff_notes } = order();
  assert.is('notes' in personal && personal.notes, 'ring twice');
  assert.equal(
    staff_notes.map(({ text, visible_to_customer }) => [text, visible_to_customer]),
    [['suspected fraud', false]],
  );
});

test('11: prices that staff agreed are not the customer’s to change; a line keeps its id and its own tax', () => {
  const life = runOrder();
  const priced = fiftyLine('a', { tax: 2_800 });
  life.does({ ...place({ lines: [priced] }), by: ADMIN });
  const rejected = life.send({ ...modify([fiftyLine('x', { product_id: 'a' })]), by: CUSTOMER });
  assert.is('rejected' in rejected && rejected.rejected, 'order.items_priced_by_staff');
  life.does({ ...modify([fiftyLine('x', { product_id: 'a' })]), by: ADMIN });
  assert.equal(
    life.order().lines.map(({ id, tax }) => [id, tax]),
    [['a', 2_800]],
  );
});

test('12: a fee is never more than it is taken from, and the return shows the fee that was taken', () => {
  const { does, order } = lived();
  does(...pay(), ...deliver, openReturn('r-1'), settleReturn('r-1', { a: 1 }, { restocking_fee: 25_000 }));
  const settlement = order().returns[0]?.settlement;
  assert.equal([settlement?.restocking_fee, settlement?.amount], [UNIT, 0]);
});

test('a pay-out that is replaced after the total rose takes no more than is overpaid then', () => {
  const { does, order } = lived();
  const receipt = {
    ...recordCapture('p-2', 1_000),
    data: { payment_id: 'p-2', amount: 1_000, method: 'other' },
  } as const;
  does(...pay(), receipt, refundOverpaid);
  assert.equal([order().refunds[0]?.status, order().refunds[0]?.method], ['pending', 'bank_transfer']);
  does({ ...modify([fiftyLine('a'), fiftyLine('b', { unit_price: 5600 })]), by: ADMIN });
  does(resolveRefund(order().refunds[0]?.refund_id ?? '', 'other_payment', { payment_id: 'p-1' }));
  assert.is(order().refunds[1]?.amount, 340, 'the total rose by 6.60');
  assert.equal([ledgerOf(order()).amount_due, ledgerOf(order()).overpaid], [0, 0]);
});

test('a replacement that is all goodwill is settled, not paid: an admin starts it by force', () => {
  const { does, order, send } = lived({ paymentRequired: true });
  does(refundOrder({ goodwill: TOTAL }), take('confirm'));
  assert.is(ledgerOf(order()).payment_status, 'settled');
  assert.ok('rejected' in send(take('start_processing')));
  does(take('start_processing', { force: true }));
});

test('closing the books credits what is owed, and every credit is capped', () => {
  const { does, order, send } = lived();
  does(...deliver, refundOrder({ goodwill: 1_000 }));
  assert.ok('rejected' in send(refundOrder({ goodwill: TOTAL })));
  does(take('return_order'));
  assert.equal(sums(order()), { owed: 0, balance: 0, amount_due: 0, overpaid: 0, refunded: 0 });
});

test.run();
