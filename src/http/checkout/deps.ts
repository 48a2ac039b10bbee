import type { Checkout } from '../../checkout/checkout.ts';
import type { OrderTemplates } from '../../checkout/order-templates.ts';

/** What sells from carts and templates. */
export type ShopDeps = {
  readonly checkout: Checkout;
  readonly templates: OrderTemplates;
  readonly defaultCurrency: string;
};
