import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  createOrderDecider,
  orderTotals,
  type ChangeDetails,
  type OrderEvent,
  type RequestedLine,
} from '../../../../src/domain/order/index.ts';
import { ERASED } from '../../../../src/domain/shared/decider.ts';
import { NOON, specFor } from '../../../support/decider-spec.ts';
import {
  addItems,
  ADMIN,
  cancelItems,
  CUSTOMER,
  modify,
  mug,
  place,
  pricedMug,
} from '../../../support/order-commands.ts';
import {
  assigned,
  confirmed,
  delivered,
  pathTo,
  placed,
  shipped,
  started,
  shipmentBack,
  shipmentId,
} from '../../../support/order-events.ts';
import { runOrder } from '../../../support/order-run.ts';

const test = suite('order: changes');
const given = specFor(createOrderDecider());

const change = (data: ChangeDetails['data']): ChangeDetails => ({
  type: 'ChangeDetails',
  data,
  at: NOON,
  by: CUSTOMER,
});
const assign = (delivery_partner_id: string) =>
  ({ type: 'AssignDeliveryPartner', data: { delivery_partner_id }, at: NOON, by: ADMIN }) as const;

const modified = {
  type: 'OrderItemsModified',
  data: { lines: [pricedMug({ quantity: 1, tax: 130 })], credits: [], personal: { line_meta_data: {} } },
} as const;

test('items are replaced while the order waits, at the tax rate it was placed with', () => {
  for (const status of ['scheduled', 'pending', 'confirmed'] as const) {
    given(...pathTo(status))
      .when(modify([mug({ quantity: 1 })]))
      .then(modified);
  }
  const { state } = given(placed(), modified);
  assert.ok(state.status !== 'none');
  assert.is(orderTotals(state).total, 1299 + 130 + 500);
});

test('items that were replaced 500 times stay', () => {
  const often = Array.from({ length: 500 }, () => modified);
  given(placed(), ...often)
    .when(modify([mug()]))
    .thenRejected('order.too_many_changes');
  given(placed(), ...often)
    .when(change({ notes: 'once more' }))
    .thenRejected('order.too_many_changes');
});

test('items of an order that is being processed, or over, stay', () => {
  for (const status of ['processing', 'shipped', 'delivered', 'cancelled'] as const) {
    given(...pathTo(status))
      .when(modify([mug()]))
      .thenRejected('order.items_locked', { current_status: status });
  }
});

test('modified items obey the same money rules', () =>
  given(placed())
    .when(modify([mug({ discount: 9999 })]))
    .thenRejected('order.discount_exceeds_line'));

const pot = (changes: Partial<RequestedLine> = {}) =>
  mug({ id: 'line-pot', product_id: 'p-pot', unit_price: 1004, quantity: 1, ...changes });

test('staff add items until the invoice, a customer until the order is packed; the other lines stay', () => {
  const lines = [pricedMug(), { ...pot(), discount: 0, tax: 100 }];
  for (const [by, statuses] of [
    [CUSTOMER, ['scheduled', 'pending', 'confirmed']],
    [ADMIN, ['scheduled', 'pending', 'confirmed', 'processing']],
  ] as const)
    for (const status of statuses)
      given(...pathTo(status))
        .when(addItems([pot()], by))
        .then({ type: 'OrderItemsModified', data: { lines, credits: [], personal: { line_meta_data: {} } } });
  given(...pathTo('processing'))
    .when(addItems([pot()]))
    .thenRejected('order.items_locked', { current_status: 'processing' });
  for (const status of ['partially_shipped', 'shipped', 'delivered', 'cancelled'] as const)
    given(...pathTo(status))
      .when(addItems([pot()], ADMIN))
      .thenRejected('order.items_locked', { current_status: status });
});

test('the tax of added items is rounded once with that of the others, and own taxes and discounts stay', () => {
  const own = mug({ id: 'own', tax: 7, discount: 100 });
  // 0.04 and 0.04 at 10 %: each alone would have no tax, together 0.008 is 0.01.
  const order = runOrder();
  order.does(place({ lines: [own, mug({ unit_price: 4, quantity: 1 })] }), addItems([pot({ unit_price: 4 })], ADMIN));
  assert.equal(
    order.order().lines.map(({ id, tax, discount }) => [id, tax, discount]),
    [
      ['own', 7, 100],
      ['line-mug', 1, 0],
      ['line-pot', 0, 0],
    ],
  );
});

test('cancelled units stay cancelled when items are added', () => {
  const order = runOrder();
  order.does(
    place({ lines: [mug({ quantity: 3, discount: 100 })] }),
    cancelItems([{ order_item_id: 'line-mug', quantity: 2 }]),
  );
  const before = order.order();
  order.does(addItems([pot()], ADMIN));
  const after = order.order();
  assert.equal([after.lines.slice(0, 1), after.cancelled], [before.lines, before.cancelled]);
  assert.is(orderTotals(after).total, orderTotals(before).total + 1004 + 100);
  order.does({ ...modify([mug({ quantity: 3 })]), by: ADMIN });
  assert.equal(order.order().cancelled, [], 'replaced items are counted anew');
});

test('added items obey the money rules, which name them by their place in the request', () => {
  given(placed())
    .when(addItems([pot(), pot({ discount: 9999 })], ADMIN))
    .thenRejected('order.discount_exceeds_line', { line: 1 });
  given(placed())
    .when(addItems(Array.from({ length: 500 }, (_, n) => pot({ id: String(n) }))))
    .thenRejected('order.invalid_line_count', { lines: 501 });
});

