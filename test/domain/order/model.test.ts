import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  countUnits,
  freeUnits,
  ledgerOf,
  leftOfLine,
  movedBy,
  NO_ORDER,
  ORDER_TRANSITIONS,
  orderFold,
  reconcile,
  type OrderState,
} from '../../../src/domain/order/index.ts';
import { sum } from '../../../src/domain/shared/money.ts';
import { refundedOf } from '../../../src/domain/payment/index.ts';
import { orderHistory } from '../../support/order-history.ts';
import { assertUnits, placesOf } from '../../support/goods.ts';
import { always } from '../../support/property.ts';
import { attempt, tries } from './model-attempts.ts';
import { setUp, type World } from './model-world.ts';
import * as model from './reference-model.ts';

const test = suite('order against the reference model');

const basket = fc.array(
  fc.record({
    unit_price: fc.integer({ min: 1, max: 999 }),
    quantity: fc.integer({ min: 1, max: 4 }),
    share: fc.integer({ min: 0, max: 100 }),
  }),
  { minLength: 1, maxLength: 3 },
);
/** After every step, the order says what the model says. */
const agree = ({ lived, m, payments, returns }: World): void => {
  const order = lived.order();
  const ledger = ledgerOf(order);
  assert.equal(
    [order.status, ledger.owed, ledger.balance, ledger.amount_due, ledger.overpaid, ledger.captured],
    [m.status, model.owed(m), model.balance(m), model.due(m), model.overpaid(m), model.captured(m)],
  );
  assert.equal(
    [ledger.credited, ledger.refunded, ledger.in_flight, ledger.failed],
    [model.credited(m), ...['gone', 'pending', 'failed'].map((status) => model.sumOf(m, [status]))],
  );
  assert.is(order.refunds.length, m.refunds.length);
  assert.ok(ledger.refunded + ledger.in_flight <= ledger.captured, 'never more goes back than came in');
  assert.ok(ledger.credited <= ledger.total, 'never more is credited than was agreed');
  for (const [index, line] of order.lines.entries()) {
    const known = m.lines[index];
    assert.is(countUnits(freeUnits(order, line)), known && model.freeCount(m, known), 'units that can be returned');
    if (known !== undefined) assert.equal(placesOf(order, line), model.placesOf(m, known), 'where the units are');
    assert.ok(leftOfLine(order, line) >= 0, 'no line is credited above its price');
  }
  assertUnits(order);
  for (const { id, status, step } of m.returns) {
    const one = returns.get(id);
    assert.is(one?.status, step, 'the status of the return');
    assert.is(order.returns.find(({ return_id }) => return_id === id)?.status, status, 'its status in the order');
  }
  const gone = [...payments.values()].reduce((sum, one) => sum + (one.status === 'none' ? 0 : refundedOf(one)), 0);
  assert.is(gone, ledger.refunded, 'payments and order agree on what went back');
  const { agrees, invoiced, credited_by_documents, uninvoiced, owed } = reconcile(order);
  assert.ok(agrees, 'documents agree with money');
  assert.is(invoiced, m.invoice ?? 0);
  assert.is(invoiced - credited_by_documents + uninvoiced, owed);
};

/** The table is never left, the chain of the history is unbroken, and a replay gives the same order. */
const wasLawful = ({ lived }: World): void => {
  const rows = orderHistory(lived.facts());
  for (const [index, { previous_status, new_status }] of rows.entries()) {
    const from = previous_status ?? 'none';
    assert.is(previous_status, rows[index - 1]?.new_status ?? null);
    assert.ok(
      ORDER_TRANSITIONS.some(
        (row) => row.from.some((status) => status === from) && row.to.some((status) => status === new_status),
      ),
      `${from} → ${new_status} is not in the table`,
    );
  }
  const replayed = lived.facts().reduce<OrderState>((state, fact) => orderFold.evolve(state, fact), NO_ORDER);
  assert.equal(replayed, lived.order());
  const moved = lived.facts().map(movedBy);
  const { captured, refunded } = ledgerOf(lived.order());
  assert.equal(
    [sum(moved.map((one) => one.captured)), sum(moved.map((one) => one.refunded))],
    [captured, refunded],
    'single events come to what the ledger says',
  );
};

test('random commands: accepted, rejected, allocated and summed up as the reference model says', () => {
  const seen = new Set<string>();
  always(
    fc.property(
      basket,
      fc.boolean(),
      fc.constantFrom('JPY', 'USD', 'KWD'),
      fc.array(attempt, { minLength: 10, maxLength: 60, size: 'max' }),
      (wanted, auto, currency, attempts) => {
        const world = setUp(wanted, auto, currency);
        for (const one of attempts) {
          tries[one.kind](world, one);
          agree(world);
        }
        wasLawful(world);
        seen.add(world.m.status);
        for (const { type } of world.lived.facts()) seen.add(type);
      },
    ),
    1200,
  );
  // A test that never gets anywhere proves nothing.
  for (const reached of [
    'returned',
    'partially_returned',
    'return_requested',
    'cancelled',
    'partially_shipped',
    'partially_delivered',
    'undelivered',
    'ItemsCancelled',
    'OrderHeld',
    'HoldReleased',
    'ShipmentReturnedToSender',
    'ItemsShipped',
    'ShipmentLost',
    'ShipmentResolved',
    'PaymentRefundFailed',
    'OrderCredited',
    'RefundResolved',
    'RefundWithdrawn',
  ]) {
    assert.ok(seen.has(reached), `no run reached ${reached}`);
  }
});

test.run();
