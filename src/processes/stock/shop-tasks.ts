import type { CheckoutClaims } from '../../checkout/claims-port.ts';
import type { ReadStream } from '../../commands/read.ts';
import type { Carts, Stock } from '../../checkout/ports.ts';
import type { StockMoves } from '../../checkout/stock-moves.ts';
import type { ProcessDeps } from '../engine/policy-task.ts';
import type { Task } from '../../jobs/task.ts';
import { clearCart } from './clear-cart.ts';
import { settleStock } from './settle-stock-task.ts';

/** Every task between orders, carts and the catalogue. */
export const shopTasks = (
  deps: ProcessDeps & {
    readonly readStream: ReadStream;
    readonly carts: Carts;
    readonly claims: Pick<CheckoutClaims, 'end'>;
    readonly stock: Stock;
    readonly moves: StockMoves;
  },
): readonly Task[] => [clearCart(deps), settleStock(deps)];
