import {
  demandSameRequest,
  newOrderId,
  orderIdOf,
  type Caller,
  type NewLine,
  type OrderCommands,
  type OrderOutcome,
  type PlaceOrderInput,
  type ReadStream,
  type Rejected,
  wasRejected,
} from '../commands/index.ts';
import {
  linesToSell,
  unsold,
  withKept,
  type CatalogueRejection,
  type UnsoldLine,
  type WantedLine,
} from '../domain/catalogue/index.ts';
import { NO_ORDER, orderFold, type OrderState } from '../domain/order/index.ts';
import type { EventContext } from '../event-store/codec.ts';
import { orderStream } from '../event-store/stream-names.ts';
import type { Trace } from '../platform/trace.ts';
import type { CataloguePrices } from './catalogue-prices.ts';
import type { Catalogue, Reservations, Shortage, Units, Users } from './ports.ts';

/** The ordered lines with their own prices, or products at today's prices of the catalogue. */
export type OrderedLines = { readonly priced: readonly NewLine[] } | { readonly wanted: readonly WantedLine[] };

export type OrderRequest = Omit<PlaceOrderInput, 'lines' | 'takes_stock' | 'overrides_catalogue'> & {
  readonly lines: OrderedLines;
};
/** The customer's data for an order from a cart or a template. */
export type SellInput = Omit<OrderRequest, 'lines' | 'currency' | 'delivery_fee' | 'from_cart'>;
export type PlacingCaller = Caller & { readonly trace: Trace };
export type PlaceOrderOutcome = OrderOutcome | Rejected<OrderState, CatalogueRejection>;

/**
 * Runs when everything is known and nothing is written yet. Answers the id of the command under which the order is
 * placed, or why it is not placed after all.
 */
export type BeforePlacing = () => Promise<string | CatalogueRejection>;

export type PlaceOrder = (
  request: OrderRequest,
  caller: PlacingCaller,
  beforePlacing?: BeforePlacing,
) => Promise<PlaceOrderOutcome>;

export type PlaceOrderDeps = {
  readonly catalogue: Catalogue;
  readonly users: Users | undefined;
  /** Checks the prices that customers send. */
  readonly cataloguePrices: CataloguePrices;
  /** Undefined: units are taken after the order is placed. */
  readonly reservations: Reservations | undefined;
  readonly orders: Pick<OrderCommands, 'place'>;
  readonly readStream: ReadStream;
};

export const rejectOrder = (rejection: CatalogueRejection): Rejected<OrderState, CatalogueRejection> => ({
  rejection,
  state: NO_ORDER,
});

/**
 * The order that a repeatable command placed, as it was then.
 * @throws OtherRequest when it was placed for another request than this one
 */
export const findPlaced = async (
  readStream: ReadStream,
  context: Pick<EventContext, 'command_id' | 'request'>,
): Promise<OrderOutcome | undefined> => {
  const id = orderIdOf(context.command_id);
  const found = await readStream(orderFold, orderStream(id), { revision: 0n });
  if (found === undefined) return undefined;
  demandSameRequest(context, found.last);
  const { state, revision, position } = found;
  return { id, state, revision, position, events: [], repeated: true };
};

/** A context for a command that perhaps another request began: that one's key is not asked about. */
const onBehalfOf = (command_id: string, { request, ...context }: EventContext): EventContext => {
  if (command_id === context.command_id) return { ...context, ...(request !== undefined && { request }) };
  const { request_hash: _, ...asked } = request ?? {};
  return { ...context, command_id, request: asked };
};

/**
 * Places an order, whichever way it comes in: over HTTP, from a cart or from a template. In this order: prices, the
 * customer's personal data, the last check of the caller, the units, then number and event. A repeated command gets the order that
 * it placed before, even if the catalogue would reject it today.
 * @throws `ServiceUnavailable`, `ServiceRejected`: nothing was placed
 */
