import type { Currency, Minor } from '../shared/money.ts';
import { unsold } from './lines-to-sell.ts';
import { soldIn, termsOf, withKept, type Product, type Products, type ReturnTerms } from './product.ts';
import type { CatalogueRejection, PriceDifference, UnsoldLine } from './rejections.ts';

export type PricedLine = { readonly product_id: string; readonly unit_price: Minor; readonly quantity: number };

/** What an order records of a product. */
type Described = ReturnTerms & {
  readonly product_name: string | null;
  readonly product_sku: string | null;
  readonly product_description: string | null;
};

/** Whether the prices of all lines are the catalogue's. */
export const hasCataloguePrices = (lines: readonly PricedLine[], products: Products, currency: Currency): boolean =>
  !('rejected' in compare(lines, products, currency));

type Compared = ReturnTerms & {
  /** The catalogue's price, if it is another. */
  readonly catalogue_price?: Minor;
};

/** Lines at prices of their own, with what the catalogue says of the products that it knows. */
export const comparedLines = <L extends PricedLine>(
  lines: readonly L[],
  products: Products,
  currency: Currency,
): readonly (L & Compared)[] =>
  lines.map((line) => {
    const product = products.get(line.product_id);
    if (product === undefined) return line;
    const differs = product.currency === currency && product.unit_price !== line.unit_price;
    return { ...line, ...termsOf(product), ...(differs && { catalogue_price: product.unit_price }) };
  });

/**
 * Lines that a customer sent, with name, SKU and description of the catalogue, whatever was sent. Another price is
 * rejected, and so are more units than are in stock besides those that the order has already (`kept`).
 */
export const linesOfCatalogue = <L extends PricedLine>(
  lines: readonly L[],
  products: Products,
  { currency, kept }: { readonly currency: Currency; readonly kept: readonly Omit<PricedLine, 'unit_price'>[] },
): { readonly lines: readonly (L & Described)[] } | CatalogueRejection => {
  const compared = compare(lines, products, currency);
  if ('rejected' in compared) return compared;
  const short = shortLines(lines, withKept(products, kept));
  if (short.length > 0) return unsold(short);
  return { lines: lines.map((line, index) => ({ ...line, ...describe(compared.products[index]) })) };
};

const describe = (product: Product | undefined): Described => ({
  product_name: product?.name ?? null,
  product_sku: product?.sku ?? null,
  product_description: product?.description ?? null,
  ...(product !== undefined && termsOf(product)),
});

const compare = (
  lines: readonly PricedLine[],
  products: Products,
  currency: Currency,
): { readonly products: readonly Product[] } | CatalogueRejection => {
  const not: UnsoldLine[] = [];
  const other: PriceDifference[] = [];
  const found: Product[] = [];
  for (const [line, { product_id, unit_price }] of lines.entries()) {
    const product = soldIn(products, product_id, currency);
    if (typeof product === 'string') not.push({ line, product_id, reason: product, available: null });
    else if (product.unit_price !== unit_price) other.push({ line, unit_price, price: product.unit_price, currency });
    else found.push(product);
  }
  if (not.length > 0) return { rejected: 'catalogue.not_sold', lines: not };
  return other.length > 0 ? { rejected: 'catalogue.price_differs', lines: other } : { products: found };
};

/** The first line of each product of which there are too few units for all of its lines. */
const shortLines = (lines: readonly PricedLine[], products: Products): readonly UnsoldLine[] => {
  const wanted = new Map<string, { readonly line: number; readonly quantity: number }>();
  for (const [index, { product_id, quantity }] of lines.entries()) {
    const { line = index, quantity: before = 0 } = wanted.get(product_id) ?? {};
    wanted.set(product_id, { line, quantity: before + quantity });
  }
  return [...wanted].flatMap(([product_id, { line, quantity }]): UnsoldLine[] => {
    const stock = products.get(product_id)?.stock ?? null;
    return stock === null || quantity <= stock ? [] : [{ line, product_id, reason: 'sold_out', available: stock }];
  });
};
