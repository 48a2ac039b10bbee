import type { CheckoutClaims } from '../../commands/checkout-claims.ts';
import type { Carts } from '../../domain/catalogue/index.ts';
import { traceOf } from '../../domain/shared/trace.ts';
import { streamId } from '../../event-store/stream-names.ts';
import { policyTask, type PolicyDeps } from '../policy-task.ts';
import type { Task } from '../task.ts';

/** Empties the cart that an order was placed from, under the key of that event; then the customer may order anew. */
export const clearCart = ({
  carts,
  claims,
  ...deps
}: PolicyDeps & { readonly carts: Carts; readonly claims: Pick<CheckoutClaims, 'end'> }): Task =>
  policyTask(deps, { name: 'clear-cart', of: ['OrderPlaced'] }, async ({ id: key, stream, fact, metadata }) => {
    const { customer_id } = fact.data;
    await carts.clear(customer_id, { key, trace: traceOf(metadata.correlation_id) });
    await claims.end({ customer_id, order_id: streamId(stream) });
  });
