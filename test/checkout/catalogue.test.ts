import { startSandboxService } from '../../src/cli/sandbox/server.ts';
import { productHandlers } from '../../src/cli/sandbox/merchant-services.ts';
import { createHttpCatalogue } from '../../src/checkout/catalogue/http.ts';
import { createLocalCatalogue } from '../../src/checkout/catalogue/local.ts';
import { catalogueContract } from '../contract/checkout/catalogue.ts';
import { openTestDatabase } from '../support/database.ts';
import { clientOf, put } from '../support/sandbox.ts';

catalogueContract('product service', async () => {
  const service = await startSandboxService(productHandlers(new Map()));
  return {
    catalogue: createHttpCatalogue(clientOf('product', service), { currency: 'EUR' }),
    fill: ({ id, stock, ...product }) =>
      put(service, `/api/products/${encodeURIComponent(id)}`, { ...product, stock_quantity: stock }),
    close: service.stop,
  };
});

catalogueContract('PostgreSQL', async () => {
  const { db, close } = await openTestDatabase();
  return {
    catalogue: createLocalCatalogue(db),
    fill: ({ id, price, is_active, ...product }) =>
      db('local_products').insert({
        ...product,
        product_id: id,
        unit_price: Math.round(price * 100),
        currency: 'EUR',
        is_sold: is_active,
      }),
    close,
  };
});
