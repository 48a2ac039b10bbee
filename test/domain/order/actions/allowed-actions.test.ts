import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  allowedOrderActions,
  createOrderDecider,
  DEFAULT_ORDER_SETTINGS,
  isPlaced,
  mayRefundReturn,
  ORDER_ACTIONS,
  ORDER_STATUSES,
  returnMoney,
  type OrderEvent,
} from '../../../../src/domain/order/index.ts';
import { SYSTEM, specFor } from '../../../support/decider-spec.ts';
import { ADMIN, COURIER, CUSTOMER, take } from '../../../support/order-commands.ts';
import { assigned, pathTo } from '../../../support/order-events.ts';
import {
  paymentCaptured,
  paymentRefunded,
  paymentStarted,
  refund,
  refundAllocated,
  refundFailed,
  refundReturn,
} from '../../../support/order-money.ts';
import { opened, paid, settled } from '../../../support/returned-order.ts';

const test = suite('allowed actions and what is accepted');

const one = refund('f-1', 'p-1', 3358);
const captured = paymentCaptured('p-1', 3358);
const allocated = refundAllocated('money', [one]);
const MONEY: readonly (readonly [string, readonly OrderEvent[]])[] = [
  ['nothing paid', []],
  ['a payment on its way', [paymentStarted('p-1', 3358)]],
  ['paid', [captured]],
  ['a refund pending', [captured, allocated]],
  ['a refund failed', [captured, allocated, refundFailed(one, 'money')]],
  ['refunded', [captured, allocated, paymentRefunded(one, 'money')]],
];

test('agree in every status, for every role, whatever the money does', () => {
  let seen = 0;
  for (const paymentRequired of [false, true]) {
    const settings = { ...DEFAULT_ORDER_SETTINGS, paymentRequired };
    const given = specFor(createOrderDecider(settings));
    for (const status of ORDER_STATUSES)
      for (const [money, events] of MONEY) {
        const { state } = given(...pathTo(status), assigned(COURIER.id), ...events);
        assert.ok(isPlaced(state));
        for (const by of [ADMIN, CUSTOMER, COURIER, SYSTEM]) {
          const allowed = allowedOrderActions(state, by.role, settings);
          for (const action of ORDER_ACTIONS) {
            const decision = createOrderDecider(settings).decide(take(action, { by }), state);
            const what = `${action} by ${by.role}, ${status}, ${money}, payment required: ${paymentRequired}`;
            assert.is('accepted' in decision, allowed.includes(action), what);
            seen += 1;
          }
        }
      }
  }
  assert.ok(seen > 3_000);
});

test('the refund of a return is offered exactly when the order takes it', () => {
  const part = refund('f-1', 'p-1', 2858);
  const processed = [...paid, opened('r-1', 1, 2, 2858), settled(2858, 2)];
  const pending = refundAllocated('return', [part], 'r-1');
  const given = specFor(createOrderDecider());
  for (const past of [
    processed,
    [...processed, pending],
    [...processed, pending, refundFailed(part, 'return', 'r-1')],
  ]) {
    const { state } = given(...past);
    assert.ok(isPlaced(state));
    const decision = createOrderDecider().decide(refundReturn('r-1'), state);
    assert.is('accepted' in decision, mayRefundReturn(returnMoney(state, 'r-1')));
  }
});

test.run();
