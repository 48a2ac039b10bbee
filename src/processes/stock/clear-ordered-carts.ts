import { jobFrom } from '../engine/job-from.ts';
import { reactor } from '../engine/reactor.ts';

const clearCart = jobFrom('clear-cart');

/** A cart that was ordered is emptied, whoever died after the order was placed. */
export const clearOrderedCarts = reactor({
  name: 'clear_ordered_carts',
  prefixes: ['order-'],
  on: { OrderPlaced: (recorded) => (recorded.fact.data.from_cart === true ? clearCart(recorded) : undefined) },
});
