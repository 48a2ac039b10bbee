import {
  exchangeOrderIdOf,
  wasRejected,
  type ExchangeInput,
  type OnReturn,
  type Rejected,
  type ReturnCommands,
  type ReturnOutcome,
} from '../commands/index.ts';
import { unsold, type CatalogueRejection } from '../domain/catalogue/index.ts';
import type { Return } from '../domain/return/index.ts';
import type { Trace } from '../platform/trace.ts';
import type { CataloguePrices } from './catalogue-prices.ts';
import { shortLine } from './place-order.ts';
import type { Reservations } from './ports.ts';

/** What staff ask for; what the catalogue says of its lines is added. */
type Asked = Omit<ExchangeInput, 'takes_stock' | 'overrides_catalogue'>;

export type ExchangeReturn = (
  one: Return,
  asked: Asked,
  target: OnReturn & { readonly trace: Trace },
) => Promise<ReturnOutcome | Rejected<Return, CatalogueRejection>>;

export type ExchangeReturnDeps = {
  readonly cataloguePrices: CataloguePrices;
  /** Undefined: units are taken after the new order is placed. */
  readonly reservations: Reservations | undefined;
  readonly returns: Pick<ReturnCommands, 'exchange'>;
  /** Soon moves the stock to what the new order keeps. */
  readonly settleStock: (order_id: string) => Promise<void>;
};

/**
 * Exchanges a return: prices, then the units, then the events. Where the stock is the shop's own, units are reserved for
 * the new order, whose id derives from the return. If the process dies in between, they go back after a while. A request
 * that is rejected leaves its units to the job that settles stock, because another request may have exchanged the return
 * meanwhile.
 */
export const createExchangeReturn = ({
  cataloguePrices,
  reservations,
  returns,
  settleStock,
}: ExchangeReturnDeps): ExchangeReturn => {
  return async (one, asked, { trace, ...target }) => {
    const { actor } = target.context;
    const checked = await cataloguePrices(asked.lines, { actor, currency: one.currency, trace });
    if ('rejected' in checked) return { rejection: checked, state: one };
    const exchange = () => returns.exchange(target, { ...asked, ...checked });
    // Any other return is rejected, or was exchanged: then its order has the units.
    if (reservations === undefined || checked.takes_stock !== true || one.status !== 'received') return exchange();
    const order_id = exchangeOrderIdOf(target.id);
    const short = await reservations.reserve(order_id, checked.lines);
    if (short.length > 0)
      return { rejection: unsold(short.map((product) => shortLine(product, checked.lines))), state: one };
    let isDone = false;
    try {
      const outcome = await exchange();
      isDone = !wasRejected(outcome) && !outcome.repeated;
      return outcome;
    } finally {
      if (!isDone) await settleStock(order_id);
    }
  };
};
