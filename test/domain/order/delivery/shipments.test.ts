import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  cancelledQuantity,
  countUnits,
  createOrderDecider,
  DEFAULT_ORDER_SETTINGS,
  ledgerOf,
  memoAmountOf,
  reconcile,
  shippedQuantity,
  uninvoicedOf,
  unitsLeft,
  type OrderCommand,
} from '../../../../src/domain/order/index.ts';
import { sum } from '../../../../src/domain/shared/money.ts';
import { specFor } from '../../../support/decider-spec.ts';
import { aBasket, aGoodsStep, commandsOf, linesOfBasket } from '../../../support/goods-steps.ts';
import { cancelItems, COURIER, CUSTOMER, move, mug, place, ship, take } from '../../../support/order-commands.ts';
import { oneShipped, pathTo, PLACED_TOTAL, shipmentId, shipmentLost } from '../../../support/order-events.ts';
import { item, openReturn, recordCapture, settleReturn } from '../../../support/order-money.ts';
import { runOrder } from '../../../support/order-run.ts';
import { always } from '../../../support/property.ts';

const test = suite('order: shipments');
const given = specFor(createOrderDecider());

const mugs = (quantity: number) => [{ order_item_id: 'line-mug', quantity }];

test('a part is shipped, then the rest, and the order follows its parcels', () => {
  given(...pathTo('processing'))
    .when(ship(mugs(1), { carrier: 'DHL' }))
    .then(oneShipped());
  const order = runOrder();
  order.does(place(), take('confirm'), take('start_processing'), ship(mugs(1)));
  const statuses = [order.order().status];
  for (const command of [
    move(shipmentId(1), 'deliver'),
    take('ship'),
    move(shipmentId(2), 'out_for_delivery'),
    move(shipmentId(2), 'fail'),
    move(shipmentId(2), 'deliver'),
  ]) {
    order.does(command);
    statuses.push(order.order().status);
  }
  assert.equal(statuses, [
    'partially_shipped',
    'partially_shipped',
    'partially_delivered',
    'partially_delivered',
    'partially_delivered',
    'delivered',
  ]);
});

test('more than is left is rejected with what is left of each item', () =>
  given(...pathTo('partially_shipped'))
    .when(ship(mugs(2)))
    .thenRejected('shipment.more_than_left', { left: [{ order_item_id: 'line-mug', left: 1 }] }));

test('actions on the order move every parcel that can move, and ship what is left first', () => {
  const order = runOrder();
  order.does(place(), take('confirm'), take('start_processing'), ship(mugs(1)));
  order.does(take('out_for_delivery'));
  assert.equal(
    order.order().shipments.map(({ status, by_courier }) => [status, by_courier]),
    [
      ['out_for_delivery', false],
      ['out_for_delivery', true],
    ],
  );
  order.does(take('deliver'));
  assert.is(order.order().status, 'delivered');

  const left = runOrder();
  left.does(place(), take('confirm'), take('start_processing'), ship(mugs(1)), take('deliver'));
  assert.equal(
    left.order().shipments.map(({ status }) => status),
    ['delivered', 'delivered'],
  );
});

test('a courier who carries one of two parcels takes the other along by the same action', () => {
  const order = runOrder();
  order.does(place(), take('confirm'), take('start_processing'), ship(mugs(1)), ship());
  order.does({ type: 'AssignDeliveryPartner', data: { delivery_partner_id: 'd-1' }, at: place().at, by: take('x').by });
  order.does(move(shipmentId(1), 'out_for_delivery'));
  assert.is(order.order().status, 'out_for_delivery');
  order.does(take('out_for_delivery', { by: COURIER }));
  assert.equal(
    order.order().shipments.map(({ status }) => status),
    ['out_for_delivery', 'out_for_delivery'],
  );
  assert.equal(order.send(take('out_for_delivery')), {
    rejected: 'order.already_out_for_delivery',
    current_status: 'out_for_delivery',
    allowed_actions: ['deliver'],
  });
});

test('shipments are staff business', () => {
  for (const by of [CUSTOMER, COURIER])
    given(...pathTo('processing'), { type: 'DeliveryPartnerAssigned', data: { delivery_partner_id: 'd-1' } })
      .when({ ...ship(), by })
      .thenRejected('order.action_not_permitted', {});
});

