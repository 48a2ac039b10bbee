import type { Checkout } from '../../commands/checkout.ts';
import type { OrderTemplate } from '../../commands/order-template.ts';
import type { OrderTemplates } from '../../platform/order-templates.ts';

/** What sells from carts and templates. */
export type ShopDeps = {
  readonly checkout: Checkout;
  readonly orderTemplate: OrderTemplate;
  readonly templates: OrderTemplates;
  readonly defaultCurrency: string;
};
