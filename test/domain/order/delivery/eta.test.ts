import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  etaAt,
  createOrderDecider,
  DEFAULT_ORDER_SETTINGS,
  distanceKm,
  estimatedDelivery,
  isDeliveryOver,
  isPlaced,
  isInDelivery,
  ORDER_STATUSES,
  whyNoPosition,
  type Order,
  type OrderEvent,
} from '../../../../src/domain/order/index.ts';
import { ERASED } from '../../../../src/domain/shared/decider.ts';
import { NOON, specFor } from '../../../support/decider-spec.ts';
import { pathTo, placed } from '../../../support/order-events.ts';

const test = suite('order: on its way');
const given = specFor(createOrderDecider());

const SYNTAGMA = { latitude: 37.9755, longitude: 23.7348 };
/** A fiftieth of a degree of latitude is 2.224 km anywhere. */
const NORTH = { ...SYNTAGMA, latitude: SYNTAGMA.latitude + 0.02 };

const orderAfter = (...events: readonly OrderEvent[]): Order => {
  const { state } = given(...events);
  if (!isPlaced(state)) throw new Error('not placed');
  return state;
};

test('distances are those of the globe', () => {
  assert.is(distanceKm(SYNTAGMA, SYNTAGMA), 0);
  assert.is(distanceKm(SYNTAGMA, NORTH).toFixed(3), '2.224');
  const [paris, delhi] = [
    { latitude: 48.8566, longitude: 2.3522 },
    { latitude: 28.6139, longitude: 77.209 },
  ];
  assert.is(Math.round(distanceKm(paris, delhi) / 10), 659);
  assert.is(Math.round(distanceKm({ latitude: 0, longitude: 0 }, { latitude: 0, longitude: 180 })), 20015);
  assert.is(distanceKm({ latitude: 10, longitude: 179.9 }, { latitude: 10, longitude: -179.9 }).toFixed(1), '21.9');
});

test('the arrival is the distance at the assumed speed, rounded up to a whole minute', () => {
  const seen = { ...NORTH, at: '2026-03-01T12:00:00.000Z' };
  assert.is(etaAt(SYNTAGMA, seen, 15), '2026-03-01T12:09:00.000Z');
  assert.is(etaAt(SYNTAGMA, seen, 60), '2026-03-01T12:03:00.000Z');
  assert.is(etaAt(SYNTAGMA, { ...SYNTAGMA, at: '2026-03-01T12:00:01.000Z' }, 15), '2026-03-01T12:01:00.000Z');
});

test('an order is expected as promised until its courier reports a position and the destination is known', () => {
  const promised = '2026-03-01T12:30:00.000Z';
  const seen = { ...NORTH, at: NOON };
  const personal = placed().data.personal;
  const toSyntagma = placed({
    estimated_delivery_at: promised,
    personal: { ...personal, ...SYNTAGMA } as typeof personal,
  });
  const [, ...later] = pathTo('shipped');
  const shipped = orderAfter(toSyntagma, ...later);
  assert.is(estimatedDelivery(shipped, seen, 15), '2026-03-01T12:09:00.000Z');
  assert.is(estimatedDelivery(shipped, undefined, 15), promised);
  assert.is(estimatedDelivery(orderAfter(toSyntagma), seen, 15), promised);
  assert.is(estimatedDelivery({ ...shipped, personal: ERASED }, seen, 15), promised);
  assert.is(estimatedDelivery({ ...shipped, personal: { ...personal, latitude: null } }, seen, 15), promised);
});

test('positions are taken while it is in delivery; afterwards the delivery is over for ever', () => {
  for (const status of ORDER_STATUSES) {
    const order = { ...orderAfter(placed()), status };
    const rejected = whyNoPosition(order, 'delivery_partner', DEFAULT_ORDER_SETTINGS)?.rejected;
    assert.is(rejected, isInDelivery(status) ? undefined : 'order.not_under_way', status);
  }
  assert.equal(ORDER_STATUSES.filter(isInDelivery), [
    'partially_shipped',
    'shipped',
    'out_for_delivery',
    'partially_delivered',
  ]);
  assert.equal(ORDER_STATUSES.filter(isDeliveryOver), [
    'delivered',
    'undelivered',
    'return_requested',
    'partially_returned',
    'returned',
    'cancelled',
  ]);
});

test.run();