test('a lost parcel waits for a resolution, and ends with it', () => {
  given(...pathTo('shipped'))
    .when(move(shipmentId(), 'lost'))
    .then(shipmentLost());
  given(...pathTo('shipped'), shipmentLost())
    .when(move(shipmentId(), 'lost'))
    .thenRejected('shipment.invalid_transition', { shipment_status: 'lost', allowed_actions: ['lost'] });
  given(...pathTo('shipped'), shipmentLost())
    .when(move(shipmentId(), 'lost', { resolution: 'resend' }))
    .then({ type: 'ShipmentResolved', data: { shipment_id: shipmentId(), resolution: 'resend' } });
});

test('what is sent again is left once more, and causes no second invoice', () => {
  const order = runOrder();
  order.does(place(), take('confirm'), take('start_processing'), take('ship'));
  order.does(move(shipmentId(1), 'returned_to_sender', { resolution: 'resend' }));
  assert.is(order.order().status, 'partially_shipped');
  order.does(take('ship'), take('deliver'));
  assert.is(order.order().status, 'delivered');
  assert.is(order.order().invoices.length, 1);
});

test('a lost parcel that is refunded credits its units, and shipping when nothing arrives at all', () => {
  const order = runOrder();
  order.does(place(), recordCapture('p-1', PLACED_TOTAL), take('confirm'), take('start_processing'));
  order.does(ship(mugs(1)), ship(mugs(1)));
  order.does(move(shipmentId(1), 'lost', { resolution: 'refund' }));
  assert.equal(
    order.order().credits.map(({ amount, parts, pays }) => [amount, parts.shipping, pays]),
    [[1429, 0, 1429]],
  );
  order.does(move(shipmentId(2), 'lost', { resolution: 'refund' }));
  assert.is(order.order().status, 'undelivered');
  const { owed, in_flight } = ledgerOf(order.order());
  assert.equal([owed, in_flight], [0, PLACED_TOTAL]);
});

test('whether a return is settled before or after the rest is lost or cancelled, all money goes back', () => {
  const lines = [mug({ unit_price: 1_000, quantity: 2 })];
  const damaged = { reason: 'damaged', items: [item('line-mug', 1)] } as const;
  const returned = [openReturn('r-1', damaged), settleReturn('r-1', { 'line-mug': 1 })];
  const live = (...commands: readonly OrderCommand[]) => {
    const order = runOrder();
    order.does(place({ lines, shipping_cost: 500 }), recordCapture('p-1', 2_700));
    order.does(take('confirm'), take('start_processing'), ship(mugs(1)), move(shipmentId(1), 'deliver'), ...commands);
    const { owed, in_flight } = ledgerOf(order.order());
    return [owed, in_flight];
  };
  const refunded = (action: 'lost' | 'returned_to_sender') => move(shipmentId(2), action, { resolution: 'refund' });
  const [open, settle] = returned;
  assert.ok(open && settle);
  for (const last of [refunded('lost'), refunded('returned_to_sender')]) {
    assert.equal(live(ship(), ...returned, last), [0, 2_700]);
    assert.equal(live(ship(), open, last, settle), [0, 2_700]);
    assert.equal(live(ship(), last, ...returned), [0, 2_700]);
  }
  assert.equal(live(ship(), move(shipmentId(2), 'lost'), ...returned, refunded('lost')), [0, 2_700]);
  assert.equal(live(...returned, cancelItems(mugs(1))), [0, 2_700]);
  assert.equal(live(open, cancelItems(mugs(1)), settle), [0, 2_700]);
  assert.equal(live(cancelItems(mugs(1)), ...returned), [0, 2_700]);
});

test('shipping stays where a unit came back because the customer did not want it', () => {
  const order = runOrder();
  order.does(place(), take('confirm'), take('start_processing'), ship(mugs(1)), ship());
  order.does(move(shipmentId(1), 'deliver'), openReturn('r-1', { reason: 'change_of_mind' }));
  order.does(settleReturn('r-1', { 'line-mug': 1 }), move(shipmentId(2), 'lost', { resolution: 'refund' }));
  assert.is(ledgerOf(order.order()).owed, 500);
});

test('only delivered units can be returned, at their full value when another unit was lost', () => {
  const order = runOrder();
  order.does(place(), take('confirm'), take('start_processing'), ship(mugs(1)), ship(mugs(1)));
  assert.ok('rejected' in order.send(openReturn('r-1', { items: [item('line-mug', 1)] })));
  order.does(move(shipmentId(1), 'lost', { resolution: 'refund' }), move(shipmentId(2), 'deliver'));
  assert.is(order.order().status, 'delivered');
  assert.equal(order.send(openReturn('r-1', { items: [item('line-mug', 2)] })), {
    rejected: 'return.quantity_exceeds_returnable',
    order_item_id: 'line-mug',
    requested: 2,
    returnable: 1,
  });
  order.does(openReturn('r-1', { items: [item('line-mug', 1)] }));
  assert.equal(
    order.order().returns[0]?.items.map(({ units }) => units),
    [[{ first: 2, last: 2, amount: 1429 }]],
  );
});

