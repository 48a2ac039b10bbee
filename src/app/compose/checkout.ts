import {
  createCataloguePrices,
  createChangeItems,
  createCheckout,
  createExchangeReturn,
  createPlaceOrder,
  createTrustedPrices,
  openCheckoutClaims,
  openOrderTemplates,
  type ChangeItems,
  type Checkout,
  type ExchangeReturn,
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

/** How orders are placed (over HTTP, from carts and from templates), changed and exchanged, at checked prices. */
export type CheckoutFeature = {
  readonly checkout: Checkout;
  readonly placeOrder: PlaceOrder;
  readonly changeItems: ChangeItems;
  readonly templates: OrderTemplates;
  readonly exchangeReturn: ExchangeReturn;
};

export const createCheckoutFeature = (
  {
    db,
    dataKeys,
    orders,
    returns,
    readStream,
  }: Pick<Container & Commands, 'db' | 'dataKeys' | 'orders' | 'returns' | 'readStream'>,
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
  const reserving = {
    cataloguePrices,
    reservations: catalogue.reservations,
    settleStock: (order_id: string) => enqueueJobs(db, [settleStock.job({ order_id })]),
  };
  return {
    placeOrder,
    changeItems: createChangeItems({ ...reserving, orders, readStream }),
    exchangeReturn: createExchangeReturn({ ...reserving, returns }),
    checkout: createCheckout({ carts, claims: openCheckoutClaims(db), placeOrder, readStream, currency }),
    templates: openOrderTemplates(db, dataKeys),
  };
};
