import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { place, take } from '../../../support/order-commands.ts';
import { runOrder } from '../../../support/order-run.ts';

const test = suite('order: milestones');

const at = (hour: number): string => `2026-03-01T${String(hour).padStart(2, '0')}:00:00.000Z`;

test('each milestone keeps the moment at which it was reached', () => {
  const { does, order } = runOrder();
  does(place(), take('confirm', { at: at(13) }), take('start_processing', { at: at(14) }));
  assert.is(order().shipped_at, null);
  does(take('ship', { at: at(15) }), take('deliver', { at: at(16) }));
  const { confirmed_at, shipped_at, delivered_at, cancelled_at, updated_at } = order();
  assert.equal(
    { confirmed_at, shipped_at, delivered_at, cancelled_at, updated_at },
    { confirmed_at: at(13), shipped_at: at(15), delivered_at: at(16), cancelled_at: null, updated_at: at(16) },
  );
});

test('the end of a cancelled order keeps its moment, too', () => {
  const { does, order } = runOrder();
  does(place(), take('cancel', { at: at(13) }));
  const { confirmed_at, cancelled_at } = order();
  assert.equal([confirmed_at, cancelled_at], [null, at(13)]);
});

test.run();
