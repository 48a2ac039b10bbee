import { checkPrices, type CatalogueRejection, type PricedLine } from '../domain/catalogue/index.ts';
import type { Catalogue } from './ports.ts';
import type { Currency } from '../domain/shared/money.ts';
import type { Trace } from '../platform/trace.ts';

/** What became of looking lines up: nobody looked, they are right (and their units to be taken), or they are refused. */
export type CataloguePrices = (
  lines: readonly PricedLine[],
  how: { readonly currency: Currency; readonly trace: Trace },
) => Promise<{ readonly takes_stock?: true } | CatalogueRejection>;

/** Holds the prices that customers send against the catalogue, where there is one. */
export const createCataloguePrices =
  (catalogue: Catalogue): CataloguePrices =>
  async (lines, { currency, trace }) => {
    if (!(await catalogue.exists())) return {};
    const ids = lines.map(({ product_id }) => product_id);
    return checkPrices(lines, await catalogue.find(ids, trace), currency) ?? { takes_stock: true };
  };

/** Believes customers. */
export const trustPrices: CataloguePrices = () => Promise.resolve({});
