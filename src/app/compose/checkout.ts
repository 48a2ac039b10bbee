import {
  createCataloguePrices,
  createChangeItems,
  createCheckout,
  createPlaceOrder,
  createTrustedPrices,
  openCheckoutClaims,
  openOrderTemplates,
  type CataloguePrices,
  type ChangeItems,
  type Checkout,
  type OrderTemplates,
  type PlaceOrder,
} from '../../checkout/index.ts';
import type { Container } from '../container.ts';
import type { Commands } from './commands.ts';
import type { MerchantGateways } from './merchant-gateways.ts';
import type { Currency } from '../../domain/shared/money.ts';
import { enqueueJobs } from '../../jobs/queue.ts';
import { settleStock } from '../../processes/stock.ts';

export type CheckoutSettings = {
  readonly currency: Currency;
  /** Whether prices that customers send are trusted or must match the catalogue. */
  readonly customerPrices: 'trust' | 'catalogue';
};

/** How orders are placed (over HTTP, from carts and from templates) and their items changed, at checked prices. */
export type CheckoutFeature = {
  readonly checkout: Checkout;
  readonly placeOrder: PlaceOrder;
  readonly changeItems: ChangeItems;
  readonly templates: OrderTemplates;
  readonly cataloguePrices: CataloguePrices;
};

export const createCheckoutFeature = (
  { db, dataKeys, orders, readStream }: Pick<Container & Commands, 'db' | 'dataKeys' | 'orders' | 'readStream'>,
  { carts, catalogue, users }: MerchantGateways,
  { currency, customerPrices }: CheckoutSettings,
): CheckoutFeature => {
  const cataloguePrices =
    customerPrices === 'catalogue' ? createCataloguePrices(catalogue) : createTrustedPrices(catalogue);
  const placeOrder = createPlaceOrder({
    catalogue,
    users,
    cataloguePrices,
    reservations: catalogue.reservations,
    orders,
    readStream,
  });
  return {
    placeOrder,
    changeItems: createChangeItems({
      cataloguePrices,
      reservations: catalogue.reservations,
      orders,
      readStream,
      settleStock: (order_id) => enqueueJobs(db, [settleStock.job({ order_id })]),
    }),
    checkout: createCheckout({ carts, claims: openCheckoutClaims(db), placeOrder, readStream, currency }),
    templates: openOrderTemplates(db, dataKeys),
    cataloguePrices,
  };
};
