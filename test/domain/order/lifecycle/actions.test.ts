import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  createOrderDecider,
  DEFAULT_ORDER_SETTINGS,
  isPlaced,
  ORDER_ACTIONS,
  ORDER_STATUSES,
  ORDER_TRANSITIONS,
  type OrderStatus,
} from '../../../../src/domain/order/index.ts';
import { NOON, specFor } from '../../../support/decider-spec.ts';
import { ADMIN, COURIER, CUSTOMER, take } from '../../../support/order-commands.ts';
import {
  assigned,
  cancelled,
  confirmed,
  delivered,
  outForDelivery,
  pathTo,
  placed,
  shipmentId,
  shipped,
  started,
  PLACED_TOTAL,
} from '../../../support/order-events.ts';

const test = suite('order: actions');
const given = specFor(createOrderDecider());

test('an order is confirmed, processed, shipped and delivered', () => {
  given(placed()).when(take('confirm')).then(confirmed);
  given(placed(), confirmed).when(take('start_processing')).then(started);
  given(placed(), confirmed, started).when(take('ship')).then(shipped);
  given(placed(), confirmed, started, shipped).when(take('deliver')).then(delivered);
});

test('a local courier needs no carrier before', () =>
  given(placed(), confirmed, started).when(take('out_for_delivery')).then(outForDelivery));

test('carrier, tracking number and remarks are kept with the shipping', () =>
  given(placed(), confirmed, started)
    .when(take('ship', { carrier: 'DHL', tracking_number: 'T1', notes: 'fragile' }))
    .then({
      type: 'OrderShipped',
      data: {
        shipment_id: shipmentId(),
        carrier: 'DHL',
        tracking_number: 'T1',
        invoice: { amount: PLACED_TOTAL },
        personal: { notes: 'fragile' },
      },
    }));

test('the target status is understood as the action that leads there, in any spelling', () => {
  given(placed()).when(take('Cancelled')).then(cancelled);
  given(placed(), confirmed, started).when(take('SHIPPED')).then(shipped);
  given(placed(), confirmed, started).when(take('Out-For Delivery')).then(outForDelivery);
  given(placed(), confirmed).when(take('preparing')).then(started);
});

test('a status that is not the next one is rejected, with what is possible', () =>
  given(placed())
    .when(take('delivered'))
    .thenRejected('order.invalid_transition', {
      current_status: 'pending',
      allowed_actions: ['confirm', 'cancel'],
    }));

test('asking for the present status has a code of its own', () => {
  given(placed(), confirmed).when(take('confirm')).thenRejected('order.already_confirmed');
  given(placed(), confirmed).when(take('confirmed')).thenRejected('order.already_confirmed');
  given(placed()).when(take('placed')).thenRejected('order.already_pending');
  given(placed(), cancelled).when(take('cancel')).thenRejected('order.already_cancelled', { allowed_actions: [] });
});

test('an unknown word is answered with the known ones', () => {
  given(placed()).when(take('teleport')).thenRejected('order.unknown_action', { action: 'teleport' });
  given(placed()).when(take('constructor')).thenRejected('order.unknown_action');
});

test('only the scheduling process releases an order', () =>
  given(...pathTo('scheduled'))
    .when(take('pending'))
    .thenRejected('order.invalid_transition', {
      allowed_actions: ['cancel'],
    }));

test('a customer may cancel, and nothing else', () => {
  given(placed())
    .when(take('cancel', { by: CUSTOMER }))
    .then(cancelled);
  given(placed())
    .when(take('confirm', { by: CUSTOMER }))
    .thenRejected('order.action_not_permitted', { allowed_actions: ['cancel'] });
});

test('a delivery partner moves an assigned order, and no other', () => {
  const ready = [placed(), confirmed, started];
  given(...ready, assigned('d-1'))
    .when(take('out_for_delivery', { by: COURIER }))
    .then(outForDelivery);
  given(...ready, assigned('d-2'))
    .when(take('out_for_delivery', { by: COURIER }))
    .thenRejected('order.not_found');
  given(...ready)
    .when(take('out_for_delivery', { by: COURIER }))
    .thenRejected('order.not_found');
  given(...ready, assigned('d-1'))
    .when(take('cancel', { by: COURIER }))
    .thenRejected('order.action_not_permitted', {
      allowed_actions: ['out_for_delivery'],
    });
});

