import type { CheckoutClaims } from '../commands/checkout-claims.ts';
import type { ReadStream } from '../commands/read.ts';
import type { Carts, Stock } from '../domain/catalogue/index.ts';
import type { StockMoves } from '../platform/stock-moves.ts';
import type { PolicyDeps } from './policy-task.ts';
import type { Task } from './task.ts';
import { clearCart } from './tasks/clear-cart.ts';
import { settleStock } from './tasks/settle-stock.ts';

/** Every task between orders, carts and the catalogue. */
export const shopTasks = (
  deps: PolicyDeps & {
    readonly readStream: ReadStream;
    readonly carts: Carts;
    readonly claims: Pick<CheckoutClaims, 'end'>;
    readonly stock: Stock;
    readonly moves: StockMoves;
  },
): readonly Task[] => [clearCart(deps), settleStock(deps)];