test('notes change at any time, the address only before shipping', () => {
  given(placed(), confirmed, started)
    .when(change({ shipping_address: 'Elsewhere 1' }))
    .then({ type: 'OrderDetailsChanged', data: { personal: { shipping_address: 'Elsewhere 1' } } });
  given(...pathTo('delivered'))
    .when(change({ notes: 'thanks', meta_data: null }))
    .then({ type: 'OrderDetailsChanged', data: { personal: { notes: 'thanks', meta_data: null } } });
  given(...pathTo('shipped'))
    .when(change({ shipping_address: 'Elsewhere 1', notes: 'x' }))
    .thenRejected('order.address_locked', { current_status: 'shipped' });
});

test('staff correct the address of a parcel that came back before it is sent again', () => {
  const elsewhere: ChangeDetails = { ...change({ shipping_address: 'Elsewhere 1' }), by: ADMIN };
  const back = shipmentBack('resend');
  given(...pathTo('shipped'), back)
    .when(elsewhere)
    .then({ type: 'OrderDetailsChanged', data: { personal: { shipping_address: 'Elsewhere 1' } } });
  given(...pathTo('shipped'), back)
    .when({ ...elsewhere, by: CUSTOMER })
    .thenRejected('order.address_locked', { current_status: 'partially_shipped' });
  given(...pathTo('shipped'), shipmentBack(null))
    .when(elsewhere)
    .thenRejected('order.address_locked', { current_status: 'shipped' });
  given(...pathTo('partially_shipped'))
    .when(elsewhere)
    .thenRejected('order.address_locked', { current_status: 'partially_shipped' });
});

const personalNow = (...past: readonly OrderEvent[]) => {
  const { state } = given(...past);
  assert.ok(state.status !== 'none' && !('erased' in state.personal));
  return state.personal;
};
const changed = (personal: object): OrderEvent => ({ type: 'OrderDetailsChanged', data: { personal } });

test('billing address, e-mail address and name are corrected until the invoice', () => {
  const correction = { billing_address: 'Elsewhere 1', customer_email: 'ana@shop.example', customer_name: 'Ana B.' };
  for (const status of ['scheduled', 'pending', 'confirmed', 'processing', 'cancelled'] as const)
    given(...pathTo(status))
      .when(change(correction))
      .then(changed(correction));
  for (const status of ['shipped', 'out_for_delivery', 'delivered', 'returned'] as const)
    for (const [field, value] of Object.entries(correction))
      given(...pathTo(status))
        .when(change({ [field]: value }))
        .thenRejected('order.billing_locked', { current_status: status });
  const now = personalNow(placed(), changed(correction));
  assert.equal([now.customer_email, now.billing_address], ['ana@shop.example', 'Elsewhere 1']);
});

test('a billing address follows the shipping address while it is the same, and again after it was taken back', () => {
  const at = (place: string) => changed({ shipping_address: place, billing_address: place });
  given(placed(), at('Here 1'))
    .when(change({ shipping_address: 'There 2' }))
    .then(at('There 2'));
  given(placed(), at('Here 1'), changed({ billing_address: 'Office 3' }))
    .when(change({ shipping_address: 'There 2' }))
    .then(changed({ shipping_address: 'There 2' }));
  given(placed(), at('Here 1'), changed({ billing_address: 'Office 3' }))
    .when(change({ billing_address: null }))
    .then(changed({ billing_address: 'Here 1' }));
  given(placed(), at('Here 1'), changed({ billing_address: 'Office 3' }))
    .when(change({ shipping_address: 'There 2', billing_address: null }))
    .then(at('There 2'));
});

test('an imported order had the invoice of its source: what that says stays', () =>
  given(...pathTo('processing'), {
    type: 'OrderShipped',
    data: { shipment_id: shipmentId(), carrier: null, tracking_number: null, invoice: null },
  })
    .when(change({ customer_name: 'Ana B.' }))
    .thenRejected('order.billing_locked'));

test('changing nothing is no event', () => given(placed()).when(change({})).thenNothing());

test('the event names what changed, and the rest stays', () => {
  const { state } = given(placed(), { type: 'OrderDetailsChanged', data: { personal: { notes: 'ring twice' } } });
  assert.ok(state.status !== 'none' && !('erased' in state.personal));
  assert.is(state.personal.notes, 'ring twice');
  assert.is(state.personal.customer_email, 'meera@shop.example');
});

test('a delivery partner is assigned, and assigned again without effect', () => {
  given(placed()).when(assign('d-1')).then(assigned('d-1'));
  given(placed(), assigned('d-1')).when(assign('d-1')).thenNothing();
  given(placed(), assigned('d-1')).when(assign('d-2')).then(assigned('d-2'));
  given(placed(), confirmed, started, shipped, delivered).when(assign('d-1')).thenRejected('order.assignment_locked');
});

test('an order whose customer was erased says so, and keeps its sums', () => {
  const { state } = given(placed({ personal: ERASED }), {
    type: 'OrderCancelled',
    data: { reason_category: 'mind', personal: ERASED },
  });
  assert.ok(state.status !== 'none');
  assert.equal(state.personal, ERASED);
  assert.equal(state.cancellation?.reason, ERASED);
  assert.is(orderTotals(state).total, 3358);
});

test.run();
