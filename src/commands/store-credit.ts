import { v5 as uuidv5 } from 'uuid';
import type { ReasonCategory } from '../domain/order/index.ts';
import type { Payment, Refund } from '../domain/payment/index.ts';
import type { Currency, Minor } from '../domain/shared/money.ts';
import {
  storeCreditDecider,
  type StoreCredit,
  type StoreCreditCommand,
  type StoreCreditGiven,
  type StoreCreditRejection,
} from '../domain/store-credit/index.ts';
import type { EventContext } from '../event-store/codec.ts';
import { storeCreditStream } from '../event-store/stream-names.ts';
import type { Handle, Outcome } from './handle.ts';
import type { Caller } from './orders.ts';
import { saidBy } from './process-context.ts';

const STORE_CREDIT_IDS = '2c6a0e0e-8a3b-5d5d-9a58-0d1f1f6d3c77';
const ENTRY_IDS = '7b0b7a52-5a57-5f0c-8a5e-3a4c9b1de2f4';

/** A balance is spent by many at once on a busy day: losing the race for it is normal. */
const ENTRY_ATTEMPTS = 100;

/** The id of what a customer has in a currency. */
export const storeCreditIdOf = (customer_id: string, currency: Currency): string =>
  uuidv5(`${customer_id}/${currency}`, STORE_CREDIT_IDS);

export type StoreCreditOutcome = Outcome<StoreCredit, StoreCreditRejection>;

export type StoreCreditInput = {
  readonly customer_id: string;
  readonly currency: Currency;
  /** Above 0: given. Below 0: taken. */
  readonly amount: Minor;
  readonly reason_category: ReasonCategory;
  readonly note?: string | undefined;
};

type OfOrder = { readonly order_id: string; readonly customer_id: string; readonly currency: Currency };

export type StoreCreditCommands = {
  /** By an admin's word. */
  readonly adjust: (input: StoreCreditInput, caller: Caller) => Promise<StoreCreditOutcome>;
  /** A payment by store credit: reserved on the order, spent here, once. */
  readonly spend: (payment_id: string, payment: Payment, context: EventContext) => Promise<StoreCreditOutcome>;
  /** A refund as store credit, once. */
  readonly give: (refund: Refund, payment: OfOrder, context: EventContext) => Promise<StoreCreditOutcome>;
};

export const createStoreCreditCommands = ({ handle }: { readonly handle: Handle }): StoreCreditCommands => {
  const enter = (
    type: StoreCreditCommand['type'],
    data: StoreCreditGiven['data'],
    context: EventContext,
  ): Promise<StoreCreditOutcome> =>
    handle(storeCreditDecider, {
      stream: storeCreditStream(storeCreditIdOf(data.customer_id, data.currency)),
      command: { type, data, ...saidBy(context) },
      context,
      attempts: ENTRY_ATTEMPTS,
    });

  return {
    adjust: ({ customer_id, currency, amount, reason_category, note }, { context }) =>
      enter(
        amount < 0 ? 'SpendStoreCredit' : 'GiveStoreCredit',
        {
          customer_id,
          currency,
          entry_id: uuidv5(context.command_id, ENTRY_IDS),
          amount: Math.abs(amount),
          kind: 'adjustment',
          order_id: null,
          return_id: null,
          reason_category,
          ...(note !== undefined && { personal: { note } }),
        },
        context,
      ),
    spend: (payment_id, { customer_id, currency, amount, order_id }, context) =>
      enter(
        'SpendStoreCredit',
        {
          customer_id,
          currency,
          entry_id: payment_id,
          amount,
          kind: 'payment',
          order_id,
          return_id: null,
          reason_category: null,
        },
        context,
      ),
    give: ({ refund_id, amount, kind, return_id }, { customer_id, currency, order_id }, context) =>
      enter(
        'GiveStoreCredit',
        {
          customer_id,
          currency,
          entry_id: refund_id,
          amount,
          kind: kind === 'return' ? 'return' : 'refund',
          order_id,
          return_id,
          reason_category: null,
        },
        context,
      ),
  };
};
