import type { CheckoutClaims } from '../../checkout/claims-port.ts';
import type { Carts } from '../../checkout/ports.ts';
import { traceOf } from '../../platform/trace.ts';
import { streamId } from '../../event-store/stream-names.ts';
import { processTask, type ProcessDeps } from '../engine/policy-task.ts';
import type { Task } from '../../jobs/task.ts';

/** Empties the cart that an order was placed from, under the key of that event; then the customer may order anew. */
export const clearCart = ({
  carts,
  claims,
  ...deps
}: ProcessDeps & { readonly carts: Carts; readonly claims: Pick<CheckoutClaims, 'end'> }): Task =>
  processTask(deps, { name: 'clear-cart', of: ['OrderPlaced'] }, async ({ id: key, stream, fact, metadata }) => {
    const { customer_id } = fact.data;
    await carts.clear(customer_id, { key, trace: traceOf(metadata.correlation_id) });
    await claims.end({ customer_id, order_id: streamId(stream) });
  });
