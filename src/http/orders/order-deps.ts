import type { CataloguePrices } from '../../checkout/catalogue-prices.ts';
import type { PlaceOrder } from '../../checkout/place-order.ts';
import type { OrderCommands } from '../../commands/orders.ts';
import type { ReadStream } from '../../commands/read.ts';
import type { Order, OrderSettings } from '../../domain/order/index.ts';
import type { Cursor, Page } from '../../projections/list/index.ts';
import type { SearchOrders } from '../../projections/order-search/index.ts';
import type { ListedOrder, ListOrders } from '../../projections/orders/index.ts';
import type { Position } from '../../delivery/positions.ts';
import type { DocumentSummary } from './order-body.ts';

export type NamedOrder = {
  readonly id: string;
  readonly order: Order;
  /** Where its courier was last seen, if that is to refine when it is expected. */
  readonly seen?: Position | undefined;
};

/** What the order routes work with. */
export type OrderDeps = {
  readonly commands: OrderCommands;
  readonly readStream: ReadStream;
  /** The same policy that decides: it says what is allowed now. */
  readonly policy: OrderSettings;
  /** Whether an address must have all seven parts. */
  readonly requireFullAddress: boolean;
  /** Checks the prices that customers send against the catalogue. */
  readonly cataloguePrices: CataloguePrices;
  readonly placeOrder: PlaceOrder;
  /** The id behind an order number. */
  readonly findIdByNumber: (number: string) => Promise<string | undefined>;
  readonly list: (query: ListOrders) => Promise<Page<ListedOrder>>;
  readonly decodeCursor: (text: string) => Cursor | undefined;
  readonly search: (query: SearchOrders) => Promise<Page<ListedOrder>>;
  /** Reads a cursor of a search. */
  readonly decodePlace: (text: string) => { readonly offset: number } | undefined;
  /** Documents that these orders should have, by order id. Only asked for orders that were shipped. */
  readonly findDocuments: (orders: readonly NamedOrder[]) => Promise<ReadonlyMap<string, readonly DocumentSummary[]>>;
  readonly newestPosition: (id: string) => Promise<Position | undefined>;
};
