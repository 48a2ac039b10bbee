import { Type } from '@sinclair/typebox';
import type { Knex } from 'knex';
import { processContext, SYSTEM, type Handle, type ReadStream } from '../commands/index.ts';
import type { Stock, StockMove, StockMoves } from '../checkout/index.ts';
import {
  isPlaced,
  orderFold,
  retainedUnits,
  type Order,
  type OrderCommand,
  type OrderDecider,
  type Restocked,
} from '../domain/order/index.ts';
import { isInitiated, returnFold } from '../domain/return/index.ts';
import type { Instant } from '../domain/shared/decider.ts';
import { traceOf, type Trace } from '../platform/trace.ts';
import { orderStream, returnStream, streamId } from '../event-store/stream-names.ts';
import { ManualInterventionRequired } from '../jobs/manual-intervention-required.ts';
import { enqueueJobs } from '../jobs/queue.ts';
import { defineTask } from '../jobs/task.ts';
import { TryAgainLater } from '../jobs/try-again-later.ts';
import { defineThingProcess } from './engine/process.ts';

export type SettleStockDeps = {
  readonly handle: Handle;
  readonly decider: OrderDecider;
  readonly now: () => Instant;
  readonly readStream: ReadStream;
  readonly stock: Stock;
  readonly moves: StockMoves;
};

/** Units of this order's processed returns that go back to the shelf. */
const restockedOf = async (readStream: ReadStream, { returns }: Order): Promise<readonly Restocked[]> => {
  const settled = returns.filter(({ settlement }) => settlement !== null);
  const found = await Promise.all(settled.map(({ return_id }) => readStream(returnFold, returnStream(return_id))));
  return found.flatMap((one) =>
    one === undefined || !isInitiated(one.state)
      ? []
      : one.state.items.flatMap(({ order_item_id, disposition, accepted_quantity }) =>
          disposition === 'restock' ? [{ order_item_id, quantity: accepted_quantity ?? 0 }] : [],
        ),
  );
};

type Wanted = Omit<StockMove, 'outcome'>;

/** The units still to be moved: the units that the order keeps, less the units already moved. */
const nextMoves = (
  order_id: string,
  due: ReadonlyMap<string, number>,
  moves: readonly StockMove[],
): readonly Wanted[] => {
  const products = new Set([...due.keys(), ...moves.map(({ product_id }) => product_id)]);
  return [...products].flatMap((product_id) => {
    const own = moves.filter((move) => move.product_id === product_id);
    const moved = own.reduce((sum, { change, outcome }) => (outcome === 'changed' ? sum + change : sum), 0);
    const change = -(due.get(product_id) ?? 0) - moved;
    return change === 0 ? [] : [{ order_id, product_id, n: own.length + 1, change }];
  });
};

const inTurn = async <T, R>(items: readonly T[], work: (item: T) => R | Promise<R>): Promise<readonly R[]> => {
  const results: R[] = [];
  for (const item of items) results.push(await work(item));
  return results;
};

/** An order whose stock is settled; undefined: there is no such order. */
type Found = Awaited<ReturnType<typeof readOrder>>;

const readOrder = (readStream: ReadStream, order_id: string) => readStream(orderFold, orderStream(order_id));

const placedIn = (found: Found): Order | undefined =>
  found !== undefined && isPlaced(found.state) ? found.state : undefined;

type Due = { readonly units: ReadonlyMap<string, number>; readonly trace: Trace };

/**
 * The units of each product that are to be out of stock; none for an order that was not placed. Undefined: the order takes
 * none from the catalogue.
 */
const dueOf = async (order_id: string, found: Found, readStream: ReadStream): Promise<Due | undefined> => {
  const order = placedIn(found);
  if (found === undefined || order === undefined) return { units: new Map(), trace: { request_id: order_id } };
  const [first] = await found.events();
  if (first?.fact.type !== 'OrderPlaced' || first.fact.data.takes_stock !== true) return undefined;
  const units = retainedUnits(order, await restockedOf(readStream, order));
  return { units, trace: traceOf(first.metadata.correlation_id) };
};

/** Longer than any request may take between reserving and appending. */
const RESERVED_MINUTES = 10;

type Round = { readonly found: Found; readonly missing: readonly string[] };

/**
 * Moves what differs. The moves are read before the order: a move that is written down meanwhile then collides with one of
 * these, and never with less knowledge of the order than these have.
 */
