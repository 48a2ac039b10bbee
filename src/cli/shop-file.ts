import { Type, type Static } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { Product } from '../domain/catalogue/index.ts';
import { parseAmount } from '../domain/shared/amount-notation.ts';
import type { Currency } from '../domain/shared/money.ts';
import { UsageError } from './usage-error.ts';

const strict = { additionalProperties: false };
const id = Type.Union([Type.String({ minLength: 1, maxLength: 255 }), Type.Integer()]);
const text = (maxLength: number) => Type.Optional(Type.Union([Type.String({ maxLength }), Type.Null()]));

/** In the words of a product service. */
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
  },
  strict,
);
const item = Type.Object({ product_id: id, quantity: Type.Integer({ minimum: 1, maximum: 1_000_000 }) }, strict);
const shopFile = Type.Object(
  {
    products: Type.Optional(Type.Array(product)),
    carts: Type.Optional(Type.Record(Type.String({ minLength: 1, maxLength: 255 }), Type.Array(item))),
  },
  strict,
);

export type CartRow = { readonly customer_id: string; readonly product_id: string; readonly quantity: number };
export type ShopContents = {
  readonly products: readonly Product[];
  /** Customers whose cart is named, also if nothing is in it. */
  readonly customers: readonly string[];
  readonly cartRows: readonly CartRow[];
};

const toProduct = (one: Static<typeof product>, index: number, shopCurrency: Currency): Product => {
  const { currency = shopCurrency } = one;
  const price = parseAmount(one.price, currency);
  if (!('minor' in price) || price.minor <= 0)
    throw new UsageError(`products[${index}].price: expected an amount above 0 in ${currency}`);
  return {
    product_id: String(one.id),
    name: one.name ?? null,
    sku: one.sku ?? null,
    description: one.description ?? null,
    unit_price: price.minor,
    currency,
    stock: one.stock_quantity ?? null,
    is_sold: one.is_active ?? true,
  };
};

const demandOnce = (names: readonly string[], what: string): void => {
  const twice = names.find((name, at) => names.indexOf(name) < at);
  if (twice !== undefined) throw new UsageError(`${what}: ${JSON.stringify(twice)} is named twice`);
};

/** Reads what a file says of products and carts. @throws UsageError naming the first thing wrong with it */
export const readShopFile = (content: string, currency: Currency): ShopContents => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(content);
  } catch {
    throw new UsageError('The file is not JSON.');
  }
  const wrong = Value.Errors(shopFile, parsed).First();
  if (wrong !== undefined) throw new UsageError(`${wrong.path === '' ? 'The file' : wrong.path}: ${wrong.message}`);
  const { products = [], carts = {} } = Value.Decode(shopFile, parsed);
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
