import { streamId } from '../../event-store/stream-names.ts';
import type { JobRequest } from '../../jobs/queue.ts';
import { reactor } from '../engine/reactor.ts';

const settle = ({ stream }: { readonly stream: string }): JobRequest => ({
  task: 'settle-stock',
  payload: { order_id: streamId(stream) },
  key: `settle-stock:${streamId(stream)}`,
});

/** Whatever changes how many units an order keeps: the catalogue hears of it. */
export const settleStock = reactor({
  name: 'settle_stock',
  prefixes: ['order-'],
  on: {
    OrderPlaced: (recorded) => (recorded.fact.data.takes_stock === true ? settle(recorded) : undefined),
    OrderItemsModified: settle,
    OrderCancelled: settle,
    ReturnSettled: settle,
  },
});
