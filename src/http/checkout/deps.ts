import type { Checkout, OrderTemplates } from '../../checkout/index.ts';
import type { OrderDeps } from '../orders/deps.ts';

/** What sells from carts and templates. */
export type CheckoutDeps = {
  readonly checkout: Checkout;
  readonly templates: OrderTemplates;
  readonly orders: OrderDeps;
};
