import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  finalPrice,
  ledgerOf,
  type Order,
  type OrderLine,
  orderTotals,
  valueUnits,
  worthOf,
} from '../../../../src/domain/order/index.ts';
import { lowestUnits, unitsOutside } from '../../../../src/domain/order/vocabulary/unit-ranges.ts';
import { maxAmount } from '../../../../src/domain/shared/money.ts';
import { modify, mug, place, pricedMug, take } from '../../../support/order-commands.ts';
import {
  item,
  openReturn,
  recordCapture,
  recordRefund,
  settleReturn,
  startPayment,
} from '../../../support/order-money.ts';
import { always } from '../../../support/property.ts';
import { runOrder } from '../../../support/order-run.ts';

const test = suite('order: exactness');

const line: fc.Arbitrary<OrderLine> = fc
  .record({
    unit_price: fc.integer({ min: 1, max: 10 ** 9 }),
    quantity: fc.integer({ min: 1, max: 1_000_000 }),
    share: fc.integer({ min: 0, max: 100 }),
    tax: fc.integer({ min: 0, max: 10 ** 9 }),
  })
  .map(({ share, ...one }) =>
    pricedMug({ ...one, discount: Number((BigInt(one.unit_price * one.quantity) * BigInt(share)) / 100n) }),
  );

test('the units of any partition of a line, in any order, add up to exactly what was paid for it', () =>
  always(
    fc.property(line, fc.array(fc.nat(), { maxLength: 12 }), fc.infiniteStream(fc.nat()), (one, cuts, order) => {
      const ends = [...new Set([...cuts.map((cut) => 1 + (cut % one.quantity)), one.quantity])].sort((a, b) => a - b);
      const ranges = ends.map((last, index) => ({ first: (ends[index - 1] ?? 0) + 1, last }));
      const shuffled = ranges.toSorted(() => (order.next().value ?? 0) % 3 || -1);
      const worth = shuffled.reduce((total, range) => total + worthOf(valueUnits(one, [range])), 0);
      assert.is(worth, finalPrice(one));
      for (const { amount } of valueUnits(one, ranges)) assert.ok(amount >= 0);
    }),
    1000,
  ));

test('a line of a million units at the limit is still exact', () => {
  const dear = pricedMug({ unit_price: 10 ** 9, quantity: 1_000_000, tax: 7 });
  const half = valueUnits(dear, [{ first: 1, last: 500_000 }]);
  const rest = valueUnits(dear, [{ first: 500_001, last: 1_000_000 }]);
  assert.is(worthOf(half) + worthOf(rest), maxAmount('KWD') + 7);
});

const ranges = fc
  .tuple(fc.integer({ min: 1, max: 60 }), fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 60 }))
  .map(([quantity, taken]) => ({ quantity, taken: taken.filter((unit) => unit <= quantity) }));
const unitsOf = (all: readonly { first: number; last: number }[]): readonly number[] =>
  all.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, index) => first + index));

test('free units belong to no return, and the lowest of them are taken first', () =>
  always(
    fc.property(ranges, fc.nat({ max: 60 }), ({ quantity, taken }, count) => {
      const free = unitsOutside(
        taken.map((unit) => ({ first: unit, last: unit })),
        quantity,
      );
      const expected = Array.from({ length: quantity }, (_, index) => index + 1).filter(
        (unit) => !taken.includes(unit),
      );
      assert.equal(unitsOf(free), expected);
      assert.equal(unitsOf(lowestUnits(free, count)), expected.slice(0, count));
    }),
    1000,
  ));

const basket = fc.array(
  fc.record({
    unit_price: fc.integer({ min: 1, max: 10 ** 6 }),
    quantity: fc.oneof(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 1000 })),
    share: fc.integer({ min: 0, max: 100 }),
    tax: fc.option(fc.integer({ min: 0, max: 500 }), { nil: undefined }),
  }),
  { minLength: 1, maxLength: 5 },
);

