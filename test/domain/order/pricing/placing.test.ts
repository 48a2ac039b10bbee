import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createOrderDecider, orderTotals, type Order, type RequestedLine } from '../../../../src/domain/order/index.ts';
import { fact, NOON, specFor } from '../../../support/decider-spec.ts';
import { mug, place, pricedMug } from '../../../support/order-commands.ts';
import { placed } from '../../../support/order-events.ts';
import { personalOf } from '../../../support/orders.ts';
import { always } from '../../../support/property.ts';

const test = suite('order: placing');
const decider = createOrderDecider();
const given = specFor(decider);

/** The order that placing leads to. */
const placing = (changes: Parameters<typeof place>[0] = {}): Order => {
  const decision = decider.decide(place(changes), decider.initialState);
  assert.ok('accepted' in decision, JSON.stringify(decision));
  const state = decision.accepted.reduce((s, event) => decider.evolve(s, fact(event)), decider.initialState);
  assert.ok(state.status !== 'none');
  return state;
};

test('an order is placed with its prices and taxes decided, and bills to the shipping address', () => {
  const personal = personalOf('Ana');
  given()
    .when(place())
    .then(
      placed({
        estimated_delivery_at: '2026-03-01T12:30:00.000Z',
        personal: { ...personal, billing_address: personal.shipping_address },
      }),
    );
});

test('a billing address of its own stays', () => {
  const { personal } = placing({ personal: { ...personalOf('Ana'), billing_address: 'Office 2' } });
  assert.is('erased' in personal || personal.billing_address, 'Office 2');
});

test('an imported order may have a line that was given away, and has no estimate of ours', () => {
  const gift = mug({ id: 'gift', unit_price: 0, quantity: 1, tax: 0 });
  given()
    .when(place({ lines: [gift] }))
    .thenRejected('order.invalid_line', { field: 'unit_price' });
  const order = placing({ lines: [mug(), gift], external: { source: 'shopify', number: '#1' } });
  assert.is(order.lines[1]?.unit_price, 0);
  assert.is(order.delivery.estimated_delivery_at, null);
  assert.equal(order.external, { source: 'shopify', number: '#1' });
});

test('an order is placed once', () => given(placed()).when(place()).thenRejected('order.already_placed'));

test('the older systems’ example: 79.99 + 2 × 12.99 is 105.97, tax 10.60, shipping 5.00, total 121.57', () =>
  assert.equal(orderTotals(placing({ lines: [mug({ unit_price: 7999, quantity: 1 }), mug()] })), {
    subtotal: 10597,
    discount_total: 0,
    tax: 1060,
    shipping_cost: 500,
    total: 12157,
    item_count: 3,
  }));

test('tax is rounded once per order, and the lines share it by largest remainder', () => {
  const { lines } = placing({ lines: [mug({ unit_price: 5, quantity: 1 }), mug({ unit_price: 9, quantity: 1 })] });
  assert.equal(
    lines.map(({ tax }) => tax),
    [0, 1],
  );
});

test('tax is taken on the price after discount', () =>
  assert.is(orderTotals(placing({ lines: [mug({ discount: 598 })] })).tax, 200));

test('a line that brings its own tax keeps it, and takes no part in the shared one', () => {
  const { lines } = placing({ lines: [mug({ tax: 7 }), mug({ unit_price: 1000, quantity: 1 })] });
  assert.equal(
    lines.map(({ tax }) => tax),
    [7, 100],
  );
});

test('a line may bring a tax of 0', () => assert.is(orderTotals(placing({ lines: [mug({ tax: 0 })] })).tax, 0));

test('a discount may be as high as the line, and no higher', () => {
  assert.is(orderTotals(placing({ lines: [mug({ discount: 2598 })], shipping_cost: 0 })).total, 0);
  given()
    .when(place({ lines: [mug(), mug({ discount: 2599 })] }))
    .thenRejected('order.discount_exceeds_line', { line: 1, discount: 2599, line_total: 2598 });
});

