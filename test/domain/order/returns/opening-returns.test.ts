import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createOrderDecider, DEFAULT_ORDER_SETTINGS, type OrderLine } from '../../../../src/domain/order/index.ts';
import { fact, specFor } from '../../../support/decider-spec.ts';
import { ADMIN, COURIER, CUSTOMER, pricedMug } from '../../../support/order-commands.ts';
import { assigned, pathTo, placed } from '../../../support/order-events.ts';
import { item, openReturn, returnClosed, returnOpened } from '../../../support/order-money.ts';
import { arrived, line, opened, unit } from '../../../support/returned-order.ts';

const test = suite('order: opening returns');
const given = specFor(createOrderDecider());

test('a return takes the lowest free units, at what was paid for them', () =>
  given(...arrived)
    .when(openReturn('r-1', { items: [item(line.id, 2)], by: CUSTOMER }))
    .then(opened('r-1', 1, 2, 2858)));

test('a return that names no items is for everything left', () => {
  given(...arrived, opened('r-1', 1, 1, 1429))
    .when(openReturn('r-2'))
    .then(opened('r-2', 2, 3, 2858));
  given(...arrived, opened('r-1', 1, 3, 4287))
    .when(openReturn('r-2'))
    .thenRejected('return.nothing_left');
});

test('units of a line never add up to more than was bought, however it is asked', () => {
  given(...arrived, opened('r-1', 1, 2, 2858))
    .when(openReturn('r-2', { items: [item(line.id, 2)] }))
    .thenRejected('return.quantity_exceeds_returnable', { returnable: 1, requested: 2 });
  given(...arrived)
    .when(openReturn('r-1', { items: [item(line.id, 1), item(line.id, 3)] }))
    .thenRejected('return.duplicate_item');
  given(...arrived)
    .when(openReturn('r-1', { items: [item('nothing', 1)] }))
    .thenRejected('return.unknown_item');
  given(...arrived)
    .when(openReturn('r-1', { items: [item(line.id, 0)] }))
    .thenRejected('return.invalid_quantity');
});

test('a gap in the middle is filled first', () =>
  given(...arrived, opened('r-1', 1, 1, 1429), opened('r-2', 2, 2, 1429), returnClosed('r-1', 'cancelled'))
    .when(openReturn('r-3'))
    .then(returnOpened('r-3', [{ order_item_id: line.id, quantity: 2, units: [unit(1, 1, 1429), unit(3, 3, 1429)] }])));

test('the units of a return that never came can be returned again, and the order is delivered again', () => {
  const past = [...arrived, opened('r-1', 1, 3, 4287), returnClosed('r-1', 'not_sent')];
  assert.is(given(...past).state.status, 'delivered');
  given(...past)
    .when(openReturn('r-2'))
    .then(opened('r-2', 1, 3, 4287));
});

test('opening the same return twice opens it once', () =>
  given(...arrived, opened('r-1', 1, 1, 1429))
    .when(openReturn('r-1'))
    .thenNothing());

test('only delivered orders are returned', () => {
  for (const status of ['pending', 'processing', 'shipped', 'cancelled', 'returned'] as const) {
    given(...pathTo(status))
      .when(openReturn('r-1'))
      .thenRejected('return.order_not_returnable', { current_status: status });
  }
  const strict = specFor(createOrderDecider({ ...DEFAULT_ORDER_SETTINGS, returnStatuses: ['delivered'] }));
  strict(...arrived, opened('r-1', 1, 1, 1429))
    .when(openReturn('r-2'))
    .thenRejected('return.order_not_returnable');
});

test('a courier opens no return, since they no longer see an order that is delivered', () =>
  given(...arrived, assigned(COURIER.id))
    .when(openReturn('r-1', { by: COURIER }))
    .thenRejected('order.not_found'));

test('the window closes thirty days after delivery; an admin may force it, which is recorded', () => {
  const lastMoment = '2026-03-31T12:00:00.000Z';
  const late = '2026-03-31T12:00:00.001Z';
  const past = arrived;
  given(...past)
    .when(openReturn('r-1', { at: lastMoment, force: true }))
    .then(opened('r-1', 1, 3, 4287));
  given(...past)
    .when(openReturn('r-1', { at: late }))
    .thenRejected('return.window_closed', { window_days: 30 });
  given(...past)
    .when(openReturn('r-1', { at: late, force: true, by: CUSTOMER }))
    .thenRejected('return.window_closed');
  const forced = opened('r-1', 1, 3, 4287);
  given(...past)
    .when(openReturn('r-1', { at: late, force: true, by: ADMIN }))
    .then({ ...forced, data: { ...forced.data, forced: true } });
});

