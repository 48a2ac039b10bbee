import type { TestApi } from '../support/api.ts';
import { placeOrder, takeActions } from '../support/core.ts';
import { createPayment, openReturn, startPayment } from '../support/payments.ts';
import { createResources } from '../support/resources.ts';
import type { Pool } from './pool.ts';

const OWNERS = [
  { customer: 'c-1', courier: 'courier-7' },
  { customer: 'c-2', courier: 'courier-8' },
];

const DELIVERY = ['confirm', 'start_processing', 'ship', 'deliver'];

/** One of everything for two customers and their couriers, by id and by number. */
export const firstThings = async (api: TestApi, pool: Pool): Promise<void> => {
  for (const owner of OWNERS) {
    const things = await createResources(api, owner);
    for (const [kind, names] of Object.entries(things)) pool.add(`${kind}s`, ...names);
    pool.add('delivery_partners', owner.courier);
  }
};

/** Orders in every state that something can be done in, before the requests have used them up. */
export const freshThings = async ({ core }: TestApi, pool: Pool): Promise<void> => {
  for (const { customer: customer_id } of OWNERS) {
    for (let n = 0; n < DELIVERY.length; n++) {
      const order = await placeOrder(core, { customer_id });
      await takeActions(core, order, DELIVERY.slice(0, n));
      pool.add('orders', order);
    }
    for (let n = 0; n < 2; n++) {
      const delivered = await placeOrder(core, { customer_id });
      await takeActions(core, delivered, DELIVERY);
      pool.add('orders', delivered);
      const returned = await placeOrder(core, { customer_id });
      await takeActions(core, returned, DELIVERY);
      pool.add('returns', await openReturn(core, returned));
      const paid = await placeOrder(core, { customer_id });
      pool.add('payments', await createPayment(core, paid), await startPayment(core, paid));
    }
  }
};