const invalid: readonly [field: string, line: Partial<RequestedLine>][] = [
  ['quantity', { quantity: 0 }],
  ['quantity', { quantity: 1.5 }],
  ['quantity', { quantity: 1_000_001 }],
  ['unit_price', { unit_price: 0 }],
  ['unit_price', { unit_price: NaN }],
  ['unit_price', { unit_price: 10.5 }],
  ['discount', { discount: -1 }],
  ['tax', { tax: -1 }],
];
for (const [field, line] of invalid) {
  test(`${field} ${JSON.stringify(line)} is rejected, naming the line`, () =>
    given()
      .when(place({ lines: [mug(), mug(line)] }))
      .thenRejected('order.invalid_line', { line: 1, field }));
}

test('an order has 1 to 500 lines', () => {
  given()
    .when(place({ lines: [] }))
    .thenRejected('order.invalid_line_count');
  given()
    .when(place({ lines: Array.from({ length: 501 }, () => mug()) }))
    .thenRejected('order.invalid_line_count', { lines: 501 });
});

test('no line, subtotal or total goes beyond 10^12 major units', () => {
  const huge = { unit_price: 10 ** 14, quantity: 1, tax: 0 };
  given()
    .when(place({ lines: [mug(), mug({ ...huge, quantity: 2 })] }))
    .thenRejected('order.amount_too_large', { amount: 'line_total', line: 1 });
  given()
    .when(place({ lines: [mug({ unit_price: 10 ** 9, quantity: 1_000_000 })] }))
    .thenRejected('order.amount_too_large', { amount: 'line_total', line: 0 });
  given()
    .when(place({ lines: [mug(huge), mug()] }))
    .thenRejected('order.amount_too_large', { amount: 'subtotal' });
  given()
    .when(place({ lines: [mug(huge)], shipping_cost: 1 }))
    .thenRejected('order.amount_too_large', { amount: 'total' });
  assert.is(orderTotals(placing({ lines: [mug(huge)], shipping_cost: 0 })).total, 10 ** 14);
});

test('a scheduled order waits for the clock, without an estimate', () => {
  const order = placing({ scheduled_for: '2026-03-01T12:00:00.001Z' });
  assert.is(order.status, 'scheduled');
  assert.is(order.delivery.estimated_delivery_at, null);
});

test('an order cannot be scheduled in the past', () =>
  given()
    .when(place({ scheduled_for: NOON }))
    .thenRejected('order.scheduled_in_the_past', { scheduled_for: NOON }));

const line = fc.record({
  unit_price: fc.integer({ min: 1, max: 10 ** 7 }),
  quantity: fc.integer({ min: 1, max: 1000 }),
  share: fc.integer({ min: 0, max: 100 }),
  tax: fc.option(fc.integer({ min: 0, max: 1000 }), { nil: undefined }),
});
const rate = fc.constantFrom('0', '0.05', '0.0725', '0.1', '0.19', '1');

test('line taxes add up to the order’s, rounded once, and the total to its parts (I1)', () =>
  always(
    fc.property(fc.array(line, { minLength: 1, maxLength: 40 }), rate, (wanted, tax_rate) => {
      const lines = wanted.map(({ share, ...one }) =>
        mug({ ...one, discount: Math.floor((one.unit_price * one.quantity * share) / 100) }),
      );
      const order = placing({ lines, tax_rate });
      const totals = orderTotals(order);
      const own = lines.reduce((total, { tax = 0 }) => total + tax, 0);
      const taxable = lines
        .filter(({ tax }) => tax === undefined)
        .reduce((total, l) => total + BigInt(l.unit_price * l.quantity - (l.discount ?? 0)), 0n);
      // Independently of the code: ten thousandths of a minor unit, rounded half-up.
      const shared = (taxable * BigInt(Math.round(Number(tax_rate) * 10_000)) + 5_000n) / 10_000n;
      assert.is(totals.tax, own + Number(shared));
      assert.is(totals.total, totals.subtotal - totals.discount_total + totals.tax + totals.shipping_cost);
      for (const amount of Object.values(totals)) assert.ok(Number.isSafeInteger(amount) && amount >= 0);
    }),
  ));

test('a line keeps what was asked for', () => assert.equal(placing().lines, [pricedMug()]));

test.run();
