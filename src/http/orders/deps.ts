import type { ChangeItems, PlaceOrder } from '../../checkout/index.ts';
import type { OrderCommands, ReadStream } from '../../commands/index.ts';
import type { Order, OrderSettings } from '../../domain/order/index.ts';
import type { Instant } from '../../domain/shared/decider.ts';
import type { Cursor, Page } from '../../projections/list/index.ts';
import type { ExportedOrder, ExportQuery, ListedOrder, ListOrders } from '../../projections/orders/index.ts';
import type { ListPastOrders, PastOrder } from '../../projections/order-status-history/index.ts';
import type { SearchOrders } from '../../projections/order-search/index.ts';
import type { EraseOwner } from '../erasures/erase.ts';
import type { Position } from '../../delivery/index.ts';
import type { ClosedDays } from '../server/closed-days.ts';

export type NamedOrder = {
  readonly id: string;
  readonly order: Order;
  /** The courier's newest position, where it refines the estimated time of arrival. */
  readonly seen?: Position | undefined;
  /** Shows its documents as they were at this time. Default: as they are. */
  readonly documentsAt?: Instant | undefined;
};

/** What an order says of a document it should have. */
export type DocumentSummary = {
  readonly id: string;
  readonly type: 'invoice' | 'credit_memo';
  readonly status: 'pending' | 'ready' | 'failed';
  readonly number: string | null;
  /** Why it failed. */
  readonly reason: string | null;
};

/** What exports read from; each reads one moment of the list. */
export type ExportDeps = {
  readonly lines: (query: ExportQuery) => AsyncIterable<string>;
  readonly orders: (query: ExportQuery) => AsyncIterable<readonly ExportedOrder[]>;
};

/** What the order handlers work with. */
export type OrderDeps = {
  readonly commands: OrderCommands;
  readonly readStream: ReadStream;
  /** The settings that the commands decide by; `allowed_actions` is computed from them. */
  readonly settings: OrderSettings;
  /** Whether an address must have all seven parts. */
  readonly requireFullAddress: boolean;
  /** Whether an id of a customer may be an e-mail address or a telephone number. Default: false. */
  readonly customerIdMayBePersonal?: boolean;
  readonly placeOrder: PlaceOrder;
  readonly changeItems: ChangeItems;
  /** Erases the customer of an order, for good. */
  readonly eraseOwner: EraseOwner;
  /** The id behind an order number. */
  readonly findOrderIdByNumber: (number: string) => Promise<string | undefined>;
  readonly list: (query: ListOrders) => Promise<Page<ListedOrder>>;
  /** Orders as they were at a position of the log: which, and in which order. */
  readonly listPast: (query: ListPastOrders) => Promise<Page<PastOrder>>;
  readonly closedDays: ClosedDays;
  readonly decodeCursor: (text: string) => Cursor | undefined;
  readonly search: (query: SearchOrders) => Promise<Page<ListedOrder>>;
  /** Reads a cursor of a search. */
  readonly decodeOffset: (text: string) => { readonly offset: number } | undefined;
  /**
   * Documents that these orders should have, by order id, as they are or as they were at a time. Only shipped orders
   * have any.
   */
  readonly findDocuments: (
    orders: readonly NamedOrder[],
    at?: Instant,
  ) => Promise<ReadonlyMap<string, readonly DocumentSummary[]>>;
  readonly exports: ExportDeps;
  /** IANA name: a date in a filter is a day there. */
  readonly businessTimeZone: string;
  /** Of orders that name no currency. */
  readonly defaultCurrency: string;
  readonly newestPosition: (id: string) => Promise<Position | undefined>;
};
