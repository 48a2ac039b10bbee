import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Row } from '../../../src/projections/engine/index.ts';
import { countNeeds, orderList } from '../../../src/projections/orders/index.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';
import { cancelled, confirmed, PLACED_TOTAL } from '../../support/order-events.ts';
import { paymentCaptured, paymentRefunded, refund, refundAllocated, refundFailed } from '../../support/order-money.ts';
import { orderPlaced } from '../../support/orders.ts';
import { countersOf, specForProjection, appended } from '../../support/projection-spec.ts';

const P1 = '0193a000-0000-7000-8000-0000000000d1';
const F1 = '0193a000-0000-7000-8000-0000000000f1';
const test = suite('order list');
let database: TestDatabase;
test.before(async () => {
  database = await openTestDatabase();
});
test.after(() => database.close());

const given = specForProjection(orderList, () => database.db);
const A = '0193a000-0000-7000-8000-00000000000a';
const B = '0193a000-0000-7000-8000-00000000000b';

test('a placed order is listed with what lists filter and sort by', () =>
  given().when(appended(A, orderPlaced())).then({
    id: A,
    revision: 0,
    customer_id: 'c-1',
    status: 'pending',
    delivery_partner_id: null,
    total: 33.58,
    created_at: '2026-03-01T12:00:00+00:00',
    updated_at: '2026-03-01T12:00:00+00:00',
  }));

test('a change of status moves the row and its time', () =>
  given(appended(A, orderPlaced()))
    .when(appended(A, confirmed, { at: '2026-03-01T12:00:00.007Z' }))
    .then({
      status: 'confirmed',
      revision: 1,
      created_at: '2026-03-01T12:00:00+00:00',
      updated_at: '2026-03-01T12:00:00.007+00:00',
    }));

test('totals are in major units of their own currency', () =>
  given()
    .when(appended(A, orderPlaced({ currency: 'JPY' })), appended(B, orderPlaced({ currency: 'KWD' })))
    .then({ id: A, total: 3358 }, { id: B, total: 3.358 }));

test('an assigned delivery partner finds the order', () =>
  given(appended(A, orderPlaced()))
    .when(appended(A, { type: 'DeliveryPartnerAssigned', data: { delivery_partner_id: 'd-7' } }))
    .then({ delivery_partner_id: 'd-7' }));

test('orders are counted in all, by customer and by status', async () => {
  await given(appended(A, orderPlaced()), appended(B, orderPlaced({ customer_id: 'c-2' }), { customerId: 'c-2' }))
    .when(appended(A, cancelled), appended(B, confirmed, { customerId: 'c-2' }))
    .then({ status: 'cancelled' }, { status: 'confirmed' });
  assert.equal(await countersOf(database.db, orderList), {
    all: 2,
    'customer:c-1': 1,
    'customer:c-2': 1,
    'payment_status:settled': 1,
    'payment_status:unpaid': 1,
    'refund_status:none': 2,
    'status:cancelled': 1,
    'status:confirmed': 1,
  });
});

const money = (row: Row): Row => ({ needs_resolution: false, needs_payout: false, ...row });
const paid = appended(A, paymentCaptured(P1, PLACED_TOTAL));
const half = refund(F1, P1, 1_000);

test('an unpaid order owes all of it', () =>
  given()
    .when(appended(A, orderPlaced()))
    .then(money({ owed: 33.58, payment_status: 'unpaid', refund_status: 'none' })));

test('money that is on its way back opens the debt again', () =>
  given(appended(A, orderPlaced()), paid)
    .when(appended(A, refundAllocated('money', [half])))
    .then(money({ owed: 33.58, payment_status: 'partly_paid', refund_status: 'pending' })));

test('a refund that fails waits for staff, and is counted until it went back', async () => {
  const before = [appended(A, orderPlaced()), paid, appended(A, refundAllocated('money', [half]))];
  await given(...before)
    .when(appended(A, refundFailed(half, 'money')))
    .then({ needs_resolution: true, needs_payout: false, payment_status: 'paid', refund_status: 'failed' });
  assert.equal(await countNeeds(database.db), { resolution: 1, payout: 0, held: 0 });
  await given(...before, appended(A, refundFailed(half, 'money')))
    .when(appended(A, paymentRefunded(half, 'money')))
    .then(money({ payment_status: 'partly_paid', refund_status: 'done' }));
  assert.equal(await countNeeds(database.db), { resolution: 0, payout: 0, held: 0 });
});

test('a refund that people pay out waits for them', async () => {
  const byTransfer = refund(F1, P1, PLACED_TOTAL, 'bank_transfer');
  await given(appended(A, orderPlaced()), paid, appended(A, cancelled))
    .when(appended(A, refundAllocated('cancellation', [byTransfer])))
    .then({
      needs_resolution: false,
      needs_payout: true,
      owed: 0,
      payment_status: 'settled',
      refund_status: 'pending',
    });
  assert.equal(await countNeeds(database.db), { resolution: 0, payout: 1, held: 0 });
});

test('any text that a customer types fits into a row', () =>
  given()
    .when(appended(A, orderPlaced({ customer_id: `c'; -- "?" \\ मीरा` })))
    .then({ customer_id: `c'; -- "?" \\ मीरा` }));

test.run();
