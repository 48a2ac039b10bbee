import { v5 as uuidv5 } from 'uuid';
import {
  NO_ORDER,
  NO_PERSONAL_DATA,
  type OrderDecider,
  type OrderLine,
  type OrderRejection,
  type PlaceOrder,
  type RequestedLine,
} from '../domain/order/index.ts';
import type { Return, ReturnActionItem, ReturnExchanged } from '../domain/return/index.ts';
import { isErased } from '../domain/shared/decider.ts';
import type { Currency, Minor } from '../domain/shared/money.ts';
import type { TaxRate } from '../domain/shared/tax-rate.ts';
import type { EventContext } from '../event-store/codec.ts';
import { numberLines, type DrawNumber, type NewLine, type PlaceOrderInput } from './orders.ts';
import { saidBy } from './process-context.ts';

export type ExchangeInput = Pick<PlaceOrderInput, 'takes_stock' | 'overrides_catalogue' | 'delivery_fee'> & {
  /** What the customer gets instead. */
  readonly lines: readonly NewLine[];
  /** What inspection found, as for `process`. */
  readonly inspected: readonly ReturnActionItem[];
  readonly restocking_fee?: Minor | undefined;
};

type Exchanged = ReturnExchanged['data'];

/** At most one for each return. */
const ORDER_IDS = '3b0f7a52-6d5c-5d1b-9e6f-0c1de5a0b7c4';

/** The new order of an exchange. */
export const exchangeOrderIdOf = (return_id: string): string => uuidv5(return_id, ORDER_IDS);

/** The data of the new order, which no other request can place: everything but the customer's. */
export const placingOf = (
  { lines, personal, order_id: _, ...rest }: Exchanged,
  from: Pick<PlaceOrder['data'], 'customer_id' | 'currency' | 'exchange_of' | 'locale' | 'personal'>,
): PlaceOrder['data'] => ({
  ...rest,
  ...from,
  payment_method: null,
  scheduled_for: null,
  lines: lines.map(asRequested),
  personal: { ...from.personal, line_meta_data: isErased(personal) ? {} : personal.line_meta_data },
});

/** A line whose tax was computed gets it again from the same rate. */
const asRequested = ({ own_tax, tax, ...line }: OrderLine): RequestedLine =>
  own_tax === true ? { ...line, tax } : line;

type Of = { readonly id: string; readonly one: Return; readonly context: EventContext };

/**
 * Decides the new order of an exchange before the return is settled for it: what the order would reject is rejected
 * here, and its prices and taxes are facts of the exchange from then on.
 */
export const createPrepareExchange =
  ({
    decider,
    drawNumber,
    taxRate,
    shippingFee,
  }: {
    readonly decider: OrderDecider;
    readonly drawNumber: DrawNumber;
    readonly taxRate: TaxRate;
    readonly shippingFee: (currency: Currency) => Minor;
  }) =>
  async ({ id, one, context }: Of, input: ExchangeInput): Promise<Exchanged | OrderRejection> => {
    const { lines, line_meta_data } = numberLines(input.lines);
    const order_id = exchangeOrderIdOf(id);
    const exchanged = {
      order_id,
      order_number: await drawNumber('order', context.at, order_id),
      tax_rate: taxRate,
      shipping_cost: input.delivery_fee ?? shippingFee(one.currency),
      ...(input.takes_stock && { takes_stock: true as const }),
      ...(input.overrides_catalogue && { overrides_catalogue: true as const }),
      personal: { line_meta_data },
    };
    const placing = { customer_id: one.customer_id, currency: one.currency, personal: NO_PERSONAL_DATA };
    const data = { ...placingOf({ ...exchanged, lines: [] }, placing), lines };
    const decision = decider.decide({ type: 'PlaceOrder', data, ...saidBy(context) }, NO_ORDER);
    if ('rejected' in decision) return decision;
    const placed = decision.accepted.find((event) => event.type === 'OrderPlaced');
    if (placed === undefined) throw new Error('an order was placed without its event');
    return { ...exchanged, lines: placed.data.lines };
  };
