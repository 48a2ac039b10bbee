import { checkPrices, type CatalogueRejection, type PricedLine } from '../domain/catalogue/index.ts';
import type { Actor } from '../domain/shared/decider.ts';
import type { Currency } from '../domain/shared/money.ts';
import { ServiceRejected, ServiceUnavailable } from '../gateways/http/index.ts';
import type { Trace } from '../platform/trace.ts';
import type { Catalogue } from './ports.ts';

/**
 * The result of a check: the prices were not looked up, they are right (and the units are to be taken), staff agreed on
 * others, or a customer may not send them.
 */
export type CataloguePrices = (
  lines: readonly PricedLine[],
  how: { readonly actor: Actor; readonly currency: Currency; readonly trace: Trace },
) => Promise<{ readonly takes_stock?: true; readonly overrides_catalogue?: true } | CatalogueRejection>;

/**
 * Checks the prices that customers send against the catalogue, where there is one. Staff may agree on any price: whether it
 * is another than the catalogue's is recorded, since the customer may not change it then.
 */
export const createCataloguePrices = (catalogue: Catalogue): CataloguePrices => {
  const check = async (...[lines, { currency, trace }]: Parameters<CataloguePrices>) => {
    const ids = lines.map(({ product_id }) => product_id);
    return checkPrices(lines, await catalogue.find(ids, trace), currency);
  };

  /** Staff do not wait for a catalogue that is away; what cannot be compared counts as theirs. */
  const differs = async (...asked: Parameters<CataloguePrices>): Promise<boolean> => {
    try {
      return (await catalogue.exists()) && (await check(...asked)) !== undefined;
    } catch (error) {
      if (error instanceof ServiceUnavailable || error instanceof ServiceRejected) return true;
      throw error;
    }
  };

  return async (lines, how) => {
    if (how.actor.role !== 'customer') return (await differs(lines, how)) ? { overrides_catalogue: true } : {};
    if (!(await catalogue.exists())) return {};
    return (await check(lines, how)) ?? { takes_stock: true };
  };
};

/** Trusts the prices that customers send. */
export const trustPrices: CataloguePrices = () => Promise.resolve({});
