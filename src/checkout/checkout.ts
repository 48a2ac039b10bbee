import type { CatalogueRejection, WantedLine } from '../domain/catalogue/index.ts';
import type { Carts, CheckoutClaims } from './ports.ts';
import type { Currency } from '../domain/shared/money.ts';
import type { Trace } from '../platform/trace.ts';
import { orderIdOf, type ReadStream } from '../commands/index.ts';
import {
  findPlaced,
  rejectOrder,
  type PlaceOrder,
  type PlaceOrderOutcome,
  type PlacingCaller,
  type SellInput,
} from './place-order.ts';

export type Checkout = (input: SellInput, caller: PlacingCaller) => Promise<PlaceOrderOutcome>;

export type CheckoutDeps = {
  readonly carts: Carts;
  readonly claims: CheckoutClaims;
  readonly placeOrder: PlaceOrder;
  readonly readStream: ReadStream;
  readonly currency: Currency;
};

/** The contents of a cart as a text: equal contents give equal texts. */
const contentsOf = (cart: readonly WantedLine[]): string =>
  JSON.stringify(cart.map(({ product_id, quantity }) => [product_id, quantity]).sort());

/**
 * Places an order from the customer's cart. Nothing is written before everything is known; the cart is emptied by what
 * follows from the order. A second request for the same cart, at the same moment or before it is empty, gets the same
 * order.
 * @throws `ServiceUnavailable`, `ServiceRejected`: nothing was placed
 */
export const createCheckout = ({ carts, claims, placeOrder, readStream, currency }: CheckoutDeps): Checkout => {
  /** Which command orders this cart: this one, or the one that came before. */
  const claim = async (customer_id: string, cart: string, own: string): Promise<string | CatalogueRejection> => {
    const mine = { customer_id, cart, command_id: own, order_id: orderIdOf(own) };
    const found = await claims.claim(mine);
    if (found.cart_is_same) return found.command_id;
    if ((await findPlaced(readStream, { command_id: found.command_id })) !== undefined)
      return { rejected: 'cart.being_cleared' };
    const isMine = await claims.takeOver(mine, found.command_id);
    return isMine ? own : { rejected: 'cart.being_ordered' };
  };

  /** Between reading and claiming, another request may have ordered this very cart and emptied it. */
  const hasChanged = async (customer_id: string, contents: string, trace: Trace): Promise<boolean> =>
    contentsOf(await carts.read(customer_id, trace)) !== contents;

  return async (input, caller) => {
    const { context, repeatable, trace } = caller;
    const before = repeatable ? await findPlaced(readStream, context) : undefined;
    if (before !== undefined) return before;
    const { customer_id } = input;
    const own = context.command_id;
    const cart = await carts.read(customer_id, trace);
    if (cart.length === 0) return rejectOrder({ rejected: 'cart.empty' });

    const contents = contentsOf(cart);
    const release = (command_id: string) => claims.end({ customer_id, order_id: orderIdOf(command_id) });
    let claimed: string | undefined;
    const claimCart = async (): Promise<string | CatalogueRejection> => {
      const command_id = await claim(customer_id, contents, own);
      if (typeof command_id !== 'string') return command_id;
      if (command_id === own && (await hasChanged(customer_id, contents, trace))) {
        await release(own);
        return { rejected: 'cart.being_ordered' };
      }
      claimed = command_id;
      return command_id;
    };
    const outcome = await placeOrder(
      { ...input, currency, lines: { wanted: cart }, from_cart: true },
      caller,
      claimCart,
    );
    if (claimed !== undefined && 'rejection' in outcome) await release(claimed);
    return outcome;
  };
};