const settleOnce = async (order_id: string, deps: SettleStockDeps): Promise<Round> => {
  const { readStream, stock, moves } = deps;
  const past = await moves.of(order_id);
  const found = await readOrder(readStream, order_id);
  if (found !== undefined && (await stock.reservations?.isChanging(order_id, found.revision, RESERVED_MINUTES)))
    throw new TryAgainLater('items of this order are being changed; it will be looked at again');
  const due = await dueOf(order_id, found, readStream);
  if (due === undefined) return { found, missing: [] };
  const { units, trace } = due;

  const carryOut = async (move: StockMove): Promise<StockMove> => {
    const { product_id, n, change } = move;
    const key = `${order_id}/${product_id}/${n}`;
    const outcome = await stock.change({ order_id, product_id, change, key, trace });
    await moves.end(move, outcome);
    return { ...move, outcome };
  };

  const answered = await inTurn(past, (move) => (move.outcome === null ? carryOut(move) : move));
  const done = await inTurn(nextMoves(order_id, units, answered), async (wanted) => {
    if (!(await moves.begin(wanted)))
      throw new TryAgainLater('another process is settling this order; it will be looked at again');
    return carryOut({ ...wanted, outcome: null });
  });
  return { found, missing: done.filter(({ outcome }) => outcome === 'refused').map(({ product_id }) => product_id) };
};

/** Changes of one order while its stock is settled. */
const MOST_ROUNDS = 20;

/** Until the order has not changed while its stock was moved: a job that was held up may have read an older one. */
const settleAll = async (order_id: string, deps: SettleStockDeps): Promise<Round> => {
  for (let round = 1; round <= MOST_ROUNDS; round++) {
    const settled = await settleOnce(order_id, deps);
    if ((await readOrder(deps.readStream, order_id))?.revision === settled.found?.revision) return settled;
  }
  throw new TryAgainLater(`order ${order_id} changes faster than its stock is moved; it will be looked at again`);
};

/** An order that lacks stock is held, visibly; one that has it by now goes on. */
const showShortage = async (
  { found, missing }: Round,
  { handle, decider }: SettleStockDeps,
  at: Instant,
): Promise<void> => {
  const order = placedIn(found);
  if (found === undefined || order === undefined) return;
  const { held } = order;
  const isOurs = held?.reason_category === 'stock' && held.by.role === 'system';
  const send = (step: 'hold-order' | 'release-order', command: OrderCommand) =>
    handle(decider, { stream: found.last.stream, command, context: processContext(step, found.last, at) });
  // An order whose goods have left cannot be held, and one that staff hold stays held.
  if (missing.length > 0 && held === null)
    await send('hold-order', { type: 'HoldOrder', data: { reason_category: 'stock' }, at, by: SYSTEM });
  if (missing.length === 0 && isOurs) await send('release-order', { type: 'ReleaseHold', data: {}, at, by: SYSTEM });
};

const settle = async (order_id: string, deps: SettleStockDeps): Promise<void> => {
  const { stock, moves, now } = deps;
  const since = await stock.reservations?.since(order_id);
  const settled = await settleAll(order_id, deps);
  const { found, missing } = settled;
  if (found === undefined && since === undefined && (await moves.of(order_id)).length === 0)
    throw new Error(`there is no order ${order_id}`);
  await showShortage(settled, deps, now());
  if (since !== undefined) await stock.reservations?.end(order_id, since);
  if (missing.length > 0)
    throw new ManualInterventionRequired(
      `the catalogue has not enough of ${missing.join(', ')} for order ${placedIn(found)?.order_number ?? order_id}: it was sold at the same moment. Stock up and retry, or cancel the order.`,
    );
};

/**
 * Takes from the catalogue what an order keeps, and gives back what it does not keep any more. Orders whose lines were
 * never looked up there move nothing. Each move is written down first and asked for under its own key until it is
 * answered, so that it happens once, even after a crash.
 */
export const settleStock = defineThingProcess({
  name: 'settle-stock',
  on: {
    order: [
      ...(['OrderPlaced', 'OrderItemsModified', 'ItemsCancelled', 'OrderCancelled', 'OrderCredited'] as const),
      ...(['ShipmentLost', 'ShipmentReturnedToSender', 'ShipmentResolved', 'ReturnSettled'] as const),
    ],
  },
  payload: Type.Object({ order_id: Type.String() }),
  about: ({ order_id }) => order_id,
  ask: ({ stream, fact }) => {
    if (fact.type === 'OrderPlaced' && fact.data.takes_stock !== true) return undefined;
    if (fact.type === 'OrderCredited' && !fact.data.restock) return undefined;
    if ((fact.type === 'ShipmentLost' || fact.type === 'ShipmentReturnedToSender') && fact.data.resolution === null)
      return undefined; // staff have not said yet what became of its units
    return { order_id: streamId(stream) };
  },
  run: ({ order_id }, deps: SettleStockDeps) => settle(order_id, deps),
});

const AT_MOST = 500;

/** Gives back what was reserved for orders that were never placed, or never changed. */
export const expireReservations = defineTask({
  name: 'expire-reservations',
  payload: Type.Object({}),
  run: async (_, { db, stock }: Pick<SettleStockDeps, 'stock'> & { readonly db: Knex }) => {
    const overdue = (await stock.reservations?.overdue(RESERVED_MINUTES, AT_MOST)) ?? [];
    await enqueueJobs(
      db,
      overdue.map((order_id) => settleStock.job({ order_id })),
    );
  },
});
