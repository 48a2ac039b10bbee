import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isPlaced, orderFold, type Order } from '../../../src/domain/order/index.ts';
import { ERASED } from '../../../src/domain/shared/decider.ts';
import { storedOrder, wholeOrder, type StoredOrder } from '../../../src/projections/orders/index.ts';
import { attempt, tries } from '../../domain/order/model-attempts.ts';
import { setUp } from '../../domain/order/model-world.ts';
import { always } from '../../support/property.ts';

const test = suite('orders as rows store them');

const asText = (order: Order): string => JSON.stringify(storedOrder(order));
const readBack = (text: string, personal: Order['personal']): Order =>
  wholeOrder(JSON.parse(text) as StoredOrder, personal);

test('after every event of a random history an order is read back as it was stored', () => {
  always(
    fc.property(fc.boolean(), fc.array(attempt, { minLength: 10, maxLength: 50, size: 'max' }), (auto, attempts) => {
      const world = setUp([{ unit_price: 500, quantity: 3, share: 10 }], auto, 'USD');
      for (const one of attempts) tries[one.kind](world, one);
      let state = orderFold.initialState;
      for (const fact of world.lived.facts()) {
        state = orderFold.evolve(state, fact);
        if (!isPlaced(state)) continue;
        assert.equal(readBack(asText(state), state.personal), state);
      }
    }),
  );
});

test('the same order makes the same text, whether it was folded in one go or read back between two events', () => {
  always(
    fc.property(fc.array(attempt, { minLength: 10, maxLength: 50, size: 'max' }), (attempts) => {
      const world = setUp([{ unit_price: 500, quantity: 3, share: 10 }], false, 'USD');
      for (const one of attempts) tries[one.kind](world, one);
      let [folded, stored] = [orderFold.initialState, orderFold.initialState];
      for (const fact of world.lived.facts()) {
        folded = orderFold.evolve(folded, fact);
        stored = orderFold.evolve(stored, fact);
        if (!isPlaced(folded) || !isPlaced(stored)) continue;
        assert.is(asText(stored), asText(folded));
        stored = readBack(asText(stored), stored.personal);
      }
    }),
  );
});

const placed = (): Order => {
  const world = setUp([{ unit_price: 500, quantity: 3, share: 10 }], false, 'USD');
  return world.lived.order();
};

test('an imported order keeps where it came from, and a scheduled one its time', () => {
  const order: Order = {
    ...placed(),
    delivery: { partner_id: null, scheduled_for: '2026-03-01T10:00:00.000Z', estimated_delivery_at: null },
    external: { source: 'shopify', number: '#1001' },
    detail_changes: 3,
    overrides_catalogue: true,
  };
  assert.equal(readBack(asText(order), order.personal), order);
});

test('what an order lacks takes no room, nor does what is personal', () => {
  const text = JSON.parse(asText(placed())) as Record<string, unknown>;
  for (const name of ['personal', 'held', 'shipments', 'refunds', 'feedback', 'cancelled_at'])
    assert.not.ok(name in text, name);
  assert.equal(wholeOrder(text as StoredOrder, ERASED).shipments, []);
});

test.run();
