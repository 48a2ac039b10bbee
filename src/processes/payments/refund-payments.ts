import { jobFrom } from '../engine/job-from.ts';
import { reactor } from '../engine/reactor.ts';

const recordOutcome = jobFrom('record-refund-outcome');
const refundPayment = jobFrom('refund-payment');

/** An allocated refund is reserved on each payment, given back by the gateway, and told to the order. */
export const refundPayments = reactor({
  name: 'refund_payments',
  prefixes: ['order-', 'payment-'],
  on: {
    RefundAllocated: jobFrom('request-refunds'),
    RefundRequested: (recorded) => ({
      ...refundPayment(recorded),
      key: `refund-payment:${recorded.fact.data.refund_id}`,
    }),
    RefundCompleted: recordOutcome,
    RefundDeclined: recordOutcome,
  },
});
