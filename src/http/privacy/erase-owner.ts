import type { Reply, RequestFacts } from '../server/route.ts';

/** Erases the customer of an order. The orders' own room asks for it; this one does it. */
export type EraseOwner = (
  request: Pick<RequestFacts, 'caller' | 'context' | 'repeatable'> & {
    readonly order_id: string;
    /** For the records: without personal data. */
    readonly reason: string;
    /** The caller knows that the customer has other orders. */
    readonly allOrders: boolean;
  },
) => Promise<Reply>;
