import { Type, type Static } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { Knex } from 'knex';
import type { Product } from '../../domain/catalogue/index.ts';
import { parseAmount } from '../../domain/shared/amount-notation.ts';
import type { Currency } from '../../domain/shared/money.ts';

/** The file cannot be used; the message names the first thing that is wrong in it. */
export class CatalogueFileError extends Error {
  override readonly name = 'CatalogueFileError';
}

const strict = { additionalProperties: false };
const id = Type.Union([Type.String({ minLength: 1, maxLength: 255 }), Type.Integer()]);
const text = (maxLength: number) => Type.Optional(Type.Union([Type.String({ maxLength }), Type.Null()]));

/** With the property names of the product service. */
const product = Type.Object(
  {
    id,
    name: text(200),
    sku: text(100),
    description: text(2000),
    price: Type.Union([Type.Number(), Type.String()]),
    currency: Type.Optional(Type.String()),
    stock_quantity: Type.Optional(Type.Union([Type.Integer({ minimum: 0 }), Type.Null()])),
    is_active: Type.Optional(Type.Boolean()),
    returnable: Type.Optional(Type.Boolean()),
    return_window_days: Type.Optional(Type.Union([Type.Integer({ minimum: 0, maximum: 3650 }), Type.Null()])),
  },
  strict,
);
const item = Type.Object({ product_id: id, quantity: Type.Integer({ minimum: 1, maximum: 1_000_000 }) }, strict);
const catalogueFile = Type.Object(
  {
    products: Type.Optional(Type.Array(product)),
    carts: Type.Optional(Type.Record(Type.String({ minLength: 1, maxLength: 255 }), Type.Array(item))),
  },
  strict,
);

export type CartRow = { readonly customer_id: string; readonly product_id: string; readonly quantity: number };
export type CatalogueFile = {
  readonly products: readonly Product[];
  /** Customers whose cart the file names, empty carts included. */
  readonly customers: readonly string[];
  readonly cartRows: readonly CartRow[];
};

const toProduct = (one: Static<typeof product>, index: number, defaultCurrency: Currency): Product => {
  const { currency = defaultCurrency } = one;
  const price = parseAmount(one.price, currency);
  if (!('minor' in price) || price.minor <= 0)
    throw new CatalogueFileError(`products[${index}].price: expected an amount above 0 in ${currency}`);
  return {
    product_id: String(one.id),
    name: one.name ?? null,
    sku: one.sku ?? null,
    description: one.description ?? null,
    unit_price: price.minor,
    currency,
    stock: one.stock_quantity ?? null,
    is_sold: one.is_active ?? true,
    returnable: one.returnable ?? true,
    return_window_days: one.return_window_days ?? null,
  };
};

const demandOnce = (names: readonly string[], what: string): void => {
  const twice = names.find((name, at) => names.indexOf(name) < at);
  if (twice !== undefined) throw new CatalogueFileError(`${what}: ${JSON.stringify(twice)} occurs twice`);
};

/** Reads products and carts from the text of a file. @throws CatalogueFileError */
export const readCatalogueFile = (content: string, currency: Currency): CatalogueFile => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(content);
  } catch {
    throw new CatalogueFileError('The file is not JSON.');
  }
  const wrong = Value.Errors(catalogueFile, parsed).First();
  if (wrong !== undefined)
    throw new CatalogueFileError(`${wrong.path === '' ? 'The file' : wrong.path}: ${wrong.message}`);
  const { products = [], carts = {} } = Value.Decode(catalogueFile, parsed);
  const read = products.map((one, index) => toProduct(one, index, currency));
  demandOnce(
    read.map(({ product_id }) => product_id),
    'products',
  );
  const cartRows = Object.entries(carts).flatMap(([customer_id, items]) => {
    const rows = items.map(({ product_id, quantity }) => ({ customer_id, product_id: String(product_id), quantity }));
    demandOnce(
      rows.map(({ product_id }) => product_id),
      `carts.${customer_id}`,
    );
    return rows;
  });
  return { products: read, customers: Object.keys(carts), cartRows };
};

/** Replaces products of the same id and carts of the same customer; leaves all others as they are. */
export const loadCatalogue = (db: Knex, { products, customers, cartRows }: CatalogueFile): Promise<void> =>
  db.transaction(async (tx) => {
    for (const product of products)
      await tx('local_products')
        .insert({ ...product, updated_at: tx.fn.now() })
        .onConflict('product_id')
        .merge();
    await tx('local_carts').whereIn('customer_id', customers).delete();
    for (const row of cartRows) await tx('local_carts').insert(row);
  });
