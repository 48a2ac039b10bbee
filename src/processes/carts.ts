import type { Carts, CheckoutClaims } from '../checkout/index.ts';
import { streamId } from '../event-store/stream-names.ts';
import { traceOf } from '../platform/trace.ts';
import { defineProcess, perEvent } from './engine/process.ts';

type CartDeps = { readonly carts: Carts; readonly claims: Pick<CheckoutClaims, 'end'> };

/**
 * Empties the cart that an order was placed from, under the key of that event; then the customer may order anew. It
 * happens also where the checkout died after it placed the order.
 */
export const clearCart = defineProcess({
  name: 'clear-cart',
  on: { order: ['OrderPlaced'] },
  when: ({ fact }) => fact.data.from_cart === true,
  key: perEvent,
  run: async ({ id: key, stream, fact, metadata }, { carts, claims }: CartDeps) => {
    const { customer_id } = fact.data;
    await carts.clear(customer_id, { key, trace: traceOf(metadata.correlation_id) });
    await claims.end({ customer_id, order_id: streamId(stream) });
  },
});
