import type { DocumentRequest } from '../../commands/documents.ts';
import { processContext } from '../../commands/process-context.ts';
import type { ReadStream } from '../../commands/read.ts';
import { orderFold, isPlaced, type Order } from '../../domain/order/index.ts';
import type { Instant } from '../../domain/shared/decider.ts';
import type { EventContext } from '../../event-store/codec.ts';
import { orderStream } from '../../event-store/stream-names.ts';

const SHIPPING = new Set<string>(['OrderShipped', 'OrderOutForDelivery']);

export type InvoiceCause = {
  /** As it was when it was shipped. */
  readonly order: Order;
  readonly request: DocumentRequest;
  readonly context: EventContext;
};

/** What the invoice of an order follows from: the first event that took the goods out of the house. */
export const invoiceCause = async (readStream: ReadStream, order_id: string, at: Instant): Promise<InvoiceCause> => {
  const whole = await readStream(orderFold, orderStream(order_id));
  const shipping = whole?.events.find(({ fact }) => SHIPPING.has(fact.type));
  if (shipping === undefined) throw new Error(`order ${order_id} was never shipped`);
  const shipped = await readStream(orderFold, orderStream(order_id), { revision: shipping.revision });
  if (shipped === undefined || !isPlaced(shipped.state)) throw new Error(`order ${order_id} does not fold`);
  const { customer_id } = shipped.state;
  return {
    order: shipped.state,
    request: { type: 'invoice', customer_id, order_id, return_id: null, as_of: shipping.revision },
    context: processContext('issue-invoice', shipping, at),
  };
};
