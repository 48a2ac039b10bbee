import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  cancelledQuantity,
  createOrderDecider,
  DEFAULT_ORDER_SETTINGS,
  ledgerOf,
  orderTotals,
  progressAfter,
  reconcile,
  salesOf,
  soldQuantity,
  type OrderCommand,
  type OrderProgress,
} from '../../../../src/domain/order/index.ts';
import { sum } from '../../../../src/domain/shared/money.ts';
import { specFor } from '../../../support/decider-spec.ts';
import {
  addItems,
  ADMIN,
  cancelItems,
  CUSTOMER,
  hold,
  modify,
  move,
  mug,
  place,
  ship,
  take,
} from '../../../support/order-commands.ts';
import { pathTo, PLACED_TOTAL, shipmentId } from '../../../support/order-events.ts';
import {
  item,
  openReturn,
  recordCapture,
  refundOrder,
  refundOverpaid,
  settleReturn,
} from '../../../support/order-money.ts';
import { runOrder } from '../../../support/order-run.ts';
import { always } from '../../../support/property.ts';

const test = suite('order: cancelling units');
const given = specFor(createOrderDecider());

const mugs = (quantity: number, order_item_id = 'line-mug') => [{ order_item_id, quantity }];
const inProcessing = (...more: readonly OrderCommand[]) => {
  const order = runOrder();
  order.does(place(), ...more, take('confirm'), take('start_processing'));
  return order;
};

test('before the invoice the total falls by the share of the unit, and what is then overpaid goes back', () => {
  const order = inProcessing(recordCapture('p-1', PLACED_TOTAL));
  order.does(cancelItems(mugs(1)));
  const now = order.order();
  assert.equal(
    [ledgerOf(now).total, ledgerOf(now).overpaid, now.credits, cancelledQuantity(now, 'line-mug')],
    [PLACED_TOTAL - 1429, 1429, [], 1],
  );
  assert.is(now.status, 'processing');
  order.does(take('ship'));
  assert.equal(
    order.order().invoices.map(({ amount }) => amount),
    [PLACED_TOTAL - 1429],
  );
  assert.is(order.order().status, 'shipped');
});

test('after the invoice the total stands, and the unit is credited with a memo', () => {
  const order = inProcessing(recordCapture('p-1', PLACED_TOTAL));
  order.does(ship(mugs(1)), cancelItems(mugs(1)));
  const now = order.order();
  assert.is(ledgerOf(now).total, PLACED_TOTAL);
  assert.equal(
    now.credits.map(({ kind, amount, pays, invoiced, parts }) => [kind, amount, pays, invoiced, parts.shipping]),
    [['cancellation', 1429, 1429, true, 0]],
  );
  assert.equal(
    now.refunds.map(({ kind, amount }) => [kind, amount]),
    [['cancellation', 1429]],
  );
  assert.is(now.status, 'shipped', 'nothing is left');
  order.does(take('deliver'));
  assert.is(order.order().status, 'delivered');
});

test('each unit takes exactly its share, and nothing else is computed again', () => {
  const order = runOrder();
  const lines = [
    mug({ id: 'thirds', unit_price: 30, quantity: 3, tax: 10 }),
    mug({ id: 'other', unit_price: 1_000, quantity: 1 }),
  ];
  order.does(place({ lines }));
  const totals = [ledgerOf(order.order()).total];
  for (let unit = 3; unit > 0; unit--) {
    order.does(cancelItems(mugs(1, 'thirds')));
    totals.push(ledgerOf(order.order()).total);
  }
  // 1.00 in three: 0.33, 0.34 and 0.33.
  assert.equal(totals, [1_700, 1_667, 1_633, 1_600]);
  assert.is(order.order().lines.find(({ id }) => id === 'other')?.tax, 100);
});

test('with nothing left and nothing ever shipped the order is cancelled, whatever was credited', () => {
  const order = inProcessing(recordCapture('p-1', PLACED_TOTAL));
  order.does(refundOrder({ goodwill: 100 }), cancelItems(mugs(1)), cancelItems(mugs(1)));
  const now = order.order();
  assert.equal([now.status, now.cancellation?.category, ledgerOf(now).owed], ['cancelled', 'out_of_stock', 0]);
  assert.is(cancelledQuantity(now, 'line-mug'), 2);
});