const scenario = fc.record({
  placed: basket,
  modified: fc.option(basket),
  currency: fc.constantFrom('JPY', 'USD', 'KWD'),
  tax_rate: fc.constantFrom('0', '0.05', '0.0725', '0.1', '0.19'),
  shipping_cost: fc.integer({ min: 0, max: 5000 }),
  /** Shares of what is due that are paid one after the other; the last pays the rest. */
  payments: fc.array(fc.integer({ min: 1, max: 99 }), { maxLength: 3 }),
  /** Portions, in per cent of what is left of each line, in which things come back; the last brings the rest. */
  returns: fc.array(fc.tuple(fc.integer({ min: 0, max: 100 }), fc.boolean()), { maxLength: 5 }),
});

type Basket = readonly { unit_price: number; quantity: number; share: number; tax: number | undefined }[];
const linesOf = (wanted: Basket) =>
  wanted.map(({ share, ...one }, index) =>
    mug({ ...one, id: `line-${index}`, discount: Math.floor((one.unit_price * one.quantity * share) / 100) }),
  );

type Lived = ReturnType<typeof runOrder>;

const payEverything = ({ does, order }: Lived, shares: readonly number[]): void => {
  for (const [index, share] of [...shares, 100].entries()) {
    const amount = Math.floor((ledgerOf(order()).amount_due * share) / 100);
    if (amount === 0) continue;
    const before = ledgerOf(order()).amount_due;
    does(startPayment(`p-${index}`, amount), recordCapture(`p-${index}`, amount));
    assert.is(ledgerOf(order()).amount_due, before - amount);
  }
};

const leftOf = (order: Order, lineId: string, quantity: number): number =>
  quantity -
  order.returns
    .flatMap(({ items }) => items)
    .filter(({ order_item_id }) => order_item_id === lineId)
    .flatMap(({ units }) => units)
    .reduce((sum, { first, last }) => sum + last - first + 1, 0);

/** Opens a return for a portion of what is left, and withdraws it or has it refunded. */
const bringBack = ({ does, order }: Lived, id: string, portion: number, isKept: boolean): void => {
  const items = order()
    .lines.map(({ id: lineId, quantity }) =>
      item(lineId, Math.ceil((leftOf(order(), lineId, quantity) * portion) / 100), 'damaged'),
    )
    .filter(({ quantity }) => quantity > 0);
  if (items.length === 0) return;
  does(openReturn(id, { items }));
  if (!isKept) {
    does({ ...openReturn(id), type: 'CloseReturn', data: { return_id: id, outcome: 'cancelled' } });
    return;
  }
  does(settleReturn(id, Object.fromEntries(items.map((one) => [one.order_item_id, one.quantity]))));
  for (const { status, refund_id, payment_id, amount, method } of order().refunds) {
    if (status === 'pending') does(recordRefund({ refund_id, payment_id, amount, method }, 'return', id));
  }
  assert.ok(ledgerOf(order()).refunded <= ledgerOf(order()).captured);
};

test('when everything goes back through a seller’s fault, in any portions, exactly everything paid is refunded', () =>
  always(
    fc.property(scenario, ({ placed, modified, payments, returns, ...terms }) => {
      const lived = runOrder();
      const { does, order } = lived;
      does(place({ ...terms, lines: linesOf(placed) }));
      if (modified) does(modify(linesOf(modified)));
      payEverything(lived, payments);
      assert.is(ledgerOf(order()).captured, orderTotals(order()).total);
      does(...['confirm', 'start_processing', 'ship', 'deliver'].map((action) => take(action)));
      for (const [index, [portion, isKept]] of returns.entries()) bringBack(lived, `r-${index}`, portion, isKept);
      bringBack(lived, 'r-last', 100, true);
      assert.is(order().status, 'returned');
      assert.is(ledgerOf(order()).refunded, ledgerOf(order()).captured);
      assert.is(ledgerOf(order()).amount_due, 0);
    }),
    500,
  ));

test.run();
