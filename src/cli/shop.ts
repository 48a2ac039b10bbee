import { readFile } from 'node:fs/promises';
import type { Knex } from 'knex';
import { loadConfig } from '../config/index.ts';
import { toDecimal } from '../domain/shared/amount-notation.ts';
import { withContainer } from '../app/with-container.ts';
import { UsageError } from './usage-error.ts';
import { readShopFile, type ShopContents } from './shop-file.ts';

const USAGE = `Use: shop load <file.json>   {"products": [{"id", "price", …}], "carts": {"<customer>": [{"product_id", "quantity"}]}}
     shop show`;

type Print = (line: string) => void;

/** Puts products in place of those of the same id, and carts in place of those of the same customer. */
export const loadShop = (db: Knex, { products, customers, cartRows }: ShopContents): Promise<void> =>
  db.transaction(async (tx) => {
    for (const product of products)
      await tx('local_products')
        .insert({ ...product, updated_at: tx.fn.now() })
        .onConflict('product_id')
        .merge();
    await tx('local_carts').whereIn('customer_id', customers).delete();
    for (const row of cartRows) await tx('local_carts').insert(row);
  });

type ProductRow = {
  readonly product_id: string;
  readonly name: string | null;
  readonly unit_price: string;
  readonly currency: string;
  readonly stock: string | null;
  readonly is_sold: boolean;
};

/** One line a product, made to be cut by tabs. */
const productLine = ({ product_id, name, unit_price, currency, stock, is_sold }: ProductRow): string =>
  [
    product_id,
    name ?? '',
    `${toDecimal(Number(unit_price), currency)} ${currency}`,
    is_sold ? `${stock ?? 'any number'} in stock` : 'not sold',
  ].join('\t');

const load = async (file: string, print: Print): Promise<void> => {
  const config = loadConfig();
  const content = await readFile(file, 'utf8').catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    throw new UsageError(`${file} cannot be read (${code})`);
  });
  const contents = readShopFile(content, config.orders.defaultCurrency);
  await withContainer(config, ({ db }) => loadShop(db, contents));
  print(`${contents.products.length} products and ${contents.customers.length} carts are in place.`);
  if (config.services.product !== undefined) print('PRODUCT_SERVICE_URL is set: its products are used, not these.');
  if (config.services.cart !== undefined) print('CART_SERVICE_URL is set: its carts are used, not these.');
};

const show = (print: Print): Promise<void> =>
  withContainer(loadConfig(), async ({ db }) => {
    const rows = await db<ProductRow>('local_products').orderBy('product_id').select();
    for (const row of rows) print(productLine(row));
    if (rows.length === 0) print('There is no catalogue: nothing is checked against it.');
  });

/** `shop load|show`: the catalogue and the carts of a shop without services for them. */
export const shopCommand = async ([verb, file, ...more]: readonly string[], print: Print): Promise<void> => {
  if (verb === 'load' && file !== undefined && more.length === 0) return load(file, print);
  if (verb === 'show' && file === undefined) return show(print);
  throw new UsageError(USAGE);
};