test('another customer does not even learn that the order exists', () =>
  given(placed())
    .when(take('cancel', { by: { id: 'c-2', role: 'customer' } }))
    .thenRejected('order.not_found'));

test('an order that was never placed cannot be acted on', () =>
  given().when(take('confirm')).thenRejected('order.not_found'));

test('a merchant may narrow the statuses in which orders are cancelled', () => {
  const strict = specFor(createOrderDecider({ ...DEFAULT_ORDER_SETTINGS, cancellationStatuses: ['pending'] }));
  strict(placed()).when(take('cancel')).then(cancelled);
  strict(placed(), confirmed)
    .when(take('cancel'))
    .thenRejected('order.invalid_transition', {
      allowed_actions: ['start_processing'],
    });
});

test('a cancel reason has 10 to 500 characters, and can be demanded', () => {
  const strict = specFor(createOrderDecider({ ...DEFAULT_ORDER_SETTINGS, requireCancelReason: true }));
  given(placed())
    .when(take('cancel', { reason: 'too short' }))
    .thenRejected('order.cancel_reason_length');
  given(placed())
    .when(take('cancel', { reason: 'x'.repeat(501) }))
    .thenRejected('order.cancel_reason_length');
  strict(placed()).when(take('cancel')).thenRejected('order.cancel_reason_required');
  for (const blank of [' '.repeat(10), '\u200b'.repeat(10)]) {
    strict(placed())
      .when(take('cancel', { reason: blank }))
      .thenRejected('order.cancel_reason_required');
  }
  strict(placed())
    .when(take('cancel', { reason: 'changed my mind', reason_category: 'mind' }))
    .then({ type: 'OrderCancelled', data: { reason_category: 'mind', personal: { reason: 'changed my mind' } } });
});

test('where payment is required, processing waits for it, cash on delivery excepted', () => {
  const paid = specFor(createOrderDecider({ ...DEFAULT_ORDER_SETTINGS, paymentRequired: true }));
  paid(placed(), confirmed)
    .when(take('start_processing'))
    .thenRejected('order.payment_required', {
      amount_due: 3358,
      allowed_actions: ['cancel'],
    });
  paid(placed({ payment_method: 'cash_on_delivery' }), confirmed)
    .when(take('start_processing'))
    .then(started);
});

/** Every parcel is out already. */
const movesNothing = (action: string, status: OrderStatus): boolean =>
  action === 'out_for_delivery' && status === 'out_for_delivery';

test('exactly the actions of the table are accepted, from every status and for every role', () => {
  const asked = ORDER_TRANSITIONS.filter((row) => row.asked);
  for (const status of ORDER_STATUSES) {
    for (const by of [ADMIN, CUSTOMER, COURIER]) {
      const past = status === 'scheduled' || status === 'pending' ? pathTo(status) : [...pathTo(status), assigned()];
      const order = given(...past, ...(past.length === 1 ? [assigned()] : []));
      assert.ok(isPlaced(order.state) && order.state.status === status);
      for (const action of ORDER_ACTIONS) {
        const row = asked.find((candidate) => candidate.action === action);
        const allowed = row?.from.some((from) => from === status) && row.by.some((role) => role === by.role);
        const decision = createOrderDecider().decide(take(action, { by }), order.state);
        assert.is(
          'accepted' in decision,
          allowed && !movesNothing(action, status),
          `${by.role}: ${action} from ${status}`,
        );
      }
    }
  }
});

test('each event leads to the status that the table names', () => {
  const { evolve, decide } = createOrderDecider();
  for (const row of ORDER_TRANSITIONS.filter((candidate) => candidate.asked)) {
    for (const from of row.from.filter((status) => !movesNothing(row.action, status))) {
      const { state } = given(...pathTo(from));
      const decision = decide(take(row.action), state);
      assert.ok('accepted' in decision);
      assert.ok(decision.accepted.some(({ type }) => type === row.event));
      const after = decision.accepted.reduce((now, event) => evolve(now, { ...event, at: NOON, by: ADMIN }), state);
      assert.ok(
        row.to.some((status) => status === after.status),
        `${row.action} from ${from} to ${after.status}`,
      );
    }
  }
});

test.run();
