import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { orderTotals, retainedUnits, type ShipmentResolution } from '../../../../src/domain/order/index.ts';
import { cancelItems, move, mug, place, pricedMug, ship, take } from '../../../support/order-commands.ts';
import { shipmentId } from '../../../support/order-events.ts';
import { refundOrder } from '../../../support/order-money.ts';
import { runOrder } from '../../../support/order-run.ts';

const test = suite('how many units an order keeps');

const nothing = { credits: [], cancelled: [], shipments: [] };
const lines = [
  pricedMug({ id: 'l-1', product_id: 'mug', quantity: 3 }),
  pricedMug({ id: 'l-2', product_id: 'mug', quantity: 2 }),
  pricedMug({ id: 'l-3', product_id: 'pot', quantity: 1 }),
];

test('what was ordered, over all lines of a product', () => {
  assert.equal(
    [...retainedUnits({ status: 'pending', lines, ...nothing }, [])],
    [
      ['mug', 5],
      ['pot', 1],
    ],
  );
});

test('less what lies on the shelf again', () => {
  const restocked = [
    { order_item_id: 'l-1', quantity: 2 },
    { order_item_id: 'l-1', quantity: 1 },
    { order_item_id: 'l-3', quantity: 1 },
  ];
  assert.equal(
    [...retainedUnits({ status: 'partially_returned', lines, ...nothing }, restocked)],
    [
      ['mug', 2],
      ['pot', 0],
    ],
  );
});

const mugs = (quantity: number) => [{ order_item_id: 'line-mug', quantity }];

/** An order of five mugs, of which three left in a parcel. */
const parcelOfThree = () => {
  const order = runOrder();
  order.does(place({ lines: [mug({ quantity: 5 })] }), take('confirm'), take('start_processing'), ship(mugs(3)));
  return { ...order, kept: () => retainedUnits(order.order(), []).get('p-mug') };
};

test('what was lost never comes back, and what is sent in its place leaves the stock too', () => {
  for (const [resolution, kept] of [
    ['refund', 5],
    ['resend', 8],
  ] as const satisfies readonly (readonly [ShipmentResolution, number])[]) {
    const order = parcelOfThree();
    order.does(move(shipmentId(), 'lost'));
    assert.is(order.kept(), 5, 'nothing is known yet');
    order.does(move(shipmentId(), 'lost', { resolution }));
    assert.is(order.kept(), kept);
  }
  const order = parcelOfThree();
  order.does(move(shipmentId(), 'lost', { resolution: 'resend' }), cancelItems(mugs(5)));
  assert.is(order.kept(), 3, 'the lost ones');
});

test('of what came back to the sender, staff say what is in stock again', () => {
  for (const [resolution, restocked, kept] of [
    ['refund', undefined, 2],
    ['refund', mugs(1), 4],
    ['refund', [], 5],
    ['resend', undefined, 5],
    ['resend', mugs(2), 6],
    ['resend', [], 8],
  ] as const) {
    const at_once = parcelOfThree();
    at_once.does(move(shipmentId(), 'returned_to_sender', { resolution, restocked }));
    assert.is(at_once.kept(), kept);
    const later = parcelOfThree();
    later.does(move(shipmentId(), 'returned_to_sender'));
    assert.is(later.kept(), 5);
    later.does(move(shipmentId(), 'returned_to_sender', { resolution, restocked }));
    assert.is(later.kept(), kept);
  }
});

test('units are restocked also where everything was credited before', () => {
  const order = parcelOfThree();
  order.does(refundOrder({ items: [], goodwill: orderTotals(order.order()).total }));
  order.does(move(shipmentId(), 'returned_to_sender', { resolution: 'refund' }));
  assert.is(order.kept(), 2);
});

test('a credit puts into stock only units that have left, each once', () => {
  const restock = (quantity: number) => refundOrder({ items: mugs(quantity), restock: true });
  const order = parcelOfThree();
  const rejects = (quantity: number, restockable: number) =>
    assert.equal(order.send(restock(quantity)), {
      rejected: 'refund.restock_not_possible',
      order_item_id: 'line-mug',
      restockable,
    });
  rejects(4, 3);
  order.does(restock(1));
  rejects(3, 2);
  assert.is(order.kept(), 4);
  order.does(move(shipmentId(), 'lost'));
  rejects(1, 0);
});

test('none when it was cancelled', () => {
  assert.equal(
    [...retainedUnits({ status: 'cancelled', lines, ...nothing }, [])],
    [
      ['mug', 0],
      ['pot', 0],
    ],
  );
});

test.run();
