import type { Currency, Minor } from '../shared/money.ts';
import { soldIn, termsOf, type Products, type ReturnTerms, type WantedLine } from './product.ts';
import type { CatalogueRejection, UnsoldLine } from './rejections.ts';

/** A line with all its data from the catalogue. */
export type SoldLine = ReturnTerms & {
  readonly product_id: string;
  readonly product_name: string | null;
  readonly product_sku: string | null;
  readonly product_description: string | null;
  readonly unit_price: Minor;
  readonly quantity: number;
};

/** A product that is wanted twice becomes one line with both quantities. */
const merged = (wanted: readonly WantedLine[]): readonly (WantedLine & { readonly line: number })[] => {
  const lines = new Map<string, WantedLine & { readonly line: number }>();
  for (const [line, one] of wanted.entries()) {
    const before = lines.get(one.product_id);
    lines.set(one.product_id, { line, ...one, ...(before && { ...before, quantity: before.quantity + one.quantity }) });
  }
  return [...lines.values()];
};

/** The data in the wish itself, used where there is no catalogue. */
const asWanted = ({ product_id, product_name, unit_price, quantity }: WantedLine): SoldLine | 'no_price' =>
  unit_price === null
    ? 'no_price'
    : { product_id, product_name, product_sku: null, product_description: null, unit_price, quantity };

const fromCatalogue = (wanted: WantedLine, products: Products, currency: Currency): SoldLine | UnsoldLine['reason'] => {
  const product = soldIn(products, wanted.product_id, currency);
  if (typeof product === 'string') return product;
  if (product.stock !== null && product.stock < wanted.quantity) return 'sold_out';
  return {
    product_id: product.product_id,
    product_name: product.name ?? wanted.product_name,
    product_sku: product.sku,
    product_description: product.description,
    unit_price: product.unit_price,
    quantity: wanted.quantity,
    ...termsOf(product),
  };
};

/**
 * The lines of an order for a customer's wishes, at the catalogue's prices; without a catalogue (undefined), at the
 * prices in the wishes. The rejection names all products that cannot be sold.
 */
export const linesToSell = (
  wanted: readonly WantedLine[],
  products: Products | undefined,
  currency: Currency,
): { readonly lines: readonly SoldLine[] } | CatalogueRejection => {
  const sold: SoldLine[] = [];
  const not: UnsoldLine[] = [];
  for (const one of merged(wanted)) {
    const { line, product_id } = one;
    const found = products === undefined ? asWanted(one) : fromCatalogue(one, products, currency);
    if (typeof found !== 'string') sold.push(found);
    else {
      const available = found === 'sold_out' ? (products?.get(product_id)?.stock ?? null) : null;
      not.push({ line, product_id, reason: found, available });
    }
  }
  return not.length > 0 ? unsold(not) : { lines: sold };
};

/** Why lines cannot be sold: because stock is short, if that is all. */
export const unsold = (lines: readonly UnsoldLine[]): CatalogueRejection => ({
  rejected: lines.every(({ reason }) => reason === 'sold_out') ? 'stock.insufficient' : 'catalogue.not_sold',
  lines,
});
