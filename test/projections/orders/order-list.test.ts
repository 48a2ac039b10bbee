import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { orderList } from '../../../src/projections/orders/index.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';
import { cancelled, confirmed } from '../../support/order-events.ts';
import { orderPlaced } from '../../support/orders.ts';
import { countersOf, specForProjection, told } from '../../support/projection-spec.ts';

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
  given().when(told(A, orderPlaced())).then({
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
  given(told(A, orderPlaced()))
    .when(told(A, confirmed, { at: '2026-03-01T12:00:00.007Z' }))
    .then({
      status: 'confirmed',
      revision: 1,
      created_at: '2026-03-01T12:00:00+00:00',
      updated_at: '2026-03-01T12:00:00.007+00:00',
    }));

test('totals are in major units of their own currency', () =>
  given()
    .when(told(A, orderPlaced({ currency: 'JPY' })), told(B, orderPlaced({ currency: 'KWD' })))
    .then({ id: A, total: 3358 }, { id: B, total: 3.358 }));

test('an assigned delivery partner finds the order', () =>
  given(told(A, orderPlaced()))
    .when(told(A, { type: 'DeliveryPartnerAssigned', data: { delivery_partner_id: 'd-7' } }))
    .then({ delivery_partner_id: 'd-7' }));

test('orders are counted in all, by customer and by status', async () => {
  await given(told(A, orderPlaced()), told(B, orderPlaced({ customer_id: 'c-2' }), { customerId: 'c-2' }))
    .when(told(A, cancelled), told(B, confirmed, { customerId: 'c-2' }))
    .then({ status: 'cancelled' }, { status: 'confirmed' });
  assert.equal(await countersOf(database.db, orderList), {
    all: 2,
    'customer:c-1': 1,
    'customer:c-2': 1,
    'status:cancelled': 1,
    'status:confirmed': 1,
  });
});

test('whatever a customer types fits into a row', () =>
  given()
    .when(told(A, orderPlaced({ customer_id: `c'; -- "?" \\ मीरा` })))
    .then({ customer_id: `c'; -- "?" \\ मीरा` }));

test.run();
