import { startSandboxService } from '../../src/cli/sandbox/server.ts';
import { cartHandlers } from '../../src/cli/sandbox/merchant-services.ts';
import { createHttpCarts, createLocalCarts } from '../../src/checkout/carts.ts';
import { cartsContract } from '../contract/checkout/carts.ts';
import { openTestDatabase } from '../support/database.ts';
import { clientOf, put } from '../support/sandbox.ts';

cartsContract('cart service', async () => {
  const service = await startSandboxService(cartHandlers(new Map()));
  return {
    carts: createHttpCarts(clientOf('cart', service), { currency: 'EUR' }),
    fill: (customerId, product_id, quantity) =>
      put(service, `/api/v1/cart/${customerId}`, { items: [{ product_id, quantity }] }),
    close: service.stop,
  };
});

cartsContract('PostgreSQL', async () => {
  const { db, close } = await openTestDatabase();
  return {
    carts: createLocalCarts(db),
    fill: (customer_id, product_id, quantity) => db('local_carts').insert({ customer_id, product_id, quantity }),
    close,
  };
});
