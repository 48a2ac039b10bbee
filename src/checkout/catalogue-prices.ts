import { checkPrices, type CatalogueRejection, type PricedLine } from '../domain/catalogue/index.ts';
import type { Actor } from '../domain/shared/decider.ts';
import type { Currency } from '../domain/shared/money.ts';
import type { Trace } from '../platform/trace.ts';
import type { Catalogue } from './ports.ts';

/** The result of a check: the prices were not looked up, they are right (and the units are to be taken), or not. */
export type CataloguePrices = (
  lines: readonly PricedLine[],
  how: { readonly actor: Actor; readonly currency: Currency; readonly trace: Trace },
) => Promise<{ readonly takes_stock?: true } | CatalogueRejection>;

/** Checks the prices that customers send against the catalogue, where there is one. Staff may agree on any price. */
export const createCataloguePrices =
  (catalogue: Catalogue): CataloguePrices =>
  async (lines, { actor, currency, trace }) => {
    if (actor.role !== 'customer' || !(await catalogue.exists())) return {};
    const ids = lines.map(({ product_id }) => product_id);
    return checkPrices(lines, await catalogue.find(ids, trace), currency) ?? { takes_stock: true };
  };

/** Trusts the prices that customers send. */
export const trustPrices: CataloguePrices = () => Promise.resolve({});
