import type { Knex } from 'knex';
import { isKeyTaken } from '../../platform/database.ts';
import type { Product } from '../../domain/catalogue/index.ts';
import type { Catalogue, Stock, StockChange, StockOutcome } from '../ports.ts';
import { openReservations } from '../stock-reservations.ts';

type Row = {
  readonly product_id: string;
  readonly name: string | null;
  readonly sku: string | null;
  readonly description: string | null;
  readonly unit_price: string;
  readonly currency: string;
  readonly stock: string | null;
  readonly is_sold: boolean;
  readonly returnable: boolean;
  readonly return_window_days: number | null;
};

const toProduct = ({ unit_price, stock, ...row }: Row): Product => ({
  ...row,
  unit_price: Number(unit_price),
  stock: stock === null ? null : Number(stock),
});

const COLUMNS = [
  ...(['product_id', 'name', 'sku', 'description', 'unit_price', 'currency', 'stock', 'is_sold'] as const),
  ...(['returnable', 'return_window_days'] as const),
] as const;

/** Stores the key and changes the stock in one statement: a key changes stock once, and stock never falls below 0. */
const CHANGE = `
  with known as (select outcome from local_stock_changes where key = :key),
  moved as (
    update local_products set stock = stock + :change, updated_at = now()
    where product_id = :product_id and not exists (select 1 from known) and (stock is null or stock + :change >= 0)
    returning product_id
  ),
  verdict as (
    select coalesce(
      (select outcome from known),
      case when exists (select 1 from moved) then 'changed'
           when exists (select 1 from local_products where product_id = :product_id) then 'refused'
           else 'unknown_product' end) as outcome
  ),
  kept as (
    insert into local_stock_changes (key, product_id, change, outcome)
    select :key, :product_id, :change, outcome from verdict where not exists (select 1 from known)
  )
  select outcome from verdict`;

const changeOnce = async (db: Knex, { product_id, change, key }: StockChange): Promise<StockOutcome> => {
  const { rows } = await db.raw<{ rows: { outcome: StockOutcome }[] }>(CHANGE, { product_id, change, key });
  const [row] = rows;
  if (row === undefined) throw new Error('the statement that changes stock returned no outcome');
  return row.outcome;
};

/** Every product of the local catalogue. */
export const listLocalProducts = async (db: Knex): Promise<readonly Product[]> =>
  (
    await db<Row>('local_products')
      .select(...COLUMNS)
      .orderBy('product_id')
  ).map(toProduct);

/** The local catalogue, in PostgreSQL, for a merchant without a product service. If it is empty there is no catalogue. */
export const createLocalCatalogue = (db: Knex): Catalogue & Stock => ({
  isOwn: true,
  exists: async () => (await db('local_products').first('product_id')) !== undefined,
  find: async (ids) => {
    const rows = await db<Row>('local_products')
      .select(...COLUMNS)
      .whereRaw('product_id = any(?)', [[...ids]]);
    return new Map(rows.map((row) => [row.product_id, toProduct(row)]));
  },
  reservations: openReservations(db),
  change: async (asked) => {
    try {
      return await changeOnce(db, asked);
    } catch (error) {
      if (!isKeyTaken(error)) throw error;
      return changeOnce(db, asked); // another process changed it at the same moment
    }
  },
});
