import { sendMessagesNow } from './send-job.ts';
import { reactor } from '../processes/engine/reactor.ts';

/** Whatever a customer is told about wakes the one job that reads the log for messages. */
export const notifyCustomers = reactor({
  name: 'tell_customers',
  prefixes: ['order-', 'return-', 'document-'],
  on: {
    OrderPlaced: sendMessagesNow,
    OrderReleased: sendMessagesNow,
    OrderConfirmed: sendMessagesNow,
    OrderProcessingStarted: sendMessagesNow,
    OrderShipped: sendMessagesNow,
    OrderOutForDelivery: sendMessagesNow,
    OrderDelivered: sendMessagesNow,
    OrderCancelled: sendMessagesNow,
    OrderReturned: sendMessagesNow,
    PaymentRefunded: sendMessagesNow,
    ReturnOpened: sendMessagesNow,
    ReturnClosed: sendMessagesNow,
    ReturnInitiated: sendMessagesNow,
    ReturnApproved: sendMessagesNow,
    ReturnRejected: sendMessagesNow,
    ReturnCancelled: sendMessagesNow,
    ReturnPickupScheduled: sendMessagesNow,
    ReturnReceived: sendMessagesNow,
    ReturnRefunded: sendMessagesNow,
    DocumentRendered: sendMessagesNow,
  },
});