test('shipping goes too when nothing has arrived and nothing is left', () => {
  const order = inProcessing();
  order.does(ship(mugs(1)), move(shipmentId(1), 'lost', { resolution: 'refund' }), cancelItems(mugs(1)));
  assert.equal(
    order.order().credits.map(({ kind, amount, parts }) => [kind, amount, parts.shipping]),
    [
      ['line', 1429, 0],
      ['cancellation', 1929, 500],
    ],
  );
  assert.equal([order.order().status, ledgerOf(order.order()).owed], ['undelivered', 0]);
});

test('a credit of a line goes with its units, so that no more is credited than is sold', () => {
  const order = inProcessing();
  order.does(refundOrder({ items: [{ order_item_id: 'line-mug', amount: 1000 }] }), cancelItems(mugs(1)));
  const { total, credited, owed } = ledgerOf(order.order());
  assert.equal([total, credited, owed], [PLACED_TOTAL - 1429, 500, PLACED_TOTAL - 1429 - 500]);
});

test('a credit of a line lowers the units that are paid for, and not those that were cancelled', () => {
  const order = runOrder();
  const lines = [mug({ id: 'ten', unit_price: 1_000, quantity: 10, tax: 1_000 })];
  order.does(place({ lines }), take('confirm'), take('start_processing'), cancelItems(mugs(8, 'ten')));
  // Half of the two that are left, which cost 11.00 each.
  order.does(refundOrder({ items: [{ order_item_id: 'ten', amount: 1_100 }] }), take('ship'), take('deliver'));
  order.does(openReturn('r-1', { items: [item('ten', 1)] }), settleReturn('r-1', { ten: 1 }));
  order.does(openReturn('r-2', { items: [item('ten', 1)] }), settleReturn('r-2', { ten: 1 }));
  assert.equal(
    order.order().returns.map(({ settlement }) => settlement?.amount),
    [550, 550],
  );
  assert.is(salesOf(order.order()).get('p-mug')?.tax, 0, 'and so does the tax in it');
});

test('an order with cancelled units can be changed until it is processed', () => {
  const order = runOrder();
  order.does(place(), cancelItems(mugs(1)), modify([mug({ quantity: 3 })]));
  assert.equal([cancelledQuantity(order.order(), 'line-mug'), orderTotals(order.order()).item_count], [0, 3]);
});

test('what cannot be cancelled is rejected by name', () => {
  given(...pathTo('processing'))
    .when(cancelItems(mugs(3)))
    .thenRejected('shipment.more_than_left', { left: [{ order_item_id: 'line-mug', left: 2 }] });
  given(...pathTo('processing'))
    .when(cancelItems(mugs(1, 'x')))
    .thenRejected('shipment.unknown_item');
  given(...pathTo('processing'))
    .when(cancelItems([...mugs(1), ...mugs(1)]))
    .thenRejected('shipment.duplicate_item');
  given(...pathTo('processing'))
    .when(cancelItems(mugs(0)))
    .thenRejected('shipment.invalid_quantity');
  for (const status of ['shipped', 'delivered', 'cancelled', 'returned'] as const)
    given(...pathTo(status))
      .when(cancelItems(mugs(1)))
      .thenRejected('order.invalid_transition', { current_status: status });
  given(...pathTo('pending'))
    .when(cancelItems(mugs(1), CUSTOMER))
    .thenRejected('order.action_not_permitted');
});

test('units that were credited before are cancelled with the same sums, whatever an invoice is for', () => {
  const live = (invoicePer: 'order' | 'shipment', x: number, ...credits: readonly OrderCommand[]) => {
    const order = runOrder(createOrderDecider({ ...DEFAULT_ORDER_SETTINGS, invoicePer }));
    const lines = [mug({ id: 'x', unit_price: 1_000, quantity: x }), mug({ id: 'y', unit_price: 1_000, quantity: 1 })];
    order.does(place({ lines }), recordCapture('p-1', 1_600 + x * 1_100), take('confirm'), take('start_processing'));
    order.does(ship(mugs(1, 'x')), move(shipmentId(1), 'deliver'), ...credits);
    if (x > 1) order.does(cancelItems(mugs(x - 1, 'x')));
    order.does(cancelItems(mugs(1, 'y')), refundOverpaid);
    const { total, owed, credited, in_flight, overpaid } = ledgerOf(order.order());
    assert.ok(reconcile(order.order()).agrees);
    assert.is(order.order().status, 'delivered');
    assert.ok(credited <= total);
    return { owed, in_flight, overpaid };
  };
  const ofUnit = refundOrder({ items: [{ order_item_id: 'y', quantity: 1 }] });
  const ofLine = refundOrder({ items: [{ order_item_id: 'x', amount: 1_500 }] });
  const goodwill = refundOrder({ goodwill: 2_000 });
  for (const [expected, x, ...credits] of [
    [{ owed: 1_600, in_flight: 1_100, overpaid: 0 }, 1, ofUnit],
    [{ owed: 0, in_flight: 2_700, overpaid: 0 }, 1, goodwill],
    // Half of 15.00 was for the unit of x that stays.
    [{ owed: 850, in_flight: 2_950, overpaid: 0 }, 2, ofLine],
    [{ owed: 850, in_flight: 2_950, overpaid: 0 }, 2, ofLine, ofUnit],
  ] as const) {
    assert.equal(live('order', x, ...credits), expected);
    assert.equal(live('shipment', x, ...credits), expected);
  }
});

