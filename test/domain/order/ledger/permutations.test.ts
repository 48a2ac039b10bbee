import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ledgerOf, reconcile, type OrderCommand } from '../../../../src/domain/order/index.ts';
import { placeFifties, take } from '../../../support/order-commands.ts';
import {
  openReturn,
  recordCapture,
  recordPaymentFailure,
  recordRefund,
  recordRefundFailure,
  refundOrder,
  refundOverpaid,
  resolveRefund,
  settleReturn,
  startPayment,
} from '../../../support/order-money.ts';
import { runOrder } from '../../../support/order-run.ts';
import { always } from '../../../support/property.ts';

const test = suite('the same facts in any order and any timing');

const PLACED = placeFifties('a', 'b');

/** Each is true whenever it is said, and none forbids another. */
type Given =
  | { readonly is: 'card'; readonly amount: number; readonly declinesRefunds: boolean }
  | { readonly is: 'declined card'; readonly amount: number }
  | { readonly is: 'receipt'; readonly amount: number }
  | { readonly is: 'goodwill'; readonly amount: number }
  | { readonly is: 'shipping'; readonly amount: number }
  | { readonly is: 'return' };

const amount = fc.integer({ min: 1, max: 9_000 });
const credit = fc.integer({ min: 1, max: 900 });
const given = fc.array(
  fc.oneof(
    fc.record({ is: fc.constant('card' as const), amount, declinesRefunds: fc.boolean() }),
    fc.record({ is: fc.constant('declined card' as const), amount }),
    fc.record({ is: fc.constant('receipt' as const), amount }),
    fc.record({ is: fc.constant('goodwill' as const), amount: credit }),
    fc.record({ is: fc.constant('shipping' as const), amount: fc.integer({ min: 1, max: 80 }) }),
    fc.constant({ is: 'return' as const }),
  ),
  { minLength: 2, maxLength: 6 },
);
/** In which order they are said, and what happens in between. */
const told = fc.array(fc.record({ rank: fc.nat(), rule: fc.boolean(), arrivals: fc.boolean() }), {
  minLength: 6,
  maxLength: 6,
});
type Telling = typeof told extends fc.Arbitrary<infer T> ? T : never;

const commandsOf = (one: Given, n: number): readonly OrderCommand[] => {
  const id = `p-${n}`;
  switch (one.is) {
    case 'card':
      return [recordCapture(id, one.amount)];
    case 'declined card':
      return [startPayment(id, one.amount), recordPaymentFailure(id)];
    case 'receipt':
      return [{ ...recordCapture(id, one.amount), data: { payment_id: id, amount: one.amount, method: 'other' } }];
    case 'goodwill':
      return [refundOrder({ goodwill: one.amount })];
    case 'shipping':
      return [refundOrder({ shipping: one.amount })];
    case 'return':
      return [
        openReturn('r-1', { items: [{ order_item_id: 'a', quantity: 1, reason: null }] }),
        settleReturn('r-1', { a: 1 }),
      ];
  }
};

const live = (facts: readonly Given[], telling: Telling) => {
  const life = runOrder();
  life.does(PLACED, ...['confirm', 'start_processing', 'ship', 'deliver'].map((action) => take(action)));
  const declines = new Set(facts.flatMap((one, n) => (one.is === 'card' && one.declinesRefunds ? [`p-${n}`] : [])));
  const arrive = (): void => {
    for (const { refund_id, payment_id, amount, method, kind, return_id, status } of life.order().refunds) {
      if (status !== 'pending' || method !== 'original_payment') continue;
      const refund = { refund_id, payment_id, amount, method };
      life.send(
        declines.has(payment_id) ? recordRefundFailure(refund, kind, return_id) : recordRefund(refund, kind, return_id),
      );
    }
  };
  const order = facts.map((_, n) => n).toSorted((a, b) => (telling[a]?.rank ?? 0) - (telling[b]?.rank ?? 0));
  for (const [place, n] of order.entries()) {
    const one = facts[n];
    if (one === undefined) continue;
    // A second return of the same unit, or a card that is asked for more than is due, is no fact.
    for (const command of commandsOf(one, n)) life.send(command);
    assert.ok(reconcile(life.order()).agrees, 'at any moment');
    if (telling[place]?.rule === true) life.does(refundOverpaid);
    if (telling[place]?.arrivals === true) arrive();
  }
  life.does(refundOverpaid);
  arrive();
  life.does(refundOverpaid);
  const moving = ledgerOf(life.order());
  for (const { refund_id, status } of life.order().refunds)
    if (status === 'failed' || status === 'pending') life.does(resolveRefund(refund_id, 'bank_transfer'));
  return { moving, ended: ledgerOf(life.order()) };
};

test('end in the same sums', () =>
  always(
    fc.property(given, told, told, (facts, one, other) => {
      const [first, second] = [live(facts, one), live(facts, other)];
      for (const { moving, ended } of [first, second]) {
        assert.is(moving.overpaid, moving.failed, 'all that is overpaid waits for a person');
        assert.equal([ended.overpaid, ended.failed, ended.in_flight], [0, 0, 0]);
        assert.ok(ended.refunded <= ended.captured);
      }
      const sums = ({ owed, amount_due, overpaid, failed }: typeof first.moving) => ({
        owed,
        amount_due,
        settled: overpaid - failed,
      });
      assert.equal(sums(first.moving), sums(second.moving), 'while refunds wait for a person');
      assert.equal(first.ended, second.ended, 'when all is resolved');
    }),
  ));

test.run();
