import type { CatalogueRejection, WantedLine } from '../domain/catalogue/index.ts';
import type { Carts, Catalogue, Users } from './ports.ts';
import type { Currency } from '../domain/shared/money.ts';
import type { Trace } from '../platform/trace.ts';
import type { CheckoutClaims } from './claims-port.ts';
import { wasRejected } from '../commands/handle.ts';
import { orderIdOf, type OrderCommands } from '../commands/orders.ts';
import type { ReadStream } from '../commands/read.ts';
import {
  completePersonal,
  findPlaced,
  priceWanted,
  reject,
  type SellCaller,
  type SellInput,
  type SellOutcome,
} from './sell.ts';

export type Checkout = (input: SellInput, caller: SellCaller) => Promise<SellOutcome>;

export type CheckoutDeps = {
  readonly carts: Carts;
  readonly catalogue: Catalogue;
  readonly users: Users | undefined;
  readonly claims: CheckoutClaims;
  readonly orders: Pick<OrderCommands, 'place'>;
  readonly readStream: ReadStream;
  readonly currency: Currency;
};

/** What is in a cart, so that two of the same contents are the same text. */
const contentsOf = (cart: readonly WantedLine[]): string =>
  JSON.stringify(cart.map(({ product_id, quantity }) => [product_id, quantity]).sort());

/**
 * Places an order from the customer's cart. Nothing is written before everything is known; the cart is emptied by what
 * follows from the order. Whoever orders the same cart at the same moment, or before it is empty, gets the same order.
 * @throws `ServiceUnavailable`, `ServiceRefused`: nothing was placed
 */
export const createCheckout = ({
  carts,
  catalogue,
  users,
  claims,
  orders,
  readStream,
  currency,
}: CheckoutDeps): Checkout => {
  /** Which command orders this cart: this one, or the one that came before. */
  const claim = async (customer_id: string, cart: string, own: string): Promise<string | CatalogueRejection> => {
    const mine = { customer_id, cart, command_id: own, order_id: orderIdOf(own) };
    const found = await claims.claim(mine);
    if (found.cart_is_same) return found.command_id;
    if ((await findPlaced(readStream, found.command_id)) !== undefined) return { rejected: 'cart.being_cleared' };
    const isMine = await claims.takeOver(mine, found.command_id);
    return isMine ? own : { rejected: 'cart.being_ordered' };
  };

  /** Between reading and claiming, another request may have ordered this very cart and emptied it. */
  const hasChanged = async (customer_id: string, contents: string, trace: Trace): Promise<boolean> =>
    contentsOf(await carts.read(customer_id, trace)) !== contents;

  return async (input, { context, repeatable, trace }) => {
    const before = repeatable ? await findPlaced(readStream, context.command_id) : undefined;
    if (before !== undefined) return before;
    const { customer_id } = input;
    const own = context.command_id;
    const cart = await carts.read(customer_id, trace);
    if (cart.length === 0) return reject({ rejected: 'cart.empty' });
    const priced = await priceWanted(catalogue, cart, { currency, trace });
    if ('rejected' in priced) return reject(priced);
    const personal = await completePersonal(users, input, trace);

    const contents = contentsOf(cart);
    const command_id = await claim(customer_id, contents, own);
    if (typeof command_id !== 'string') return reject(command_id);
    const release = () => claims.end({ customer_id, order_id: orderIdOf(command_id) });
    if (command_id === own && (await hasChanged(customer_id, contents, trace))) {
      await release();
      return reject({ rejected: 'cart.being_ordered' });
    }
    const outcome = await orders.place(
      { ...input, ...priced, personal, currency, from_cart: true },
      { context: { ...context, command_id }, repeatable: true },
    );
    if (wasRejected(outcome)) await release();
    return outcome;
  };
};
