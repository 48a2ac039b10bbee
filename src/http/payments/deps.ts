import type { PaymentCommands, ReadStream } from '../../commands/index.ts';
import type { ListedPayment, PaymentFilters } from '../../projections/payments/index.ts';
import type { ListQuery, Page } from '../../projections/list/index.ts';
import type { OrderDeps } from '../orders/deps.ts';

/** What the payment handlers work with. */
export type PaymentDeps = Pick<OrderDeps, 'decodeCursor' | 'defaultCurrency' | 'businessTimeZone'> & {
  readonly commands: PaymentCommands;
  readonly readStream: ReadStream;
  /** The id behind a payment number. */
  readonly findPaymentIdByNumber: (number: string) => Promise<string | undefined>;
  readonly findOrderIdByNumber: (number: string) => Promise<string | undefined>;
  readonly list: (query: ListQuery<PaymentFilters>) => Promise<Page<ListedPayment>>;
  /** How long `process` and `refund` wait for the outcome, in milliseconds. Default 5000. */
  readonly outcomeTimeoutMs?: number;
};
