import { suite } from 'uvu';
import { createOrderDecider, DEFAULT_ORDER_SETTINGS, type OrderSettings } from '../../../../src/domain/order/index.ts';
import { NOON, specFor, SYSTEM } from '../../../support/decider-spec.ts';
import { cancelled, confirmed, pathTo, placed, started } from '../../../support/order-events.ts';

const test = suite('order: the clock');
const under = (changes: Partial<OrderSettings> = {}) =>
  specFor(createOrderDecider({ ...DEFAULT_ORDER_SETTINGS, ...changes }));

const release = (at: string) => ({ type: 'ReleaseOrder', data: {}, at, by: SYSTEM }) as const;
const autoProcess = { type: 'AutoProcessOrder', data: {}, at: NOON, by: SYSTEM } as const;
const cod = placed({ payment_method: 'cash_on_delivery' });
const scheduled = placed({ scheduled_for: '2026-03-02T12:00:00.000Z' });

test('a scheduled order is released an hour before its time, with a fresh estimate', () => {
  under()(scheduled).when(release('2026-03-02T10:59:59.999Z')).thenNothing();
  under()(scheduled)
    .when(release('2026-03-02T11:00:00.000Z'))
    .then({ type: 'OrderReleased', data: { estimated_delivery_at: '2026-03-02T11:30:00.000Z' } });
});

test('releasing twice, or what was cancelled meanwhile, does nothing', () => {
  const at = '2026-03-02T12:00:00.000Z';
  under()(scheduled, { type: 'OrderReleased', data: { estimated_delivery_at: at } })
    .when(release(at))
    .thenNothing();
  under()(scheduled, cancelled).when(release(at)).thenNothing();
});

test('a waiting order paid on delivery is confirmed and started in one append', () => {
  under()(cod).when(autoProcess).then(confirmed, started);
  under()(cod, confirmed).when(autoProcess).then(started);
});

test('an unpaid order waits, unless everything is processed', () => {
  under()(placed()).when(autoProcess).thenNothing();
  under({ autoProcess: 'all' })(placed()).when(autoProcess).then(confirmed, started);
  under({ autoProcess: 'all', paymentRequired: true })(placed()).when(autoProcess).thenNothing();
  under({ autoProcess: 'off' })(cod).when(autoProcess).thenNothing();
});

test('the clock leaves an imported order to people', () => {
  const old = placed({ payment_method: 'cash_on_delivery', external: { source: 'shopify', number: '#1' } });
  under({ autoProcess: 'all' })(old).when(autoProcess).thenNothing();
});

test('running twice does no more than running once (I5)', () =>
  under()(cod, confirmed, started).when(autoProcess).thenNothing());

test('only waiting orders are processed', () => {
  for (const status of ['scheduled', 'shipped', 'delivered', 'cancelled'] as const) {
    under({ autoProcess: 'all' })(...pathTo(status))
      .when(autoProcess)
      .thenNothing();
  }
});

test.run();
