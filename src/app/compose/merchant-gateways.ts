import type { Knex } from 'knex';
import type { Config } from '../../config/index.ts';
import {
  createHttpCarts,
  createHttpCatalogue,
  createHttpUsers,
  createLocalCarts,
  createLocalCatalogue,
  optionalUsers,
  type Carts,
  type Catalogue,
  type Stock,
  type Users,
} from '../../checkout/index.ts';
import type { Logger } from '../../platform/logging.ts';
import { merchantService } from './merchant-service.ts';

/** The merchant's catalogue, carts and users. */
export type MerchantGateways = {
  readonly carts: Carts;
  readonly catalogue: Catalogue & Stock;
  /** Undefined: only the token tells who a customer is. */
  readonly users: Users | undefined;
};

/** The merchant's services where a URL is configured, else the local catalogue and carts in PostgreSQL. */
export const openMerchantGateways = (config: Config, db: Knex, log: Logger): MerchantGateways => {
  const { defaultCurrency: currency } = config.orders;
  const cart = merchantService(config, 'cart', log);
  const product = merchantService(config, 'product', log);
  const user = merchantService(config, 'user', log);
  return {
    carts: cart === undefined ? createLocalCarts(db) : createHttpCarts(cart, { currency }),
    catalogue: product === undefined ? createLocalCatalogue(db) : createHttpCatalogue(product, { currency }),
    users: user && optionalUsers(createHttpUsers(user), log),
  };
};