test('units of a line that are and are not on an invoice are cancelled at once', () => {
  const order = runOrder(createOrderDecider({ ...DEFAULT_ORDER_SETTINGS, invoicePer: 'shipment' }));
  order.does(place({ shipping_cost: 0 }), recordCapture('p-1', 2_858), take('confirm'), take('start_processing'));
  order.does(ship(mugs(1)), move(shipmentId(1), 'lost', { resolution: 'resend' }));
  order.does(refundOrder({ items: [{ order_item_id: 'line-mug', amount: 1_000 }] }), cancelItems(mugs(2)));
  const { owed, in_flight, overpaid } = ledgerOf(order.order());
  assert.equal([owed, in_flight + overpaid, reconcile(order.order()).agrees], [0, 2_858, true]);
});

test('a held order can be cut short', () => {
  const order = inProcessing();
  order.does(hold('stock'), cancelItems(mugs(1)));
  assert.is(order.order().held?.reason_category, 'stock');
});

test('whatever is cancelled, shipped, lost and credited, documents, money, units, status and reports agree', () => {
  always(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 999 }), fc.integer({ min: 1, max: 6 }), fc.nat(80)), {
        minLength: 1,
        maxLength: 3,
      }),
      fc.array(
        fc.record({ kind: fc.constantFrom('cancel', 'ship', 'lost', 'credit', 'add'), a: fc.nat(5), b: fc.nat(5) }),
        {
          maxLength: 14,
        },
      ),
      fc.nat(6_000),
      (basket, steps, paid) => {
        const order = runOrder();
        const lines = basket.map(([unit_price, quantity, off], index) =>
          mug({ id: `l-${index}`, unit_price, quantity, discount: Math.floor((unit_price * quantity * off) / 100) }),
        );
        order.does(place({ lines }), recordCapture('p-1', paid + 1), take('confirm'), take('start_processing'));
        for (const { kind, a, b } of steps) {
          const now = order.order();
          const line = now.lines[a % now.lines.length];
          if (line === undefined) continue;
          const before = ledgerOf(now);
          if (kind === 'ship') order.send(ship(mugs(1 + (b % line.quantity), line.id)));
          if (kind === 'add')
            order.send(
              addItems([mug({ id: `more-${now.lines.length}`, unit_price: 1 + a * b, quantity: 1 + b })], ADMIN),
            );
          if (kind === 'credit') order.send(refundOrder({ items: [], goodwill: 1 + a * b }));
          const one = now.shipments[a % Math.max(1, now.shipments.length)];
          const resolution = b % 2 === 0 ? 'refund' : 'resend';
          if (kind === 'lost' && one) order.send(move(one.shipment_id, 'lost', { resolution }));
          if (kind === 'cancel') {
            const done = order.send(cancelItems(mugs(1 + (b % line.quantity), line.id)));
            const after = ledgerOf(order.order());
            const isCredited = after.credited > before.credited;
            if (!('rejected' in done)) assert.not(isCredited && after.total < before.total, 'never both');
          }
          const after = order.order();
          assert.ok(reconcile(after).agrees, JSON.stringify(reconcile(after)));
          const sold = [...salesOf(after).values()];
          const booked = sum(sold.map((one) => one.gross - one.discount - one.returned + one.shipping + one.tax));
          const { total, credited } = ledgerOf(after);
          assert.is(booked, after.status === 'cancelled' ? 0 : total - credited);
          assert.ok(after.lines.every(({ discount, tax }) => discount >= 0 && tax >= 0));
          assert.ok(after.lines.every((one) => soldQuantity(one) >= one.quantity - cancelledQuantity(after, one.id)));
          const progress = order
            .facts()
            .reduce<OrderProgress | undefined>((done, fact) => progressAfter(done, fact), undefined);
          assert.is(progress?.status, after.status);
        }
      },
    ),
    300,
  );
});

test.run();
