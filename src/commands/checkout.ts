import {
  linesToSell,
  type Carts,
  type Catalogue,
  type CatalogueRejection,
  type WantedLine,
} from '../domain/catalogue/index.ts';
import { evolveOrder, NO_ORDER, type OrderState } from '../domain/order/index.ts';
import type { Currency } from '../domain/shared/money.ts';
import type { Trace } from '../domain/shared/trace.ts';
import { orderStream } from '../event-store/stream-names.ts';
import type { CheckoutClaims } from './checkout-claims.ts';
import { wasRefused, type Refused } from './handle.ts';
import { orderIdOf, type Caller, type OrderCommands, type OrderOutcome, type PlaceOrderInput } from './orders.ts';
import type { ReadStream } from './read.ts';

export type CheckoutInput = Omit<PlaceOrderInput, 'lines' | 'currency' | 'delivery_fee' | 'from_cart' | 'takes_stock'>;
export type ShopOutcome = OrderOutcome | Refused<OrderState, CatalogueRejection>;
export type ShopCaller = Caller & { readonly trace: Trace };
export type Checkout = (input: CheckoutInput, caller: ShopCaller) => Promise<ShopOutcome>;

export type CheckoutDeps = {
  readonly carts: Carts;
  readonly catalogue: Catalogue;
  readonly claims: CheckoutClaims;
  readonly orders: Pick<OrderCommands, 'place'>;
  readonly readStream: ReadStream;
  readonly currency: Currency;
};

const refuse = (rejection: CatalogueRejection): Refused<OrderState, CatalogueRejection> => ({
  rejection,
  state: NO_ORDER,
});

/** What is in a cart, so that two of the same contents are the same text. */
const contentsOf = (cart: readonly WantedLine[]): string =>
  JSON.stringify(cart.map(({ product_id, quantity }) => [product_id, quantity]).sort());

/**
 * Places an order from the customer's cart. Nothing is written before everything is known; the cart is emptied by what
 * follows from the order. Whoever orders the same cart at the same moment, or before it is empty, gets the same order.
 * @throws `ServiceUnavailable`, `ServiceRefused`: nothing was placed
 */
export const createCheckout = ({ carts, catalogue, claims, orders, readStream, currency }: CheckoutDeps): Checkout => {
  const findPlaced = async (command_id: string): Promise<OrderOutcome | undefined> => {
    const id = orderIdOf(command_id);
    const evolving = { initialState: NO_ORDER, evolve: evolveOrder };
    const found = await readStream(evolving, orderStream(id), { revision: 0n });
    return found && { ...found, id, events: [], repeated: true };
  };

  const price = async (cart: readonly WantedLine[], trace: Trace) => {
    const products = (await catalogue.exists())
      ? await catalogue.find(
          cart.map(({ product_id }) => product_id),
          trace,
        )
      : undefined;
    const priced = linesToSell(cart, products, currency);
    return 'rejected' in priced ? priced : { ...priced, isFromCatalogue: products !== undefined };
  };

  /** Which command orders this cart: this one, or the one that came before. */
  const claim = async (customer_id: string, cart: string, own: string): Promise<string | CatalogueRejection> => {
    const found = await claims.claim({ customer_id, cart, command_id: own });
    if (found.cart_is_same) return found.command_id;
    if ((await findPlaced(found.command_id)) !== undefined) return { rejected: 'cart.being_cleared' };
    const isMine = await claims.takeOver({ customer_id, cart, command_id: own }, found.command_id);
    return isMine ? own : { rejected: 'cart.being_ordered' };
  };

  /** Between reading and claiming, another request may have ordered this very cart and emptied it. */
  const hasChanged = async (customer_id: string, contents: string, trace: Trace): Promise<boolean> =>
    contentsOf(await carts.read(customer_id, trace)) !== contents;

  return async (input, { context, repeatable, trace }) => {
    const before = repeatable ? await findPlaced(context.command_id) : undefined;
    if (before !== undefined) return before;
    const { customer_id } = input;
    const own = context.command_id;
    const cart = await carts.read(customer_id, trace);
    if (cart.length === 0) return refuse({ rejected: 'cart.empty' });
    const priced = await price(cart, trace);
    if ('rejected' in priced) return refuse(priced);

    const contents = contentsOf(cart);
    const command_id = await claim(customer_id, contents, own);
    if (typeof command_id !== 'string') return refuse(command_id);
    const release = () => claims.release({ customer_id, command_id });
    if (command_id === own && (await hasChanged(customer_id, contents, trace))) {
      await release();
      return refuse({ rejected: 'cart.being_ordered' });
    }
    const outcome = await orders.place(
      {
        ...input,
        currency,
        lines: priced.lines,
        from_cart: true,
        ...(priced.isFromCatalogue && { takes_stock: true }),
      },
      { context: { ...context, command_id }, repeatable: true },
    );
    if (wasRefused(outcome)) await release();
    return outcome;
  };
};