const cup = pricedMug({ id: 'line-cup', product_id: 'p-cup', product_name: 'Cup', quantity: 1, tax: 130 });
/** A cup under terms of its own, and the three mugs, delivered at noon of the first of March. */
const arrivedWithCup = (terms: Partial<OrderLine>) => [
  placed({ lines: [{ ...cup, ...terms }, line] }),
  ...arrived.slice(1),
];

test('a product has a window of its own, shorter or longer than the shop’s, counted from the delivery', () => {
  for (const [return_window_days, open, closed] of [
    [7, '2026-03-08T12:00:00.000Z', '2026-03-08T12:00:00.001Z'],
    [0, '2026-03-01T12:00:00.000Z', '2026-03-01T12:00:00.001Z'],
    [90, '2026-05-30T12:00:00.000Z', '2026-05-30T12:00:00.001Z'],
  ] as const) {
    const past = arrivedWithCup({ return_window_days });
    const items = [item(cup.id, 1)];
    const { when } = given(...past);
    const cupBack = returnOpened('r-1', [{ order_item_id: cup.id, quantity: 1, units: [unit(1, 1, 1429)] }]);
    when(openReturn('r-1', { items, at: open, by: CUSTOMER })).then(cupBack);
    when(openReturn('r-1', { items, at: closed, by: CUSTOMER })).thenRejected('return.window_closed', {
      order_item_id: cup.id,
      product_name: 'Cup',
      window_days: return_window_days,
      returnable_until: open,
    });
    when(openReturn('r-1', { items, at: closed, by: ADMIN, force: true })).then({
      ...cupBack,
      data: { ...cupBack.data, forced: true },
    });
  }
});

test('what is not returnable stays with the customer, unless an admin forces it', () => {
  const { when } = given(...arrivedWithCup({ returnable: false }));
  const items = [item(line.id, 1), item(cup.id, 1)];
  for (const force of [false, true])
    when(openReturn('r-1', { items, by: CUSTOMER, force })).thenRejected('return.item_not_returnable', {
      order_item_id: cup.id,
      product_name: 'Cup',
    });
  const forced = returnOpened('r-1', [{ order_item_id: cup.id, quantity: 1, units: [unit(1, 1, 1429)] }]);
  when(openReturn('r-1', { items: [item(cup.id, 1)], by: ADMIN, force: true })).then({
    ...forced,
    data: { ...forced.data, forced: true },
  });
});

test('a return that names no items is for what may still come back', () => {
  given(...arrivedWithCup({ returnable: false }))
    .when(openReturn('r-1', { by: CUSTOMER }))
    .then(opened('r-1', 1, 3, 4287));
  const days = '2026-04-02T12:00:00.000Z';
  given(...arrivedWithCup({ return_window_days: 60 }))
    .when(openReturn('r-1', { by: CUSTOMER, at: days }))
    .then(returnOpened('r-1', [{ order_item_id: cup.id, quantity: 1, units: [unit(1, 1, 1429)] }]));
  given(...arrivedWithCup({ returnable: false }))
    .when(openReturn('r-1', { by: CUSTOMER, at: days }))
    .thenRejected('return.item_not_returnable');
});

test('the estimate has the shipping in it when everything comes back for a seller’s fault', () => {
  const { decide, evolve, initialState } = createOrderDecider();
  const state = arrived.reduce((s, event) => evolve(s, fact(event)), initialState);
  const estimateFor = (command: ReturnType<typeof openReturn>) => {
    const decision = decide(command, state);
    assert.ok('accepted' in decision);
    const [event] = decision.accepted;
    return event?.type === 'ReturnOpened' && event.data.estimate;
  };
  assert.is(estimateFor(openReturn('r-1', { reason: 'defective' })), 4787);
  assert.is(estimateFor(openReturn('r-1', { reason: 'change_of_mind' })), 4287);
  assert.is(estimateFor(openReturn('r-1', { reason: 'defective', items: [item(line.id, 2)] })), 2858);
  assert.is(estimateFor(openReturn('r-1', { items: [item(line.id, 3, 'damaged')] })), 4787);
});

test.run();
