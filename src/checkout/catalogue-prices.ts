import type { NewLine } from '../commands/index.ts';
import {
  comparedLines,
  hasCataloguePrices,
  linesOfCatalogue,
  type CatalogueRejection,
} from '../domain/catalogue/index.ts';
import type { OrderLine } from '../domain/order/index.ts';
import type { Actor } from '../domain/shared/decider.ts';
import type { Currency } from '../domain/shared/money.ts';
import { ServiceRejected, ServiceUnavailable } from '../gateways/http/index.ts';
import type { Trace } from '../platform/trace.ts';
import type { Catalogue } from './ports.ts';

/** The lines as they are ordered. */
export type CheckedLines = {
  readonly lines: readonly NewLine[];
  /** There is a catalogue: it gives the units of the products that it knows. */
  readonly takes_stock?: true;
  /** Prices differ from the catalogue's. */
  readonly overrides_catalogue?: true;
};

/** Checks lines that are sent with their prices. `kept`: those that the order has already. */
export type CataloguePrices = (
  lines: readonly NewLine[],
  how: {
    readonly actor: Actor;
    readonly currency: Currency;
    readonly trace: Trace;
    readonly kept?: readonly Pick<OrderLine, 'product_id' | 'quantity'>[];
  },
) => Promise<CheckedLines | CatalogueRejection>;

/**
 * Checks the prices that customers send against the catalogue, where there is one, and takes everything else of a product
 * from there. Staff may agree on any price: whether it is another than the catalogue's is recorded, since the customer may
 * not change it then. In both cases the units are taken from stock.
 */
export const createCataloguePrices = (catalogue: Catalogue): CataloguePrices => {
  const find = (...[lines, { trace }]: Parameters<CataloguePrices>) =>
    catalogue.find(
      lines.map(({ product_id }) => product_id),
      trace,
    );

  /** Staff do not wait for a catalogue that is away; what cannot be compared counts as theirs. */
  const ofStaff = async (...asked: Parameters<CataloguePrices>): Promise<CheckedLines> => {
    const [lines, { currency }] = asked;
    try {
      if (!(await catalogue.exists())) return { lines };
      const products = await find(...asked);
      const isTheCatalogues = hasCataloguePrices(lines, products, currency);
      return {
        lines: comparedLines(lines, products, currency),
        takes_stock: true,
        ...(!isTheCatalogues && { overrides_catalogue: true }),
      };
    } catch (error) {
      if (error instanceof ServiceUnavailable || error instanceof ServiceRejected)
        return { lines, takes_stock: true, overrides_catalogue: true };
      throw error;
    }
  };

  return async (lines, how) => {
    if (how.actor.role !== 'customer') return ofStaff(lines, how);
    if (!(await catalogue.exists())) return { lines };
    const { currency, kept = [] } = how;
    const found = linesOfCatalogue(lines, await find(lines, how), { currency, kept });
    return 'rejected' in found ? found : { ...found, takes_stock: true };
  };
};

/** How long a catalogue that had no product is not asked again. */
const EMPTY_FOR_MS = 1_000;

/**
 * Trusts the prices that are sent, and records where they differ from the catalogue's, if it is the shop's own: placing an
 * order does not wait for a service. A shop without a catalogue asks once a second.
 */
export const createTrustedPrices = (catalogue: Catalogue, now = () => performance.now()): CataloguePrices => {
  let emptyUntil = -Infinity;
  return async (lines, { currency, trace }) => {
    if (!catalogue.isOwn || now() < emptyUntil) return { lines };
    const products = await catalogue.find(
      lines.map(({ product_id }) => product_id),
      trace,
    );
    if (products.size === 0 && !(await catalogue.exists())) emptyUntil = now() + EMPTY_FOR_MS;
    const compared = comparedLines(lines, products, currency);
    const differs = compared.some(({ catalogue_price }) => catalogue_price !== undefined);
    return { lines: compared, ...(differs && { overrides_catalogue: true }) };
  };
};