test('a delivered part can be returned while the rest is left, and the order tells about the rest first', () => {
  const order = runOrder();
  order.does(place(), take('confirm'), take('start_processing'), ship(mugs(1)), move(shipmentId(1), 'deliver'));
  order.does(openReturn('r-1', { items: [item('line-mug', 1)] }));
  assert.is(order.order().status, 'partially_shipped');
  order.does(take('deliver'));
  assert.is(order.order().status, 'return_requested');
});

test('twenty clerks ship the last units: each unit leaves once', () => {
  const clerks = Array.from({ length: 20 }, (_, n) => ship([{ order_item_id: 'line-mug', quantity: 1 + (n % 3) }]));
  const order = runOrder();
  order.does(place({ lines: [mug({ quantity: 7 })] }), take('confirm'), take('start_processing'));
  const shipped = clerks.filter((command) => !('rejected' in order.send(command)));
  const [line] = order.order().lines;
  assert.ok(line);
  assert.is(shippedQuantity(order.order(), line.id), 7);
  assert.equal(unitsLeft(order.order(), line), []);
  assert.is(sum(shipped.map(({ data }) => data.items?.[0]?.quantity ?? 0)), 7);
});

const perOrder = createOrderDecider();
const perShipment = createOrderDecider({ ...DEFAULT_ORDER_SETTINGS, invoicePer: 'shipment' });

test('invoices of shipments add up to the total less the credits before them, and memos never exceed them', () => {
  const seen = { deductions: 0, reductions: 0, splits: 0, complete: 0, switched: 0 };
  always(
    fc.property(
      aBasket,
      fc.array(aGoodsStep, { minLength: 4, maxLength: 30, size: 'max' }),
      fc.nat(40),
      (basket, steps, switchesAt) => {
        let turn = 0;
        // The merchant changes the setting for a while.
        const decider: typeof perShipment = {
          ...perShipment,
          decide: (command, state) => (turn === switchesAt ? perOrder : perShipment).decide(command, state),
        };
        const order = runOrder(decider);
        const lines = linesOfBasket(basket);
        order.does(place({ lines }), recordCapture('p-1', 400), take('confirm'), take('start_processing'));
        for (const [n, one] of steps.entries()) {
          turn = n;
          for (const command of commandsOf(one, order.order())) order.send(command);
          holds(order.order());
        }
        turn = steps.length;
        order.send(ship());
        holds(order.order());
        const end = order.order();
        if (end.invoices.length > 0 && end.lines.every((line) => unitsLeft(end, line).length === 0)) {
          assert.is(uninvoicedOf(end), 0, 'everything that left is on an invoice');
          seen.complete += 1;
        }
        for (const { parts, shipment_id } of end.invoices) {
          if ((parts?.deducted ?? 0) > 0) seen.deductions += 1;
          if ((parts?.reductions.length ?? 0) > 0) seen.reductions += 1;
          if (shipment_id === null) seen.switched += 1;
        }
        if (end.credits.some(({ invoiced, to_deduct }) => invoiced && to_deduct !== null)) seen.splits += 1;
      },
    ),
    400,
  );
  for (const [name, count] of Object.entries(seen)) assert.ok(count > 5, `${name}: ${count}`);
});

const holds = (order: ReturnType<ReturnType<typeof runOrder>['order']>): void => {
  const sums = reconcile(order);
  assert.ok(sums.agrees, JSON.stringify(sums));
  assert.ok(sums.uninvoiced >= 0, 'nothing is invoiced beyond what is owed');
  assert.ok(sums.invoiced - sums.credited_by_documents >= 0, 'memos never exceed invoices');
  assert.ok(order.invoices.every(({ amount }) => amount >= 0));
  assert.ok(order.credits.every((credit) => memoAmountOf(credit) >= 0));
  for (const line of order.lines)
    assert.is(
      countUnits(unitsLeft(order, line)) + shippedQuantity(order, line.id) + cancelledQuantity(order, line.id),
      line.quantity,
    );
  for (const { discount, tax } of order.lines) assert.ok(discount >= 0 && tax >= 0, 'no negative discount or tax');
};

test.run();
