import { suite } from 'uvu';
import { createOrderDecider } from '../../../../src/domain/order/index.ts';
import { specFor } from '../../../support/decider-spec.ts';
import { CUSTOMER } from '../../../support/order-commands.ts';
import { placed } from '../../../support/order-events.ts';
import { refundOverpaid } from '../../../support/order-money.ts';
import { arrived } from '../../../support/returned-order.ts';

const test = suite('order: feedback');
const given = specFor(createOrderDecider());

test('feedback is given once, on a delivered order', () => {
  const give = {
    ...refundOverpaid,
    by: CUSTOMER,
    type: 'GiveFeedback',
    data: { rating: 5, comment: 'lovely' },
  } as const;
  const givenEvent = { type: 'FeedbackGiven', data: { rating: 5, personal: { comment: 'lovely' } } } as const;
  given(...arrived)
    .when(give)
    .then(givenEvent);
  given(...arrived, givenEvent)
    .when(give)
    .thenRejected('feedback.already_given');
  given(placed()).when(give).thenRejected('feedback.order_not_delivered');
  given(...arrived)
    .when({ ...give, data: { rating: 6 } })
    .thenRejected('feedback.invalid_rating');
});

test.run();
