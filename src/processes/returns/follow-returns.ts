import { jobFrom } from '../engine/job-from.ts';
import { reactor } from '../engine/reactor.ts';

const finish = jobFrom('finish-return');
const close = jobFrom('close-return');

/** Order and return keep step: opened here and begun there, processed there and settled here, closed here and ended there. */
export const followReturns = reactor({
  name: 'follow_returns',
  prefixes: ['order-', 'return-'],
  on: {
    ReturnOpened: jobFrom('initiate-return'),
    ReturnProcessed: jobFrom('settle-return'),
    ReturnRejected: close,
    ReturnCancelled: close,
    ReturnClosed: (recorded) => (recorded.fact.data.outcome === 'refunded' ? finish(recorded) : undefined),
  },
});
