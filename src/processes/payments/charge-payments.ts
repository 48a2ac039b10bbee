import { jobFrom, latestJobFrom } from '../engine/job-from.ts';
import { reactor } from '../engine/reactor.ts';

const recordOutcome = jobFrom('record-payment-outcome');

/** The order makes room, the payment is under way, the gateway is asked, the order hears of it: each step from the one before. */
export const chargePayments = reactor({
  name: 'charge_payments',
  prefixes: ['order-', 'payment-'],
  on: {
    PaymentStarted: jobFrom('start-payment-processing'),
    PaymentProcessingStarted: latestJobFrom('charge-payment'),
    PaymentCompleted: recordOutcome,
    PaymentDeclined: recordOutcome,
    PaymentCancelled: recordOutcome,
  },
});