export const createPlaceOrder = (deps: PlaceOrderDeps): PlaceOrder => {
  const { readStream } = deps;
  const place = placeReserved(deps);
  return async ({ lines, ...request }, { trace, ...caller }, beforePlacing) => {
    const { context, repeatable } = caller;
    const how = { actor: context.actor, currency: request.currency, trace };
    const asked = await priceLines(deps, lines, how);
    const before = 'rejected' in asked && repeatable ? await findPlaced(readStream, context) : undefined;
    if (before !== undefined) return before;
    const kept = 'rejected' in asked && repeatable ? await reservedBefore(deps, caller) : [];
    const priced = kept.length === 0 ? asked : await priceLines(deps, lines, { ...how, kept });
    if ('rejected' in priced) return rejectOrder(priced);
    const personal = await completePersonal(deps.users, request, trace);
    const input = { ...request, ...priced, personal };
    const command_id = await beforePlacing?.();
    if (command_id === undefined) return place(input, caller);
    if (typeof command_id !== 'string') return rejectOrder(command_id);
    return place(input, { context: onBehalfOf(command_id, context), repeatable: true });
  };
};

/** What the same command has reserved already: its process died before the order was placed. */
const reservedBefore = async ({ reservations }: PlaceOrderDeps, caller: Caller): Promise<readonly Units[]> =>
  (await reservations?.of(newOrderId(caller))) ?? [];

/**
 * Reserves the units of an order before it is placed, where the stock is the shop's own. If the process dies in between,
 * they go back after a while.
 */
const placeReserved =
  ({ reservations, orders, readStream }: PlaceOrderDeps) =>
  async (input: PlaceOrderInput, caller: Caller): Promise<PlaceOrderOutcome> => {
    if (reservations === undefined || input.takes_stock !== true) return orders.place(input, caller);
    const { context, repeatable } = caller;
    const before = repeatable ? await findPlaced(readStream, context) : undefined;
    if (before !== undefined) return before;
    const id = newOrderId(caller);
    const short = await reservations.reserve(id, input.lines);
    if (short.length > 0) return rejectOrder(unsold(short.map((one) => shortLine(one, input.lines))));
    const outcome = await orders.place({ ...input, id }, caller);
    if (wasRejected(outcome)) await reservations.giveBack(id);
    return outcome;
  };

/** The ordered line for which units are short. */
export const shortLine = ({ product_id, left }: Shortage, lines: readonly Units[]): UnsoldLine => ({
  line: lines.findIndex((line) => line.product_id === product_id),
  product_id,
  reason: 'sold_out',
  available: left,
});

/** The lines at the prices that count. Where the catalogue knows them, their units are to be taken from its stock. */
const priceLines = async (
  { catalogue, cataloguePrices }: Pick<PlaceOrderDeps, 'catalogue' | 'cataloguePrices'>,
  lines: OrderedLines,
  how: Parameters<CataloguePrices>[1],
): Promise<Pick<PlaceOrderInput, 'lines' | 'takes_stock' | 'overrides_catalogue'> | CatalogueRejection> => {
  if ('priced' in lines) return cataloguePrices(lines.priced, how);
  if (!(await catalogue.exists())) return linesToSell(lines.wanted, undefined, how.currency);
  const ids = lines.wanted.map(({ product_id }) => product_id);
  const products = withKept(await catalogue.find(ids, how.trace), how.kept);
  const sold = linesToSell(lines.wanted, products, how.currency);
  return 'rejected' in sold ? sold : { ...sold, takes_stock: true };
};

type Personal = PlaceOrderInput['personal'];

/** The customer's name and e-mail address, from the user service where the request lacks them. */
const completePersonal = async (
  users: Users | undefined,
  { customer_id, personal }: Pick<PlaceOrderInput, 'customer_id' | 'personal'>,
  trace: Trace,
): Promise<Personal> => {
  const { customer_email, customer_name } = personal;
  if (users === undefined || (customer_email !== null && customer_name !== null)) return personal;
  const known = await users.find(customer_id, trace);
  return {
    ...personal,
    customer_email: customer_email ?? known?.email ?? null,
    customer_name: customer_name ?? known?.name ?? null,
  };
};
