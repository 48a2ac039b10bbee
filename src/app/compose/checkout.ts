import { createCataloguePrices, trustPrices, type CataloguePrices } from '../../checkout/catalogue-prices.ts';
import { createCheckout, type Checkout } from '../../checkout/checkout.ts';
import { createOrderTemplate, type OrderTemplate } from '../../checkout/order-from-template.ts';
import { completePersonal } from '../../checkout/sell.ts';
import type { PlaceOrderInput } from '../../commands/orders.ts';
import type { Core } from '../core.ts';
import type { Carts, Catalogue, Stock, Users } from '../../checkout/ports.ts';
import type { Currency } from '../../domain/shared/money.ts';
import type { Trace } from '../../platform/trace.ts';
import { openCheckoutClaims } from '../../checkout/checkout-claims.ts';
import { openOrderTemplates, type OrderTemplates } from '../../checkout/order-templates.ts';

/** What is sold, and to whom: the merchant's services, or what stands in for them. */
export type ShopGateways = {
  readonly carts: Carts;
  readonly catalogue: Catalogue & Stock;
  /** Undefined: nobody knows more of a customer than their token says. */
  readonly users: Users | undefined;
};

export type ShopSettings = {
  readonly currency: Currency;
  /** Whether a customer's prices are believed, or held against the catalogue. */
  readonly customerPrices: 'trust' | 'catalogue';
};

/** What sells: carts, templates, and prices that are checked. */
export type Shop = {
  readonly checkout: Checkout;
  readonly orderTemplate: OrderTemplate;
  readonly templates: OrderTemplates;
  readonly cataloguePrices: CataloguePrices;
  readonly completePersonal: (
    input: Pick<PlaceOrderInput, 'customer_id' | 'personal'>,
    trace: Trace,
  ) => Promise<PlaceOrderInput['personal']>;
};

export const createShop = (
  { db, orders, readStream }: Pick<Core, 'db' | 'orders' | 'readStream'>,
  { carts, catalogue, users }: ShopGateways,
  { currency, customerPrices }: ShopSettings,
): Shop => ({
  checkout: createCheckout({
    carts,
    catalogue,
    users,
    claims: openCheckoutClaims(db),
    orders,
    readStream,
    currency,
  }),
  orderTemplate: createOrderTemplate({ catalogue, users, orders, readStream }),
  templates: openOrderTemplates(db),
  cataloguePrices: customerPrices === 'catalogue' ? createCataloguePrices(catalogue) : trustPrices,
  completePersonal: (input, trace) => completePersonal(users, input, trace),
});
