import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  allowedOrderActions,
  createOrderDecider,
  DEFAULT_ORDER_SETTINGS,
  isPlaced,
  ORDER_STATUSES,
  type OrderEvent,
  type OrderSettings,
} from '../../../../src/domain/order/index.ts';
import { NOON, specFor, SYSTEM } from '../../../support/decider-spec.ts';
import {
  ADMIN,
  cancelItems,
  CUSTOMER,
  hold,
  modify,
  move,
  mug,
  place,
  releaseHold,
  ship,
  take,
} from '../../../support/order-commands.ts';
import {
  confirmed,
  held,
  holdReleased,
  pathTo,
  placed,
  PLACED_TOTAL,
  shipmentId,
  started,
} from '../../../support/order-events.ts';
import { paymentCaptured } from '../../../support/order-money.ts';
import { runOrder } from '../../../support/order-run.ts';

const test = suite('order: holding');
const given = specFor(createOrderDecider());
const autoProcess = { type: 'AutoProcessOrder', data: {}, at: NOON, by: SYSTEM } as const;
const confirmPaid = { type: 'ConfirmPaidOrder', data: {}, at: NOON, by: SYSTEM } as const;
const paid = paymentCaptured('p-1', PLACED_TOTAL);

const heldOf = (...past: readonly OrderEvent[]) => {
  const { state } = given(...past);
  return isPlaced(state) ? state.held : undefined;
};

const offered = (past: readonly OrderEvent[], settings: Partial<OrderSettings> = {}) => {
  const { state } = given(...past);
  assert.ok(isPlaced(state));
  return allowedOrderActions(state, 'admin', { ...DEFAULT_ORDER_SETTINGS, ...settings });
};

test('an order is held with its reason until its goods have left', () => {
  for (const status of ORDER_STATUSES) {
    const mayLeave = ['scheduled', 'pending', 'confirmed', 'processing', 'partially_shipped'].includes(status);
    const asked = given(...pathTo(status)).when(hold('address'));
    if (mayLeave) asked.then({ type: 'OrderHeld', data: { reason_category: 'address' } });
    else asked.thenRejected('order.invalid_transition', { current_status: status });
  }
  assert.equal(heldOf(placed(), held('address')), { reason_category: 'address', by: SYSTEM, at: NOON });
});

test('a note of staff is kept with the hold and with its release', () => {
  const note = { note: 'called twice' };
  given(placed())
    .when({ type: 'HoldOrder', data: { reason_category: 'other', ...note }, at: NOON, by: ADMIN })
    .then({ type: 'OrderHeld', data: { reason_category: 'other', personal: note } });
  given(placed(), held())
    .when({ type: 'ReleaseHold', data: note, at: NOON, by: ADMIN })
    .then({ type: 'HoldReleased', data: { personal: note } });
});

test('a held order is neither processed nor shipped, and offers none of it', () => {
  given(placed(), confirmed, held()).when(take('start_processing')).thenRejected('order.held');
  given(placed(), confirmed, held())
    .when(take('start_processing', { force: true }))
    .thenRejected('order.held');
  for (const action of ['ship', 'out_for_delivery'])
    given(placed(), confirmed, started, held())
      .when(take(action))
      .thenRejected('order.held', {
        allowed_actions: ['cancel'],
      });
  assert.equal(offered([placed(), confirmed, held()]), ['cancel']);
  assert.equal(offered([placed(), held()]), ['confirm', 'cancel']);
});

test('neither the clock nor a payment moves a held order', () => {
  const cod = placed({ payment_method: 'cash_on_delivery' });
  given(cod, held()).when(autoProcess).thenNothing();
  given(cod, confirmed, held()).when(autoProcess).thenNothing();
  given(placed(), paid, held()).when(confirmPaid).thenNothing();
  given(placed(), paid, held(), holdReleased).when(confirmPaid).then(confirmed);
  given(cod, held(), holdReleased).when(autoProcess).then(confirmed, started);
});

test('a held order is changed and cancelled; cancelling ends the hold', () => {
  assert.ok('accepted' in createOrderDecider().decide(modify([mug()]), given(placed(), held()).state));
  given(placed(), held())
    .when(take('cancel'))
    .then({ type: 'OrderCancelled', data: { reason_category: null } });
  assert.is(heldOf(placed(), held(), { type: 'OrderCancelled', data: { reason_category: null } }), null);
});

test('parcels that have left go on while the order is held, and so does the order once nothing is left', () => {
  const order = runOrder();
  const one = [{ order_item_id: 'line-mug', quantity: 1 }];
  order.does(place(), take('confirm'), take('start_processing'), ship(one), hold('stock'));
  assert.equal(offered(order.facts()), []);
  order.does(move(shipmentId(1), 'out_for_delivery'), cancelItems(one), move(shipmentId(1), 'fail'));
  order.does(take('out_for_delivery'), take('deliver'));
  assert.equal([order.order().status, order.order().held?.reason_category], ['delivered', 'stock']);
});

test('held twice, released twice, or by a customer: rejected', () => {
  given(placed(), held()).when(hold()).thenRejected('order.already_held');
  given(placed()).when(releaseHold()).thenRejected('order.not_held');
  given(placed(), held(), holdReleased).when(releaseHold()).thenRejected('order.not_held');
  given(placed()).when(hold('other', CUSTOMER)).thenRejected('order.action_not_permitted');
  given(placed(), held()).when(releaseHold(CUSTOMER)).thenRejected('order.action_not_permitted');
});

test('holding counts as a change; a process may always hold, and a hold can always be released', () => {
  const often = Array.from({ length: 250 }, () => [held(), holdReleased]).flat();
  given(placed(), ...often, ...often)
    .when(hold())
    .thenRejected('order.too_many_changes');
  given(placed(), ...often, ...often)
    .when(hold('stock', SYSTEM))
    .then({ type: 'OrderHeld', data: { reason_category: 'stock' } });
  given(placed(), ...often, ...often, held())
    .when(releaseHold())
    .then(holdReleased);
});

test.run();
