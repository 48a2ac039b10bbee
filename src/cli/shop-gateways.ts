import type { Knex } from 'knex';
import type { Config } from '../config.ts';
import { createHttpCarts } from '../gateways/carts/http.ts';
import { createLocalCarts } from '../gateways/carts/local.ts';
import { createHttpCatalogue } from '../gateways/catalogue/http.ts';
import { createLocalCatalogue } from '../gateways/catalogue/local.ts';
import { forgivingUsers } from '../gateways/users/forgiving.ts';
import { createHttpUsers } from '../gateways/users/http.ts';
import type { Logger } from '../platform/logging.ts';
import type { ShopGateways } from '../shop.ts';
import { merchantService } from './merchant-service.ts';

/** The merchant's services where they have a URL, else what PostgreSQL keeps in their place. */
export const openShopGateways = (config: Config, db: Knex, log: Logger): ShopGateways => {
  const { defaultCurrency: currency } = config.orders;
  const cart = merchantService(config, 'cart', log);
  const product = merchantService(config, 'product', log);
  const user = merchantService(config, 'user', log);
  return {
    carts: cart === undefined ? createLocalCarts(db) : createHttpCarts(cart, { currency }),
    catalogue: product === undefined ? createLocalCatalogue(db) : createHttpCatalogue(product, { currency }),
    users: user && forgivingUsers(createHttpUsers(user), log),
  };
};
