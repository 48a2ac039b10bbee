import type { ExchangeReturn } from '../../checkout/index.ts';
import type { ReadStream, ReturnCommands } from '../../commands/index.ts';
import type { PagedReturn, ReturnFilters } from '../../projections/returns/index.ts';
import type { ListQuery, Page } from '../../projections/list/index.ts';
import type { OrderDeps } from '../orders/deps.ts';

/** What the return handlers work with. */
export type ReturnDeps = Pick<OrderDeps, 'decodeCursor' | 'businessTimeZone'> & {
  readonly commands: ReturnCommands;
  readonly exchangeReturn: ExchangeReturn;
  readonly readStream: ReadStream;
  /** The id behind a return number. */
  readonly findReturnIdByNumber: (number: string) => Promise<string | undefined>;
  readonly findOrderIdByNumber: (number: string) => Promise<string | undefined>;
  readonly list: (query: ListQuery<ReturnFilters>) => Promise<Page<PagedReturn>>;
};
