import { Type } from '@sinclair/typebox';
import type { ReadStream } from '../commands/index.ts';
import type { Stock, StockMove, StockMoves } from '../checkout/index.ts';
import { isPlaced, orderFold, retainedUnits, type Order, type Restocked } from '../domain/order/index.ts';
import { isInitiated, returnFold } from '../domain/return/index.ts';
import { traceOf, type Trace } from '../platform/trace.ts';
import { orderStream, returnStream, streamId } from '../event-store/stream-names.ts';
import { ManualInterventionRequired } from '../jobs/manual-intervention-required.ts';
import { defineThingProcess } from './engine/process.ts';

export type SettleStockDeps = {
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

const settle = async (order_id: string, { readStream, stock, moves }: SettleStockDeps): Promise<void> => {
  const carryOut = async (move: StockMove, trace: Trace): Promise<StockMove> => {
    const { order_id, product_id, n, change } = move;
    const key = `${order_id}/${product_id}/${n}`;
    const outcome = await stock.change({ order_id, product_id, change, key, trace });
    await moves.end(move, outcome);
    return { ...move, outcome };
  };

  const found = await readStream(orderFold, orderStream(order_id));
  if (found === undefined || !isPlaced(found.state)) throw new Error(`there is no order ${order_id}`);
  const [first] = await found.events();
  if (first?.fact.type !== 'OrderPlaced' || first.fact.data.takes_stock !== true) return;
  const trace = traceOf(first.metadata.correlation_id);

  const due = retainedUnits(found.state, await restockedOf(readStream, found.state));
  const past = await moves.of(order_id);
  const answered = await inTurn(past, (move) => (move.outcome === null ? carryOut(move, trace) : move));
  const done = await inTurn(nextMoves(order_id, due, answered), async (wanted) => {
    if (!(await moves.begin(wanted)))
      throw new Error('another process is settling this order; it will be looked at again');
    return carryOut({ ...wanted, outcome: null }, trace);
  });
  const missing = done.filter(({ outcome }) => outcome === 'refused').map(({ product_id }) => product_id);
  if (missing.length > 0)
    throw new ManualInterventionRequired(
      `the catalogue has not enough of ${missing.join(', ')} for order ${found.state.order_number}: it was sold at the same moment. Stock up and retry, or cancel the order.`,
    );
};

/**
 * Takes from the catalogue what an order keeps, and gives back what it does not keep any more. Orders whose lines were
 * never looked up there move nothing. Each move is written down first and asked for under its own key until it is
 * answered, so that it happens once, even after a crash.
 */
export const settleStock = defineThingProcess({
  name: 'settle-stock',
  on: { order: ['OrderPlaced', 'OrderItemsModified', 'OrderCancelled', 'ReturnSettled'] },
  payload: Type.Object({ order_id: Type.String() }),
  about: ({ order_id }) => order_id,
  ask: ({ stream, fact }) =>
    fact.type === 'OrderPlaced' && fact.data.takes_stock !== true ? undefined : { order_id: streamId(stream) },
  run: ({ order_id }, deps: SettleStockDeps) => settle(order_id, deps),
});
