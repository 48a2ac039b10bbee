import { createCataloguePrices, trustPrices, type CataloguePrices } from '../../checkout/catalogue-prices.ts';
import { createCheckout, type Checkout } from '../../checkout/checkout.ts';
import { createOrderTemplate, type OrderTemplate } from '../../checkout/order-from-template.ts';
import { completePersonal } from '../../checkout/sell.ts';
import type { PlaceOrderInput } from '../../commands/orders.ts';
import type { Container } from '../container.ts';
import type { Commands } from './commands.ts';
import type { MerchantGateways } from './merchant-gateways.ts';
import type { Currency } from '../../domain/shared/money.ts';
import type { Trace } from '../../platform/trace.ts';
import { openCheckoutClaims } from '../../checkout/checkout-claims.ts';
import { openOrderTemplates, type OrderTemplates } from '../../checkout/order-templates.ts';

export type CheckoutSettings = {
  readonly currency: Currency;
  /** Whether prices that customers send are trusted or must match the catalogue. */
  readonly customerPrices: 'trust' | 'catalogue';
};

/** Orders from carts and templates, at checked prices. */
export type CheckoutFeature = {
  readonly checkout: Checkout;
  readonly orderTemplate: OrderTemplate;
  readonly templates: OrderTemplates;
  readonly cataloguePrices: CataloguePrices;
  readonly completePersonal: (
    input: Pick<PlaceOrderInput, 'customer_id' | 'personal'>,
    trace: Trace,
  ) => Promise<PlaceOrderInput['personal']>;
};

export const createCheckoutFeature = (
  { db, orders, readStream }: Pick<Container & Commands, 'db' | 'orders' | 'readStream'>,
  { carts, catalogue, users }: MerchantGateways,
  { currency, customerPrices }: CheckoutSettings,
): CheckoutFeature => ({
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
