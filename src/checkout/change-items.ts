import {
  TooMuchContention,
  wasRejected,
  type Caller,
  type NewLine,
  type OnOrder,
  type OrderCommands,
  type OrderOutcome,
  type Past,
  type ReadStream,
  type Rejected,
} from '../commands/index.ts';
import { unsold, type CatalogueRejection } from '../domain/catalogue/index.ts';
import { isPlaced, orderFold, retainedUnits, type Order, type OrderState } from '../domain/order/index.ts';
import { eventId } from '../event-store/codec.ts';
import { WrongExpectedRevision, type Revision } from '../event-store/port.ts';
import type { Recorded } from '../event-store/recorded.ts';
import { orderStream } from '../event-store/stream-names.ts';
import type { Trace } from '../platform/trace.ts';
import type { CataloguePrices } from './catalogue-prices.ts';
import { rejectOrder, shortLine } from './place-order.ts';
import type { Reservations, Units } from './ports.ts';

/** An order as it was read. */
type ReadOrder = {
  readonly id: string;
  readonly order: Order;
  readonly revision: Revision;
  readonly past: Past<OrderState>;
  readonly events: () => Promise<readonly Recorded[]>;
};

type Wanted = {
  /** Whether the lines are all that the order is to have, or further ones. */
  readonly how: 'replace' | 'add';
  readonly lines: readonly NewLine[];
};

type ChangingCaller = Caller & Pick<OnOrder, 'expected'> & { readonly trace: Trace };

export type ChangeItems = (
  found: ReadOrder,
  wanted: Wanted,
  caller: ChangingCaller,
) => Promise<OrderOutcome | Rejected<OrderState, CatalogueRejection>>;

export type ChangeItemsDeps = {
  readonly cataloguePrices: CataloguePrices;
  /** Undefined: units are taken after the items have changed. */
  readonly reservations: Reservations | undefined;
  readonly orders: Pick<OrderCommands, 'replaceItems' | 'addItems'>;
  readonly readStream: ReadStream;
  /** Soon moves the stock to what the order keeps. */
  readonly settleStock: (order_id: string) => Promise<void>;
};

const MAX_ATTEMPTS = 5;

/** The units that the order needs until the change is decided: what it has now is not given back before. */
const unitsNeeded = (order: Order, { how, lines }: Wanted): readonly Units[] => {
  const kept = retainedUnits(order, []);
  const wanted = new Map<string, number>();
  for (const { product_id, quantity } of lines) wanted.set(product_id, (wanted.get(product_id) ?? 0) + quantity);
  return [...new Set([...kept.keys(), ...wanted.keys()])].map((product_id) => {
    const [before, asked] = [kept.get(product_id) ?? 0, wanted.get(product_id) ?? 0];
    return { product_id, quantity: how === 'add' ? before + asked : Math.max(before, asked) };
  });
};

const keptOf = (order: Order): readonly Units[] =>
  [...retainedUnits(order, [])].map(([product_id, quantity]) => ({ product_id, quantity }));

const takesStock = async ({ events }: ReadOrder): Promise<boolean> => {
  const [first] = await events();
  return first?.fact.type === 'OrderPlaced' && first.fact.data.takes_stock === true;
};

/**
 * Replaces or adds items: prices, then the units, then the event. Where the stock is the shop's own, units are reserved
 * for the order as it was read; if another request changes it first, all is done again. If the process dies in between,
 * or the change is rejected, the units go back.
 * @throws `ServiceUnavailable`, `ServiceRejected`: nothing was changed
 */
export const createChangeItems = (deps: ChangeItemsDeps): ChangeItems => {
  const { cataloguePrices, reservations, orders, readStream, settleStock } = deps;

  const readAgain = async (id: string): Promise<ReadOrder> => {
    const found = await readStream(orderFold, orderStream(id));
    if (found === undefined || !isPlaced(found.state)) throw new Error(`order ${id} does not fold`);
    return { ...found, id, order: found.state };
  };

  const giveBack = async (id: string): Promise<void> => {
    await reservations?.giveUpChange(id);
    await settleStock(id);
  };

  type Asked = {
    readonly change: OrderCommands['addItems'];
    readonly wanted: Wanted;
    readonly caller: ChangingCaller;
  };

  const price = ({ order }: ReadOrder, { wanted: { how, lines }, caller: { context, trace } }: Asked) =>
    cataloguePrices(lines, {
      actor: context.actor,
      currency: order.currency,
      trace,
      kept: how === 'replace' ? keptOf(order) : [],
    });

  const changeReserved = async (
    first: ReadOrder,
    { reserve }: Reservations,
    asked: Asked,
  ): Promise<OrderOutcome | Rejected<OrderState, CatalogueRejection>> => {
    const { change, wanted, caller } = asked;
    const { id } = first;
    let found = first;
    let isReserved = false;
    let isChanged = false;
    try {
      for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
        const { order, revision, past } = found;
        const priced = await price(found, asked);
        if ('rejected' in priced) return rejectOrder(priced);
        const short = await reserve(id, unitsNeeded(order, { ...wanted, lines: priced.lines }), revision);
        if (short.length > 0) return rejectOrder(unsold(short.map((one) => shortLine(one, wanted.lines))));
        isReserved = true;
        try {
          const outcome = await change({ ...caller, id, expected: revision, known: past }, priced);
          isChanged = !wasRejected(outcome) && !outcome.repeated;
          return outcome;
        } catch (error) {
          if (!(error instanceof WrongExpectedRevision) || caller.expected !== undefined) throw error;
        }
        found = await readAgain(id);
      }
      throw new TooMuchContention(`${orderStream(id)}: it changed ${MAX_ATTEMPTS} times while its items were changed`);
    } finally {
      if (isReserved && !isChanged) await giveBack(id);
    }
  };

  return async (found, wanted, caller) => {
    const { id, past, events, revision } = found;
    const { context, repeatable, expected } = caller;
    const change = wanted.how === 'add' ? orders.addItems : orders.replaceItems;
    const isDone = async (): Promise<boolean> =>
      (await events()).some((event) => event.id === eventId(context.command_id, orderStream(id), 0));
    const target = { context, repeatable, expected, id, known: past };
    // What was done before is not checked against the catalogue of today.
    if (repeatable && (await isDone())) return change(target, { lines: wanted.lines });
    if (reservations !== undefined && (await takesStock(found))) {
      if (expected !== undefined && expected !== revision)
        throw new WrongExpectedRevision(orderStream(id), expected, revision);
      return changeReserved(found, reservations, { change, wanted, caller });
    }
    const priced = await price(found, { change, wanted, caller });
    return 'rejected' in priced ? rejectOrder(priced) : change(target, priced);
  };
};
