import type { WantedLine } from '../domain/catalogue/index.ts';
import type { Catalogue, Users } from './ports.ts';
import type { Currency } from '../domain/shared/money.ts';
import type { OrderCommands } from '../commands/orders.ts';
import type { ReadStream } from '../commands/read.ts';
import {
  completePersonal,
  findPlaced,
  priceWanted,
  reject,
  type SellCaller,
  type SellInput,
  type SellOutcome,
} from './sell.ts';

/** What a customer orders again and again. */
export type Template = {
  readonly id: string;
  readonly customer_id: string;
  readonly name: string;
  /** Of the prices in it. */
  readonly currency: Currency;
  readonly items: readonly WantedLine[];
  readonly created_at: string;
};

export type OrderTemplate = (template: Template, input: SellInput, caller: SellCaller) => Promise<SellOutcome>;

/** Orders what a template says: at the catalogue's prices; without a catalogue at those in the template. */
export const createOrderTemplate =
  ({
    catalogue,
    users,
    orders,
    readStream,
  }: {
    readonly catalogue: Catalogue;
    readonly users: Users | undefined;
    readonly orders: Pick<OrderCommands, 'place'>;
    readonly readStream: ReadStream;
  }): OrderTemplate =>
  async ({ items, currency }, input, { trace, ...caller }) => {
    const priced = await priceWanted(catalogue, items, { currency, trace });
    if ('rejected' in priced) {
      // Carried out before, today's catalogue is none of its business.
      const done = caller.repeatable ? await findPlaced(readStream, caller.context.command_id) : undefined;
      return done ?? reject(priced);
    }
    const personal = await completePersonal(users, input, trace);
    return orders.place({ ...input, ...priced, personal, currency }, caller);
  };
