import type { PaymentCommands } from '../../commands/payments.ts';
import type { ReadStream } from '../../commands/read.ts';
import type { ListQuery, Page } from '../../projections/list/index.ts';
import type { ListedPayment, PaymentFilters } from '../../projections/payments/index.ts';
import type { OrderDeps } from '../orders/order-deps.ts';

/** What the payment routes work with. */
export type PaymentDeps = Pick<OrderDeps, 'decodeCursor'> & {
  readonly commands: PaymentCommands;
  readonly readStream: ReadStream;
  /** The id behind a payment number. */
  readonly findIdByNumber: (number: string) => Promise<string | undefined>;
  readonly findOrderIdByNumber: (number: string) => Promise<string | undefined>;
  readonly list: (query: ListQuery<PaymentFilters>) => Promise<Page<ListedPayment>>;
  /** How long `process` and `refund` wait for the outcome, in milliseconds. Default 5000. */
  readonly outcomeTimeoutMs?: number;
};
