import { linesToSell, type CatalogueRejection, type SoldLine, type WantedLine } from '../domain/catalogue/index.ts';
import type { Catalogue, Users } from './ports.ts';
import { orderFold, NO_ORDER, type OrderState } from '../domain/order/index.ts';
import type { Currency } from '../domain/shared/money.ts';
import type { Trace } from '../platform/trace.ts';
import { orderStream } from '../event-store/stream-names.ts';
import type { Rejected } from '../commands/handle.ts';
import { orderIdOf, type Caller, type OrderOutcome, type PlaceOrderInput } from '../commands/orders.ts';
import type { ReadStream } from '../commands/read.ts';

/** An order whose lines come from elsewhere: who it is for, where to and when. */
export type SellInput = Omit<PlaceOrderInput, 'lines' | 'currency' | 'delivery_fee' | 'from_cart' | 'takes_stock'>;
export type SellOutcome = OrderOutcome | Rejected<OrderState, CatalogueRejection>;
export type SellCaller = Caller & { readonly trace: Trace };

export const reject = (rejection: CatalogueRejection): Rejected<OrderState, CatalogueRejection> => ({
  rejection,
  state: NO_ORDER,
});

/** The order that a repeatable command placed, as it was then. */
export const findPlaced = async (readStream: ReadStream, command_id: string): Promise<OrderOutcome | undefined> => {
  const id = orderIdOf(command_id);
  const found = await readStream(orderFold, orderStream(id), { revision: 0n });
  return found && { ...found, id, events: [], repeated: true };
};

/** What somebody wants, as lines of an order at today's prices; from the catalogue, its units are to be taken there. */
export const priceWanted = async (
  catalogue: Catalogue,
  wanted: readonly WantedLine[],
  { currency, trace }: { readonly currency: Currency; readonly trace: Trace },
): Promise<{ readonly lines: readonly SoldLine[]; readonly takes_stock?: true } | CatalogueRejection> => {
  if (!(await catalogue.exists())) return linesToSell(wanted, undefined, currency);
  const ids = wanted.map(({ product_id }) => product_id);
  const priced = linesToSell(wanted, await catalogue.find(ids, trace), currency);
  return 'rejected' in priced ? priced : { ...priced, takes_stock: true };
};

type Personal = PlaceOrderInput['personal'];

/** The customer's name and e-mail address where nobody said them and the user service knows. */
export const completePersonal = async (
  users: Users | undefined,
  { customer_id, personal }: Pick<PlaceOrderInput, 'customer_id' | 'personal'>,
  trace: Trace,
): Promise<Personal> => {
  const { customer_email, customer_name } = personal;
  if (users === undefined || (customer_email !== null && customer_name !== null)) return personal;
  const known = await users.find(customer_id, trace);
  return {
    ...personal,
    customer_email: customer_email ?? known?.email ?? null,
    customer_name: customer_name ?? known?.name ?? null,
  };
};
