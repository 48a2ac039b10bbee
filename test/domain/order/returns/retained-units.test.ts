import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { retainedUnits } from '../../../../src/domain/order/index.ts';
import { pricedMug } from '../../../support/order-commands.ts';

const test = suite('how many units an order keeps');

const nothing = { credits: [], cancelled: [] };
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
