import { readFile } from 'node:fs/promises';
import { withContainer } from '../app/with-container.ts';
import {
  CatalogueFileError,
  listLocalProducts,
  loadCatalogue,
  readCatalogueFile,
  type CatalogueFile,
} from '../checkout/index.ts';
import { loadConfig } from '../config/index.ts';
import { toDecimal } from '../domain/shared/amount-notation.ts';
import type { Currency } from '../domain/shared/money.ts';
import { plural } from '../platform/plural.ts';
import type { Product } from '../domain/catalogue/index.ts';
import { demandNoMore, unknownWord } from './command-words.ts';
import { UsageError } from './usage-error.ts';

const USAGE = `Use: shop load <file.json>   {"products": [{"id", "price", …}], "carts": {"<customer>": [{"product_id", "quantity"}]}}
     shop show`;

type Print = (line: string) => void;

/** Of a product that is not returned as the others are. */
const termsShown = ({ returnable, return_window_days }: Pick<Product, 'returnable' | 'return_window_days'>) => {
  if (!returnable) return ['not returnable'];
  return return_window_days === null ? [] : [`returnable for ${return_window_days} days`];
};

/** One line a product, columns separated by tabs. */
const productLine = ({ product_id, name, unit_price, currency, stock, is_sold, ...terms }: Product): string =>
  [
    product_id,
    name ?? '',
    `${toDecimal(unit_price, currency)} ${currency}`,
    is_sold ? `${stock ?? 'any number'} in stock` : 'not sold',
    ...termsShown(terms),
  ].join('\t');

const read = (content: string, currency: Currency): CatalogueFile => {
  try {
    return readCatalogueFile(content, currency);
  } catch (error) {
    throw error instanceof CatalogueFileError ? new UsageError(error.message) : error;
  }
};

const load = async (file: string, print: Print): Promise<void> => {
  const config = loadConfig();
  const content = await readFile(file, 'utf8').catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    throw new UsageError(`${file} cannot be read (${code})`);
  });
  const contents = read(content, config.orders.defaultCurrency);
  await withContainer(config, ({ db }) => loadCatalogue(db, contents));
  print(`${plural(contents.products.length, 'product')} and ${plural(contents.customers.length, 'cart')} were loaded.`);
  if (config.services.product !== undefined)
    print('PRODUCT_SERVICE_URL is set: Waybill uses the products of that service, not these.');
  if (config.services.cart !== undefined)
    print('CART_SERVICE_URL is set: Waybill uses the carts of that service, not these.');
};

const show = (print: Print): Promise<void> =>
  withContainer(loadConfig(), async ({ db }) => {
    const products = await listLocalProducts(db);
    for (const product of products) print(productLine(product));
    if (products.length === 0) print('The local catalogue is empty: prices are not checked against it.');
  });

/** `shop load|show`: the local catalogue and carts, for a merchant without services for them. */
export const shopCommand = async ([verb, file, ...more]: readonly string[], print: Print): Promise<void> => {
  if (verb === 'load' && file !== undefined && more.length === 0) return load(file, print);
  if (verb === 'show' && file === undefined) return show(print);
  const known = ['load', 'show'];
  if (verb !== undefined && !known.includes(verb)) throw unknownWord('command', verb, { known, usage: USAGE });
  demandNoMore(verb === 'load' || file === undefined ? more : [file], USAGE);
  throw new UsageError(USAGE);
};
